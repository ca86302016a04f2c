"""A trained model: a directory of learned numbers with their origin, made by `matchmaker train`."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matchmaker.search.weights import RankerError, read_weights

MANIFEST, WEIGHTS = "manifest.json", "weights.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """What a model directory holds: a weights file's text, and where its numbers come from."""

    weights: str
    manifest: Mapping[str, Any]


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
    read_weights(weights)
    return TrainedModel(weights, manifest)


def write_trained(directory: Path, weights: str, manifest: Mapping[str, Any]) -> None:
    """Write a model directory aside and swap it in: a reader meets the former one or the new one, never half of one."""
    aside = directory.with_name(f".{directory.name}.new")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    (aside / WEIGHTS).write_text(weights, encoding="utf-8")
    content = {"format": FORMAT, **manifest}
    (aside / MANIFEST).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    former = directory.with_name(f".{directory.name}.former")
    shutil.rmtree(former, ignore_errors=True)
    if directory.exists():
        directory.rename(former)
    aside.rename(directory)
    shutil.rmtree(former, ignore_errors=True)
