"""What the worker does for trained rankers: vectors of tuned models, reading the heads of lists, and the switch itself.

Networks are loaded here and nowhere else, when there is something for them to do.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Base, Database
from matchmaker.domain.permissions import Actor
from matchmaker.domain.rankers import PairReading, RankerChoice, RankerState, TunedVector, UnreadList
from matchmaker.search.networks import LoadedNetworks
from matchmaker.search.weights import RankerError
from matchmaker.services.changes import last_change
from matchmaker.services.embedding_models import active_model
from matchmaker.services.engine import Engine
from matchmaker.services.rankers.choosing import activate, base_of
from matchmaker.services.rankers.folder import Model
from matchmaker.services.rankers.reading import read_batch
from matchmaker.services.rankers.serving import choice_in, chosen_model
from matchmaker.services.rankers.stored_readings import count_unread
from matchmaker.services.rankers.tuned_vectors import count_untuned, tune_batch

LOG = logging.getLogger(__name__)
FORGOTTEN_AT_ONCE = 500
# What failed is tried again after this while, and said again in the log.
PAUSE_SECONDS = 60.0


@dataclass(slots=True)
class RankerDuty:
    """One worker's part; `holder` is its name on leases."""

    settings: Settings
    database: Database
    engine: Engine
    holder: str
    _networks: dict[str, LoadedNetworks] = field(default_factory=dict)
    # What a model was last found complete at: while nothing changed, an idle worker need not look again.
    _complete: dict[str, int] = field(default_factory=dict)
    _paused: dict[str | None, float] = field(default_factory=dict)

    def tune_serving(self) -> bool:
        """Make vectors that the serving ranker lacks: before lists are computed, or they would be computed twice."""
        with self.database.read() as session:
            model = self.engine.serving(session).model
        return model is not None and self._tune(model, rematch=True)

    def read_heads(self) -> bool:
        """Read some pairs at the head of a list."""
        with self.database.read() as session:
            model, embedding = self.engine.serving(session).model, active_model(session)
            if model is None or embedding is None or model.trained.reader is None or not count_unread(session):
                return False
        return self._attempt(model, lambda networks: self._read(networks, model, embedding.model_id))

    def prepare_chosen(self) -> bool:
        """Make what a chosen ranker needs beside the one that serves, and let it serve once it has everything."""
        with self.database.read() as session:
            choice = choice_in(session, RankerState.BUILDING)
        if choice is None or self._is_paused(choice.mark):
            return False
        try:
            model = chosen_model(self.settings, choice) if choice.name else None
        except RankerError as error:
            self._pause(choice.mark, f"the chosen ranker {choice.name} cannot be prepared: {error}")
            return False
        if model is not None and self._tune(model, rematch=False):
            return True
        return self._switch(choice, model)

    def forget(self) -> None:
        """Drop networks, vectors and readings of models that are no longer chosen, a batch at a time."""
        with self.database.read() as session:
            kept = _chosen_marks(session)
        self._networks = {mark: row for mark, row in self._networks.items() if mark in kept}
        for table in (TunedVector, PairReading):
            _forget(self.database, table, kept)
        with self.database.read() as session:
            idle = not self.engine.serving(session).reads and count_unread(session)
        if idle:
            with self.database.transaction() as session:
                session.execute(sa.delete(UnreadList))

    def _switch(self, choice: RankerChoice, model: Model | None) -> bool:
        with self.database.transaction() as session:
            row = session.get_one(RankerChoice, choice.id)
            lacking = model is not None and model.trained.tuned is not None and count_untuned(session, model.mark)
            if lacking or row.state != RankerState.BUILDING:
                return False
            activate(session, Actor.system(), row)
        LOG.info("ranker %s serves now", choice.name or "shipped")
        return True

    def _tune(self, model: Model, *, rematch: bool) -> bool:
        if model.trained.tuned is None:
            return False
        with self.database.read() as session:
            change = last_change(session)
            if self._complete.get(model.mark) == change:
                return False
            if not count_untuned(session, model.mark):
                self._complete[model.mark] = change
                return False
        return self._attempt(model, lambda networks: self._encode(networks, model, rematch=rematch))

    def _encode(self, networks: LoadedNetworks, model: Model, *, rematch: bool) -> bool:
        encoder = networks.tuned
        return encoder is not None and bool(
            tune_batch(self.database, encoder, model.mark, self.holder, rematch=rematch)
        )

    def _read(self, networks: LoadedNetworks, model: Model, model_id: str) -> bool:
        reader = networks.reader
        return reader is not None and bool(
            read_batch(self.database, self.engine, reader, model_id, model.mark, self.holder)
        )

    def _attempt(self, model: Model, work: Callable[[LoadedNetworks], bool]) -> bool:
        """Do some work with a model's networks; where they cannot be loaded, say so and go on without."""
        if self._is_paused(model.mark):
            return False
        try:
            return work(self._loaded(model))
        except RankerError as error:
            self._pause(model.mark, f"networks of the ranker {model.name} cannot be used: {error}")
            return False

    def _pause(self, mark: str | None, why: str) -> None:
        LOG.error(why)
        self._paused[mark] = time.monotonic() + PAUSE_SECONDS

    def _is_paused(self, mark: str | None) -> bool:
        return time.monotonic() < self._paused.get(mark, 0.0)

    def _loaded(self, model: Model) -> LoadedNetworks:
        if model.mark not in self._networks:
            self._networks[model.mark] = LoadedNetworks(base_of(self.settings), model.trained)
        return self._networks[model.mark]


def _chosen_marks(session: Session) -> set[str]:
    chosen = RankerChoice.state.in_((RankerState.ACTIVE, RankerState.BUILDING))
    return set(session.scalars(sa.select(RankerChoice.mark).where(chosen, RankerChoice.mark.is_not(None))))


def _forget(database: Database, table: type[Base], kept: set[str]) -> None:
    old = sa.select(table.id).where(table.mark.not_in(kept)).limit(FORGOTTEN_AT_ONCE)  # type: ignore[attr-defined]
    with database.read() as session:
        found = session.scalars(old).all()
    if found:
        with database.transaction() as session:
            session.execute(sa.delete(table).where(table.id.in_(found)))  # type: ignore[attr-defined]
