"""Which ranker serves which embedding model: the default one, with the model's gauge where it is not its own."""

import hashlib
import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from matchmaker.search.encoder import Encoder
from matchmaker.search.gauge import Gauge, measure_gauge
from matchmaker.search.ranker import Ranker, default_ranker
from matchmaker.search.statistics import load_statistics


def ranker_for(encoder: Encoder, weights: str | None = None) -> Ranker:
    """Return the ranker for an encoder's vectors: the default one, or that of a weights file's text.

    A gauge is measured where one is needed (a second).

    Raises:
        RankerError: the text cannot be used.
    """
    return _ranker(gauge_for(encoder), weights)


def gauge_for(encoder: Encoder) -> Gauge | None:
    """Measure the gauge of an encoder, or return None for the one that the weights were set for."""
    return None if _is_own(encoder.model_id) else measure_gauge(encoder)


def keep_gauge(encoder: Encoder, folder: Path) -> None:
    """Measure an encoder's gauge once and keep it in `folder`, for processes that have no encoder at hand."""
    path = _path(encoder.model_id, folder)
    if _is_own(encoder.model_id) or _read(path) is not None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps(asdict(measure_gauge(encoder))), encoding="utf-8")
    aside.replace(path)


def ranker_of(model_id: str, folder: Path, weights: str | None = None) -> Ranker:
    """Return the ranker for a model's stored vectors, with the gauge kept in `folder`, if there is one yet: the default
    one, or that of a weights file's text.

    Raises:
        RankerError: the text cannot be used.
    """
    return _ranker(kept_gauge(model_id, folder), weights)


def kept_gauge(model_id: str, folder: Path) -> Gauge | None:
    """Return the gauge of a model kept in `folder`; None for the one that the weights were set for, or without any."""
    return None if _is_own(model_id) else _read(_path(model_id, folder))


def _ranker(gauge: Gauge | None, weights: str | None) -> Ranker:
    if weights is not None:
        return _trained(weights, gauge)
    return default_ranker() if gauge is None else default_ranker(gauge)


@lru_cache(maxsize=4)
def _trained(weights: str, gauge: Gauge | None) -> Ranker:
    # Asked for with every search and every pair, while reading thousands of needs' histories takes milliseconds.
    return Ranker(weights, load_statistics(), gauge)


def _is_own(model_id: str) -> bool:
    return model_id == default_ranker().model


def _path(model_id: str, folder: Path) -> Path:
    # A model's id may hold slashes, or be longer than a file's name may be.
    return folder / f"{hashlib.sha256(model_id.encode()).hexdigest()[:16]}.json"


def _read(path: Path) -> Gauge | None:
    try:
        row = json.loads(path.read_text(encoding="utf-8"))
        # An older file does not say which scripts the model reads: it is measured again.
        return Gauge.read(row) if "reads" in row else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
