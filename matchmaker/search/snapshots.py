"""Snapshots of an index on disk: files written under new names, then a manifest swapped in that names and seals them.

A reader follows the manifest, so it has all of one snapshot or all of another. What a crash or a bad disk leaves behind
does not fit its checksums and counts as damaged.
"""

import hashlib
import json
import os
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TypeVar

Content = TypeVar("Content")

FORMAT = 2
MANIFEST = "manifest.json"
# Files that no manifest names are left by a process that was killed while writing; another may still be writing.
ORPHAN_SECONDS = 3600


class SnapshotError(Exception):
    """A snapshot is missing, damaged, or of another model: the caller builds the index again."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says of itself.

    `count` are its vectors, `last_change` the newest change of the log that it contains, `files` maps a part's name to
    the file's name, `sha256` the file's name to its checksum.
    """

    model_id: str
    dimension: int
    count: int
    last_change: int
    files: dict[str, str] = field(default_factory=dict)
    sha256: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class SnapshotState:
    """One index on disk for the status page: its folder's name, its entries, the newest change that it contains, and
    what is wrong with it, if anything is."""

    name: str
    count: int
    last_change: int
    fault: str = ""

    @property
    def text(self) -> str:
        """The state in one phrase, for a terminal."""
        return self.fault or f"{self.count} entries up to change {self.last_change}"


def write_snapshot(
    folder: Path, manifest: Manifest, parts: Iterable[str], write: Callable[[str, Path], None]
) -> Manifest:
    """Write each part by `write(part, path)`, then swap the manifest in and drop the former files."""
    folder.mkdir(parents=True, exist_ok=True)
    token = uuid.uuid4().hex[:12]
    files = {part: f"{token}-{part}" for part in parts}
    for part, name in files.items():
        write(part, folder / name)
    sealed = replace(manifest, files=files, sha256={name: _sha256(folder / name) for name in files.values()})
    former = _files_of(folder)
    aside = folder / f"{token}-{MANIFEST}"
    aside.write_text(json.dumps({**asdict(sealed), "seal": _seal(sealed)}, indent=1), encoding="utf-8")
    os.replace(aside, folder / MANIFEST)
    _drop(folder, former, set(files.values()))
    return sealed


def read_snapshot(folder: Path, model_id: str, read: Callable[[Manifest, Mapping[str, Path]], Content]) -> Content:
    """Return `read(manifest, {part: path})` of a snapshot whose checksums hold; once more if it was swapped meanwhile.

    Raises:
        SnapshotError: it is missing, damaged, of another model, or cannot be read.
    """
    manifest = read_manifest(folder)
    while True:
        try:
            _verify(folder, manifest, model_id)
            return read(manifest, {part: folder / name for part, name in manifest.files.items()})
        except (OSError, RuntimeError, ValueError, KeyError, EOFError, SnapshotError) as error:
            newer = read_manifest(folder)
            if newer == manifest:
                raise SnapshotError(f"{folder}: {error}") from error
            manifest = newer


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a snapshot.

    Raises:
        SnapshotError: there is none that can be read and trusted.
    """
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        seal = content.pop("seal", None)
        manifest = Manifest(**content)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SnapshotError(f"{folder}: {error}") from error
    if manifest.format != FORMAT:
        raise SnapshotError(f"{folder}: format {manifest.format}, not {FORMAT}")
    if seal != _seal(manifest):
        raise SnapshotError(f"{folder}: its manifest is damaged")
    return manifest


def snapshot_states(indexes: Path) -> list[SnapshotState]:
    """Return the snapshots below `indexes`, by name; files are not read, so damage shows only when one is loaded."""
    folders = sorted({path.parent for path in indexes.rglob(MANIFEST)})
    return [_state(str(folder.relative_to(indexes)), folder) for folder in folders]


def _state(name: str, folder: Path) -> SnapshotState:
    try:
        manifest = read_manifest(folder)
    except SnapshotError as error:
        return SnapshotState(name, 0, 0, str(error))
    return SnapshotState(name, manifest.count, manifest.last_change)


def _verify(folder: Path, manifest: Manifest, model_id: str) -> None:
    if manifest.model_id != model_id:
        raise SnapshotError(f"made with {manifest.model_id}, not {model_id}")
    damaged = [name for name, digest in manifest.sha256.items() if _sha256(folder / name) != digest]
    if damaged:
        raise SnapshotError(f"{', '.join(damaged)} damaged")


def _files_of(folder: Path) -> set[str]:
    try:
        return set(read_manifest(folder).files.values())
    except SnapshotError:
        return set()


def _drop(folder: Path, former: set[str], kept: set[str]) -> None:
    oldest = time.time() - ORPHAN_SECONDS
    for path in folder.iterdir():
        if path.name not in kept and path.name != MANIFEST:
            # Another process may be dropping the same file.
            with suppress(OSError):
                if path.name in former or path.stat().st_mtime < oldest:
                    path.unlink()


def _seal(manifest: Manifest) -> str:
    return hashlib.sha256(json.dumps(asdict(manifest), sort_keys=True).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
