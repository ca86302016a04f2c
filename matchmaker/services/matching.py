"""Matching: a changed listing recomputes its own list and enters or leaves the others' lists where it belongs.

Nothing cascades further, and rows are written only when they change. What people decided stays on the row.
"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, Revision, on_market
from matchmaker.domain.matches import Match
from matchmaker.search.ranker import Ranker
from matchmaker.services.embedding_models import active_model
from matchmaker.services.engine import Engine
from matchmaker.services.keeping_apart import avoided_by
from matchmaker.services.leases import claim, leased_ids, release_leases
from matchmaker.services.match_lists import existing_rows, undecided, write_lists, write_pair
from matchmaker.services.pairs import Pair, score_pairs
from matchmaker.services.rankers.stored_readings import forget_readings, note_unread

LEASE = "match"
BATCH = 8


def match_batch(
    database: Database, engine: Engine, holder: str, limit: int = BATCH, *, kind: ListingKind | None = None
) -> int:
    """Match up to `limit` listings that are behind, of one `kind` only where it is named; return how many were claimed
    (0: nothing is behind)."""
    with database.read() as session:
        model = active_model(session)
        if model is None:
            return 0
        ranker = engine.ranker(session, model.model_id)
        reads = engine.serving(session).reads
        found = _behind(session, ranker, model.model_id, holder, limit, kind)
    ids = claim(database, LEASE, found, holder)
    for listing_id in ids:
        with database.read() as session:
            pairs, revision = _score_listing(session, engine, ranker, listing_id, model.model_id)
        with database.transaction() as session:
            lists = _write_listing(session, listing_id, revision, pairs, ranker, model.model_id)
            if reads:
                note_unread(session, lists)
            release_leases(session, [f"{LEASE}:{listing_id}"], holder)
    return len(ids)


def matched_by(ranker: Ranker, model_id: str) -> str:
    """Name what a list was computed with; another ranker or model makes every list behind."""
    return f"{ranker.version} {model_id}"


def drop_dead_matches(session: Session, limit: int = 500) -> int:
    """Remove pairs of withdrawn listings that nobody has decided about; return how many."""
    live = sa.select(Listing.id).where(on_market())
    dead = sa.or_(Match.need_id.not_in(live), Match.achievement_id.not_in(live))
    gone = session.execute(
        sa.select(Match.id, Match.need_id, Match.achievement_id).where(dead, *undecided()).limit(limit)
    ).all()
    session.execute(sa.delete(Match).where(Match.id.in_([row.id for row in gone])))
    forget_readings(session, [(row.need_id, row.achievement_id) for row in gone])
    return len(gone)


def count_unmatched(session: Session) -> int:
    """Return how many live listings' lists are behind their text or facets."""
    behind = (
        sa.select(sa.func.count())
        .select_from(Listing)
        .where(on_market(), Listing.matched_revision < Listing.pair_revision)
    )
    return session.scalar(behind) or 0


def propose(session: Session, engine: Engine, need: Listing, achievement: Listing) -> Match:
    """Score one pair and store it whatever its place, for a match made by hand; the caller sets who proposed it."""
    model = active_model(session)
    model_id = model.model_id if model else ""
    prepared = engine.prepare(session, [need, achievement], model_id)
    ranker = engine.ranker(session, model_id)
    pairs = score_pairs(ranker, prepared, need, [achievement], engine.readings(session, need))
    if not pairs:
        raise Conflict(N_("这条需求或成果刚刚发布，正在分析，请稍后再试。"))
    pair = pairs[0]
    row = existing_rows(session, [(need.id, achievement.id)]).get((need.id, achievement.id))
    return write_pair(session, row, pair, ranker, model_id)


def _behind(
    session: Session, ranker: Ranker, model_id: str, holder: str, limit: int, kind: ListingKind | None
) -> Sequence[int]:
    stamp = matched_by(ranker, model_id)
    stale = sa.or_(
        Listing.matched_revision < Listing.pair_revision, Listing.matched_by.is_(None), Listing.matched_by != stamp
    )
    return session.scalars(
        sa.select(Listing.id)
        .where(
            on_market(),
            sa.true() if kind is None else Listing.kind == kind,
            Listing.embedded_model == model_id,
            Listing.embedded_revision >= Listing.text_revision,
            stale,
            Listing.id.not_in(leased_ids(session, LEASE, holder)),
        )
        .order_by(Listing.external_id.is_not(None), Listing.published_at, Listing.id)
        .limit(limit)
    ).all()


def _score_listing(
    session: Session, engine: Engine, ranker: Ranker, listing_id: int, model_id: str
) -> tuple[list[Pair], int]:
    engine.follow(session)
    listing = live_listings(session, [listing_id]).get(listing_id)
    if listing is None:
        return [], 0
    ids = engine.candidates(session, listing, model_id) | _partners(session, listing)
    # Those it is kept apart from are left out before anything is scored, so that they take nobody's place.
    apart = avoided_by(session, listing.organization_id) | {listing.organization_id}
    others = [other for other in live_listings(session, ids).values() if other.organization_id not in apart]
    prepared = engine.prepare(session, [listing, *others], model_id)
    return score_pairs(ranker, prepared, listing, others, engine.readings(session, listing)), listing.pair_revision


def live_listings(session: Session, ids: Iterable[int]) -> dict[int, Listing]:
    """Return those of the listings that are on the market, by id, ready to be scored."""
    rows = session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(list(ids)), on_market())
        .options(selectinload(Listing.published_revision).selectinload(Revision.indicators))
    )
    return {row.id: row for row in rows}


def _partners(session: Session, listing: Listing) -> set[int]:
    mine, other = Match.need_id, Match.achievement_id
    if listing.kind != ListingKind.NEED:
        mine, other = other, mine
    return set(session.scalars(sa.select(other).where(mine == listing.id)))


def _write_listing(
    session: Session, listing_id: int, revision: int, pairs: Sequence[Pair], ranker: Ranker, model_id: str
) -> set[int]:
    """Write what was scored; return the ids of the listings whose lists may have changed."""
    listing = session.get(Listing, listing_id)
    if listing is None or not listing.is_live or listing.pair_revision != revision:
        return set()  # edited or withdrawn while scoring: the next round sees it again
    others = write_lists(session, listing, pairs, ranker, model_id)
    listing.matched_revision, listing.matched_by = revision, matched_by(ranker, model_id)
    return {listing_id, *others}
