"""The model directories that refits write: like any other, with the networks of what served beside new weights."""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Base
from matchmaker.domain.rankers import PairReading, RankerChoice, TunedVector
from matchmaker.search.trained import READER, TUNED, write_trained
from matchmaker.search.training.train import UNSEEN
from matchmaker.services.rankers.folder import LEARNED, Model, models_folder
from matchmaker.services.refits.ground import Ground
from matchmaker.services.refits.measuring import ORIGIN, TAUGHT, Measured, fit_ground, origin_of

NAME = re.compile(r"\.?learned-\d{4,}(\.new|\.former)?")


def learned_name(refit_id: int) -> str:
    """Name the model of a refit."""
    return f"learned-{refit_id:04}"


def write_learned(settings: Settings, name: str, ground: Ground, measured: Measured, refit_id: int) -> None:
    """Fit to everything and write the model directory; it serves only once it is chosen."""
    grades = ground.grades()
    gain = {
        "part": UNSEEN,
        "needs": len(measured.held),
        "pairs": sum(map(len, measured.held.values())),
        "untrained": measured.before,
        "trained": measured.after,
        "interval": asdict(measured.gain),
    }
    manifest = {
        "model": ground.model_id,
        "split": "feedback",
        "needs": len(grades),
        "pairs": sum(map(len, grades.values())),
        "gains": [gain],
        "refit": refit_id,
        "evidence": ground.fingerprint,
        LEARNED: ground.learned,
        ORIGIN: origin_of(ground.serving),
        TAUGHT: [[p.need_id, p.achievement_id, p.grade, round(p.weight, 4)] for p in ground.ready],
    }
    weights = fit_ground(settings, ground, grades)
    write_trained(models_folder(settings) / name, weights, manifest, _layers(ground.serving.model))


def carry_networks(session: Session, mark: str | None, model: Model) -> None:
    """Let the new model have the vectors and readings that the same networks made for the one that served."""
    if mark is None or not model.terms:
        return
    for table, columns in (
        (TunedVector, ("listing_id", "scope", "text_revision", "vector")),
        (PairReading, ("need_id", "achievement_id", "text_key", "value")),
    ):
        _carry(session, table, columns, mark, model.mark)


def clear_unfinished(session: Session, settings: Settings) -> None:
    """Remove what refits that were cut off left behind: directories of theirs that nobody ever chose."""
    chosen = set(session.scalars(sa.select(RankerChoice.name).where(RankerChoice.name.is_not(None))))
    folder = models_folder(settings)
    for path in folder.iterdir() if folder.is_dir() else ():
        if NAME.fullmatch(path.name) and path.name not in chosen and path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)


def _layers(model: Model | None) -> dict[str, Callable[[Path], None]]:
    if model is None:
        return {}
    files = {TUNED: model.trained.tuned, READER: model.trained.reader}
    return {name: partial(_link, path) for name, path in files.items() if path is not None}


def _link(source: Path, target: Path) -> None:
    """The same file under another name costs no space; where the disk cannot do that, a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _carry(session: Session, table: type[Base], columns: tuple[str, ...], old: str, new: str) -> None:
    kept = sa.select(*(getattr(table, name) for name in columns), sa.literal(new)).where(table.mark == old)  # type: ignore[attr-defined]
    session.execute(sa.insert(table).from_select([*columns, "mark"], kept))
