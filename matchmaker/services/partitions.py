"""The vector indexes of one process, by kind and scope: loaded from snapshots, then following the change log."""

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.embeddings import EmbeddingModel, Scope
from matchmaker.domain.listings import Listing, ListingKind, Revision, on_market
from matchmaker.search.recall import fused
from matchmaker.search.snapshots import SnapshotError
from matchmaker.search.vectors import VectorIndex
from matchmaker.services.changes import ChangeReader, last_change
from matchmaker.services.indexing import vectors_of
from matchmaker.services.projection import searched_scopes

LOG = logging.getLogger(__name__)
VECTORS = "vectors"
BUILD_BATCH = 2000
Key = tuple[str, str]
KEYS: tuple[Key, ...] = tuple((kind, scope) for kind in ListingKind for scope in Scope)


class VectorPartitions:
    """All partitions of the serving model. Not thread-safe: the engine holds a lock."""

    def __init__(self, indexes: Path) -> None:
        self._folder = indexes / VECTORS
        self._indexes: dict[Key, VectorIndex] = {}
        self._model_id: str | None = None
        self._changes = ChangeReader()
        self._saved = 0

    def follow(self, session: Session, model: EmbeddingModel) -> None:
        """Bring every partition up to the change log as `session` sees it."""
        if self._model_id != model.model_id:
            self._open(session, model)
        while changed := self._changes.read(session):
            self._apply(session, changed)

    def of(self, kind: str, wanted: Iterable[Scope]) -> list[VectorIndex]:
        """Return the partitions of one kind in the wanted scopes."""
        return [self._indexes[kind, scope] for scope in wanted if (kind, scope) in self._indexes]

    @property
    def unsaved(self) -> int:
        """How many changes the snapshots on disk lack."""
        return self._changes.newest - self._saved

    def save(self) -> None:
        """Write all partitions beside the old snapshots and swap them in."""
        if self._model_id is None:
            return
        # Only settled changes are claimed: a reader starts there and reads the rest again, which changes nothing.
        for (kind, scope), index in self._indexes.items():
            index.save(self._folder / f"{kind}-{scope}", self._model_id, self._changes.settled)
        self._saved = self._changes.newest

    def _open(self, session: Session, model: EmbeddingModel) -> None:
        try:
            loaded = {key: VectorIndex.load(self._folder / "-".join(key), model.model_id) for key in KEYS}
            settled = min(change for _, change in loaded.values())
            if settled > last_change(session):
                raise SnapshotError("snapshots are ahead of the database: they belong to another one")
            self._indexes = {key: index for key, (index, _) in loaded.items()}
            self._changes, self._saved, self._model_id = ChangeReader(settled), settled, model.model_id
        except SnapshotError as error:
            LOG.info("building the vector index again: %s", error)
            self._build(session, model)

    def _build(self, session: Session, model: EmbeddingModel) -> None:
        self._indexes = {key: VectorIndex(model.dimension) for key in KEYS}
        self._model_id = model.model_id
        self._changes, self._saved = ChangeReader(last_change(session)), 0
        last_id = 0
        live = sa.select(Listing.id).where(on_market()).order_by(Listing.id)
        while ids := session.scalars(live.where(Listing.id > last_id).limit(BUILD_BATCH)).all():
            self._apply(session, ids)
            last_id = ids[-1]

    def _apply(self, session: Session, listing_ids: Sequence[int]) -> None:
        live = session.execute(
            sa.select(Listing.id, Revision.kind, Revision.visibility, Revision.layers)
            .join(Revision, Listing.published_revision_id == Revision.id)
            .where(Listing.id.in_(listing_ids), on_market())
        ).all()
        vectors = vectors_of(session, [row.id for row in live], self._model_id or "")
        wanted: dict[Key, list[int]] = {key: [] for key in KEYS}
        for row in live:
            for scope in searched_scopes(row):
                if (row.id, scope) in vectors:
                    wanted[row.kind, scope].append(row.id)
        for key, index in self._indexes.items():
            kept = set(wanted[key])
            index.remove([found for found in listing_ids if found not in kept])
            if wanted[key]:
                pairs = [vectors[found, key[1]] for found in wanted[key]]
                index.upsert(wanted[key], fused(np.array([t for t, _ in pairs]), np.array([f for _, f in pairs])))
