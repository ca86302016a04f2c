"""The worker's part: sketch what is behind, compare sketches with all others, and texts only where those say so."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.orm import Session, aliased, selectinload

from matchmaker.domain.base import Database, upsert, utc_now
from matchmaker.domain.duplicates import Duplicate, StoredSketch
from matchmaker.domain.listings import Listing, ListingState, Revision
from matchmaker.search.passages import shared_part, shared_passages
from matchmaker.search.sketches import METHOD, Places, Sketch, contained, sketch, stacked
from matchmaker.services.duplicates.texts import SHOWN_STATES, full_text, shown_revision_id
from matchmaker.services.leases import claim, leased_ids, release_leases

LEASE = "duplicates"
BATCH = 32
LEAST_ESTIMATE = 0.2
"""Sketches err by about a tenth: texts are compared from here on."""

MOST_COMPARED = 20
"""Texts that one listing is compared with, the likeliest first."""

LEAST_SHARE = 0.6
LEAST_SHARE_OF_NAMESAKES = 0.35
NAMESAKES = 0.5
"""Shared letters from which a pair is flagged: fewer where the titles are alike as well, for offices put the same
introduction before every one of their needs."""


@dataclass(frozen=True, slots=True)
class _Sketched:
    """A listing with its text and the sketch made of it."""

    listing: Listing
    revision: Revision
    text: str
    sketch: Sketch


@dataclass(frozen=True, slots=True)
class _Stored:
    """All sketches of one kind, read once for a whole batch: ids, sizes and places in the same order."""

    ids: NDArray[np.int64]
    sizes: NDArray[np.int64]
    places: Places


def find_batch(database: Database, holder: str, limit: int = BATCH) -> int:
    """Look for near-duplicates of up to `limit` listings; return how many were claimed (0: nothing is behind).

    Sketches are committed before they are compared: of two workers the later one sees what the earlier has written.
    """
    with database.read() as session:
        found = _behind(session, holder, limit)
    ids = claim(database, LEASE, found, holder)
    if not ids:
        return 0
    with database.read() as session:
        made = _sketched(session, ids)
    with database.transaction() as session:
        for one in made:
            session.execute(_upsert_sketch(session, one))
    with database.read() as session:
        pairs = _near(session, made)
    with database.transaction() as session:
        for one in made:
            _write_pairs(session, one, pairs[one.listing.id])
        release_leases(session, [f"{LEASE}:{listing_id}" for listing_id in ids], holder)
    return len(ids)


def _behind(session: Session, holder: str, limit: int) -> Sequence[int]:
    revision = aliased(Revision)
    query = (
        sa.select(Listing.id)
        .join(revision, revision.id == shown_revision_id())
        .outerjoin(StoredSketch, StoredSketch.listing_id == Listing.id)
        .where(
            Listing.state.in_(SHOWN_STATES),
            sa.or_(
                StoredSketch.listing_id.is_(None),
                StoredSketch.revision_id != revision.id,
                StoredSketch.version != revision.version,
                StoredSketch.method != METHOD,
                StoredSketch.compared_at.is_(None),
            ),
            Listing.id.not_in(leased_ids(session, LEASE, holder)),
        )
        # What waits for a reviewer goes first.
        .order_by(Listing.state != ListingState.SUBMITTED, Listing.id)
        .limit(limit)
    )
    return session.scalars(query).all()


def _sketched(session: Session, ids: Collection[int]) -> list[_Sketched]:
    made = []
    for listing, revision in _with_revisions(session, ids):
        text = full_text(listing, revision)
        made.append(_Sketched(listing, revision, text, sketch(text)))
    return made


def _with_revisions(session: Session, ids: Collection[int]) -> list[tuple[Listing, Revision]]:
    if not ids:
        return []
    rows = session.execute(
        sa.select(Listing, Revision)
        .join(Revision, Revision.id == shown_revision_id())
        .where(Listing.id.in_(list(ids)), Listing.state.in_(SHOWN_STATES))
        .options(selectinload(Revision.indicators))
    )
    return [(listing, revision) for listing, revision in rows]


def _near(session: Session, made: Sequence[_Sketched]) -> dict[int, dict[int, float]]:
    """Return for each listing the share of text that it shares with each one that comes near."""
    near: dict[int, dict[int, float]] = {}
    for kind in {one.listing.kind for one in made}:
        stored = _stored(session, kind)
        near |= {one.listing.id: _shares(session, one, stored) for one in made if one.listing.kind == kind}
    return near


def _stored(session: Session, kind: str) -> _Stored:
    rows = session.execute(
        sa.select(StoredSketch.listing_id, StoredSketch.size, StoredSketch.places)
        .join(Listing, Listing.id == StoredSketch.listing_id)
        .where(StoredSketch.kind == kind, StoredSketch.method == METHOD, Listing.state.in_(SHOWN_STATES))
    ).all()
    return _Stored(
        np.array([row.listing_id for row in rows], dtype=np.int64),
        np.array([row.size for row in rows], dtype=np.int64),
        stacked([row.places for row in rows]),
    )


def _shares(session: Session, one: _Sketched, stored: _Stored) -> dict[int, float]:
    estimates = contained(one.sketch, stored.sizes, stored.places)
    estimates[stored.ids == one.listing.id] = 0.0
    likely = np.flatnonzero(estimates >= LEAST_ESTIMATE)
    chosen = likely[np.argsort(-estimates[likely])][:MOST_COMPARED]
    shares: dict[int, float] = {}
    for other, revision in _with_revisions(session, stored.ids[chosen].tolist()):
        text = full_text(other, revision)
        share = shared_part(one.text, text, shared_passages(one.text, text))
        if share >= (LEAST_SHARE_OF_NAMESAKES if _alike(one.revision.title, revision.title) else LEAST_SHARE):
            shares[other.id] = share
    return shares


def _alike(one: str, other: str) -> bool:
    """Whether two titles share half of their pairs of characters (Dice's coefficient)."""
    first, second = ({title[place : place + 2] for place in range(len(title) - 1)} for title in (one, other))
    return 2 * len(first & second) >= NAMESAKES * (len(first) + len(second)) if first and second else one == other


def _upsert_sketch(session: Session, one: _Sketched) -> sa.Executable:
    values = {
        "kind": one.listing.kind,
        "revision_id": one.revision.id,
        "version": one.revision.version,
        "method": METHOD,
        "size": one.sketch.size,
        "places": one.sketch.to_bytes(),
        "compared_at": None,
    }
    insert = upsert(session, StoredSketch).values(listing_id=one.listing.id, **values)
    return insert.on_conflict_do_update(index_elements=["listing_id"], set_=values)  # type: ignore[no-any-return]


def _write_pairs(session: Session, one: _Sketched, shares: dict[int, float]) -> None:
    listing_id = one.listing.id
    mine = sa.or_(Duplicate.first_id == listing_id, Duplicate.second_id == listing_id)
    for row in session.scalars(sa.select(Duplicate).where(mine, Duplicate.verdict.is_(None))):
        if row.other(listing_id) not in shares:
            session.delete(row)
    session.flush()
    for other, share in shares.items():
        key = {"first_id": min(listing_id, other), "second_id": max(listing_id, other)}
        insert = upsert(session, Duplicate).values(**key, share=share, found_at=utc_now())
        session.execute(insert.on_conflict_do_update(index_elements=list(key), set_={"share": share}))
    session.execute(
        sa.update(StoredSketch)
        .where(StoredSketch.listing_id == listing_id, StoredSketch.version == one.revision.version)
        .values(compared_at=utc_now())
    )
