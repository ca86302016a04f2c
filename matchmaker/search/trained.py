"""A trained model: a directory of learned numbers with their origin, made by `matchmaker train`."""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matchmaker.search.weights import RankerError, read_weights

MANIFEST, WEIGHTS, TUNED, READER = "manifest.json", "weights.json", "tuned.safetensors", "reader.safetensors"
FORMAT = 2
FILES = (MANIFEST, WEIGHTS, TUNED, READER)
MARK_LENGTH = 16


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """What a model directory holds: a weights file's text, where its numbers come from, and where the layers of the
    tuned model and of the pair reader lie, None where there are none."""

    weights: str
    manifest: Mapping[str, Any]
    tuned: Path | None
    reader: Path | None


def read_trained(directory: Path) -> TrainedModel:
    """Read a model directory.

    Raises:
        RankerError: it is none, unfinished, of another format, or damaged.
    """
    try:
        manifest = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
        weights = (directory / WEIGHTS).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise RankerError(f"{directory} holds no trained model: {MANIFEST} or {WEIGHTS} is missing") from error
    except (OSError, ValueError) as error:
        raise RankerError(f"{directory}: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise RankerError(f"{directory}: made by another version of matchmaker train; train it again")
    numbers = read_weights(weights)
    return TrainedModel(
        weights,
        manifest,
        _layers(directory / TUNED, numbers.tuned),
        _layers(directory / READER, numbers.reading),
    )


def write_trained(
    directory: Path, weights: str, manifest: Mapping[str, Any], layers: Mapping[str, Callable[[Path], None]]
) -> None:
    """Write a model directory aside and swap it in: a reader meets the former one or the new one, never half of one.

    `layers` write the files named TUNED and READER, where the weights have such terms.
    """
    aside = directory.with_name(f".{directory.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    (aside / WEIGHTS).write_text(weights, encoding="utf-8")
    for name, save in layers.items():
        save(aside / name)
    content = {"format": FORMAT, **manifest}
    (aside / MANIFEST).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    former = directory.with_name(f".{directory.name}.former")
    shutil.rmtree(former, ignore_errors=True)
    if directory.exists():
        directory.rename(former)
    aside.rename(directory)
    shutil.rmtree(former, ignore_errors=True)


def model_mark(directory: Path) -> str:
    """Tell the content of one model directory from any other's: a hash over its files (tenths of a second)."""
    digest = hashlib.sha256()
    for path in (directory / name for name in FILES):
        if path.is_file():
            with path.open("rb") as file:
                digest.update(f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
    return digest.hexdigest()[:MARK_LENGTH]


def _layers(path: Path, term: object) -> Path | None:
    if term and not path.is_file():
        raise RankerError(f"{path.parent} holds no trained model: {path.name} is missing")
    return path if term else None
