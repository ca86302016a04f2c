"""Which ranker serves now, as the database says and the disk allows: every process asks, none needs a restart."""

import logging
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.rankers import RankerChoice, RankerState
from matchmaker.search.weights import RankerError
from matchmaker.services.rankers.folder import Model, open_model

LOG = logging.getLogger(__name__)
_told: set[str] = set()


@dataclass(frozen=True, slots=True)
class Serving:
    """What scores now: a trained `model`, or None for the shipped ranker. `fault` says why the chosen one does not."""

    choice_id: int | None
    name: str | None
    model: Model | None
    fault: str | None = None

    @property
    def tunes(self) -> bool:
        """Whether its scores use vectors of a tuned model."""
        return self.model is not None and self.model.trained.tuned is not None

    @property
    def reads(self) -> bool:
        """Whether its scores use what a pair reader says."""
        return self.model is not None and self.model.trained.reader is not None


def choice_in(session: Session, state: RankerState) -> RankerChoice | None:
    """Return the latest choice that is being prepared, or that serves; None where there is none."""
    query = sa.select(RankerChoice).where(RankerChoice.state == state)
    return session.scalars(query.order_by(RankerChoice.id.desc()).limit(1)).first()


def serving_ranker(session: Session, settings: Settings) -> Serving:
    """Return what serves. Where the chosen directory is gone, damaged or another than was chosen, the shipped ranker
    goes on, and the log says so once."""
    choice = choice_in(session, RankerState.ACTIVE)
    if choice is None or choice.name is None:
        return Serving(choice.id if choice else None, None, None)
    try:
        return Serving(choice.id, choice.name, chosen_model(settings, choice))
    except RankerError as error:
        _tell_once(f"the trained ranker {choice.name} cannot serve, the shipped one does: {error}")
        return Serving(choice.id, choice.name, None, str(error))


def chosen_model(settings: Settings, choice: RankerChoice) -> Model:
    """Read the directory that a choice named, as it was then.

    Raises:
        RankerError: it is gone, damaged, or holds another model now.
    """
    model = open_model(settings, choice.name or "")
    if model.mark != choice.mark:
        raise RankerError(f"{model.path} holds another model than the one that was chosen: choose it again")
    return model


def _tell_once(sentence: str) -> None:
    if sentence not in _told:
        _told.add(sentence)
        LOG.error(sentence)
