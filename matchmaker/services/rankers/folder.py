"""Model directories below `models` in the data folder: found, read, and refused where they are none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from matchmaker.config import RANKER_NAME, ConfigurationError, Settings
from matchmaker.search.features import READING, TUNED
from matchmaker.search.trained import FILES, MANIFEST, TrainedModel, model_mark, read_trained
from matchmaker.search.weights import RankerError, read_weights

MODELS = "models"
SHIPPED = "shipped"
"""Stands for the ranker that comes with the package, wherever a name is asked for."""

LEARNED = "learned"
"""Where a manifest names the keys of needs that were learned from, beside those of the history."""

Signature = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A whole model directory; `mark` tells its content from any other's. `learned` are the keys of the needs that it
    learned from (see search/history.py)."""

    name: str
    path: Path
    mark: str
    trained: TrainedModel
    made_at: datetime
    learned: frozenset[str]

    @property
    def manifest(self) -> Mapping[str, Any]:
        """What training wrote down of it."""
        return self.trained.manifest

    @property
    def terms(self) -> tuple[str, ...]:
        """The names of the terms that it has of networks."""
        found = ((TUNED, self.trained.tuned), (READING, self.trained.reader))
        return tuple(name for name, path in found if path is not None)


@dataclass(frozen=True, slots=True)
class FoundModel:
    """A directory below `models`: what it holds, or why it cannot be used."""

    name: str
    model: Model | None
    fault: str | None


def models_folder(settings: Settings) -> Path:
    """Return where trained models lie."""
    return settings.data / MODELS


def open_model(settings: Settings, name: str) -> Model:
    """Read the model directory of that name.

    Raises:
        RankerError: there is none, it leads out of the folder of models, or it is damaged.
    """
    if not RANKER_NAME.fullmatch(name) or name == SHIPPED:
        raise RankerError(f"{name[:60]!r} cannot be the name of a model")
    path = models_folder(settings) / name
    if not path.is_dir():
        raise RankerError(f"{path} is not there")
    # A link could show the site any file of the machine, and change under it.
    if any(each.is_symlink() for each in (path, *(path / file for file in FILES))):
        raise RankerError(f"{path} is or holds a symbolic link")
    try:
        return _read(path, _signature(path))
    except OSError as error:
        raise RankerError(f"{path}: {error.strerror}") from error


def found_models(settings: Settings) -> tuple[FoundModel, ...]:
    """Return every directory below `models` that could be meant as a model, by name."""
    try:
        names = sorted(path.name for path in models_folder(settings).iterdir() if path.is_dir())
    except OSError:
        return ()
    return tuple(_found(settings, name) for name in names if RANKER_NAME.fullmatch(name) and name != SHIPPED)


def require_configured(settings: Settings) -> None:
    """Make sure, at the start of a process, that the ranker asked for in the configuration is there.

    Raises:
        ConfigurationError: it is not; the sentence says why.
    """
    if settings.ranker in (None, SHIPPED):
        return
    try:
        open_model(settings, str(settings.ranker))
    except RankerError as error:
        raise ConfigurationError(f"MATCHMAKER_RANKER={settings.ranker!r}: {error}") from error


def _found(settings: Settings, name: str) -> FoundModel:
    try:
        return FoundModel(name, open_model(settings, name), None)
    except RankerError as error:
        return FoundModel(name, None, str(error))


def _learned(trained: TrainedModel) -> list[str]:
    keys = trained.manifest.get(LEARNED, [])
    return [str(key) for key in keys] if isinstance(keys, list) else []


def _signature(path: Path) -> Signature:
    """What changes with any file of the directory, without reading them."""
    states = ((name, (path / name).stat()) for name in FILES if (path / name).exists())
    return tuple((name, state.st_ino, state.st_mtime_ns, state.st_size) for name, state in states)


@lru_cache(maxsize=32)
def _read(path: Path, _state: Signature) -> Model:
    trained = read_trained(path)
    made_at = datetime.fromtimestamp((path / MANIFEST).stat().st_mtime, UTC)
    learned = frozenset(read_weights(trained.weights).history) | frozenset(_learned(trained))
    return Model(path.name, path, model_mark(path), trained, made_at, learned)
