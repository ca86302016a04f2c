"""Vectors of a tuned model, made in the worker as those of the embedding model are: claimed, encoded with no lock held,
written only if the text still stands."""

from collections.abc import Iterable, Sequence

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.base import Database, upsert
from matchmaker.domain.listings import Listing, ListingState, Revision
from matchmaker.domain.rankers import TunedVector
from matchmaker.search.document import Document
from matchmaker.search.prepared import Vector
from matchmaker.search.tuned import TunedEncoder
from matchmaker.services.leases import claim, leased_ids, release_leases
from matchmaker.services.projection import document, scopes

LEASE = "tune"
BATCH = 8
Text = tuple[int, int, str, Document]
"""Listing, its text revision, scope, and what is encoded."""


def tune_batch(
    database: Database, encoder: TunedEncoder, mark: str, holder: str, *, rematch: bool, limit: int = BATCH
) -> int:
    """Bring up to `limit` listings' vectors of one model up to date; return how many were claimed (0: none is behind).

    With `rematch` their lists are computed again: the model serves, and they were scored without its term.
    """
    with database.read() as session:
        free = Listing.id.not_in(leased_ids(session, LEASE, holder))
        query = sa.select(Listing.id).where(*untuned(mark), free).limit(limit)
        found = session.scalars(
            query.order_by(Listing.external_id.is_not(None), Listing.published_at, Listing.id)
        ).all()
    ids = claim(database, LEASE, found, holder)
    if not ids:
        return 0
    with database.read() as session:
        texts = _texts(session, ids)
    vectors = list(encoder.encode([shown for *_, shown in texts])) if texts else []
    with database.transaction() as session:
        _write(session, texts, vectors, mark, rematch=rematch)
        release_leases(session, [f"{LEASE}:{listing_id}" for listing_id in ids], holder)
    return len(ids)


def untuned(mark: str) -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions of a live listing that has no vectors of a model for its present text."""
    present = sa.exists().where(
        TunedVector.listing_id == Listing.id,
        TunedVector.mark == mark,
        TunedVector.text_revision == Listing.text_revision,
    )
    return Listing.state == ListingState.PUBLISHED, ~present


def count_untuned(session: Session, mark: str) -> int:
    """Return how many live listings a model has no vectors for."""
    return session.scalar(sa.select(sa.func.count()).select_from(Listing).where(*untuned(mark))) or 0


def tuned_vectors_of(session: Session, listing_ids: Iterable[int], mark: str) -> dict[tuple[int, str], Vector]:
    """Return unit vectors by (listing id, scope), for those listings that have them."""
    columns = TunedVector.listing_id, TunedVector.scope, TunedVector.vector
    rows = session.execute(
        sa.select(*columns)
        .join(Listing, Listing.id == TunedVector.listing_id)
        .where(TunedVector.mark == mark, TunedVector.listing_id.in_(list(listing_ids)))
        .where(TunedVector.text_revision == Listing.text_revision)
    )
    return {(listing_id, scope): np.frombuffer(vector, dtype="<f4") for listing_id, scope, vector in rows}


def _texts(session: Session, listing_ids: Sequence[int]) -> list[Text]:
    listings = session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(listing_ids), Listing.published_revision_id.is_not(None))
        .options(selectinload(Listing.published_revision).selectinload(Revision.indicators))
    )
    return [
        (listing.id, listing.text_revision, scope, document(listing, listing.current, scope))
        for listing in listings
        for scope in scopes(listing.current)
    ]


def _write(session: Session, texts: Sequence[Text], vectors: Sequence[Vector], mark: str, *, rematch: bool) -> None:
    ids = [listing_id for listing_id, *_ in texts]
    live = Listing.id.in_(ids), Listing.state == ListingState.PUBLISHED
    found = session.execute(sa.select(Listing.id, Listing.text_revision).where(*live))
    standing = {row.id: row.text_revision for row in found}
    # Edited or withdrawn while encoding: the next round sees it again.
    kept = [(text, vector) for text, vector in zip(texts, vectors, strict=True) if standing.get(text[0]) == text[1]]
    written = {listing_id for (listing_id, *_), _ in kept}
    session.execute(sa.delete(TunedVector).where(TunedVector.listing_id.in_(written), TunedVector.mark == mark))
    rows = [
        {
            "listing_id": listing_id,
            "mark": mark,
            "scope": scope,
            "text_revision": revision,
            "vector": vector.astype("<f4").tobytes(),
        }
        for (listing_id, revision, scope, _), vector in kept
    ]
    if rows:
        session.execute(upsert(session, TunedVector).values(rows).on_conflict_do_nothing())
    if rematch:
        session.execute(sa.update(Listing).where(Listing.id.in_(written)).values(matched_by=None))
