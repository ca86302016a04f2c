"""What a converted model was made from and which files make it whole; the model's name in stored vectors follows."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matchmaker.search.wheel import PACKAGE, VERSION, WHEEL_SHA256

MANIFEST = "manifest.json"
NAME = "multilingual-e5-small-q4"
# Raise it whenever the conversion or the export makes other files of the same wheel.
CONVERSION = 1
# Raise it whenever texts are split or pooled otherwise: vectors stored before then no longer compare.
POOLING = 1


@dataclass(frozen=True, slots=True)
class Source:
    """Where converted files come from."""

    package: str = f"{PACKAGE}=={VERSION}"
    sha256: str = WHEEL_SHA256
    conversion: int = CONVERSION

    def as_json(self) -> dict[str, Any]:
        """Return what the manifest holds of it."""
        return {"package": self.package, "sha256": self.sha256, "conversion": self.conversion}


def write_manifest(directory: Path) -> None:
    """Record the source and the size of every file below `directory`; write it last."""
    files = {str(path.relative_to(directory).as_posix()): path.stat().st_size for path in _files(directory)}
    content = {"source": Source().as_json(), "files": files}
    (directory / MANIFEST).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def is_whole(directory: Path) -> bool:
    """Tell whether a finished conversion of the pinned wheel by this version lies there, in a millisecond or two."""
    try:
        content = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        sizes = {name: (directory / name).stat().st_size for name in content["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return bool(content.get("source") == Source().as_json() and content["files"] == sizes)


def model_id(name: str, *parts: str) -> str:
    """Return `name@` and 8 hexadecimal digits over everything that gives vectors their meaning."""
    digest = hashlib.sha256("\0".join([*parts, str(POOLING)]).encode()).hexdigest()
    return f"{name}@{digest[:8]}"


def default_model_id(prompts: tuple[str, str]) -> str:
    """Return the default model's id: the same for every runtime, as their vectors may be compared.

    Mean cosine to plain torch: onnx 1.0000, bfloat16 and int8 above 0.999 (scripts/bench_encoder.py measures it).
    """
    return model_id(NAME, WHEEL_SHA256, *prompts)


def _files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if path.is_file() and path.name != MANIFEST)
