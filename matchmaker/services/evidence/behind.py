"""What evidence is missing or no longer holds: questions to the database."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.base import upsert
from matchmaker.domain.evidence import Evidence, EvidenceMark
from matchmaker.domain.listings import Listing, on_market
from matchmaker.domain.matches import Match, MatchDecision
from matchmaker.services.leases import leased_ids

LEASE = "evidence"
HEAD = 10
"""Pairs of a list that are compared unasked, the best as brokers and as the owner see them."""


def behind(session: Session, method: str, holder: str) -> Sequence[int]:
    """Return the id of the next listing whose list was written anew since its evidence was complete, or none."""
    is_done = sa.and_(
        EvidenceMark.matched_revision == Listing.matched_revision,
        EvidenceMark.matched_by == Listing.matched_by,
        EvidenceMark.made_by == method,
    )
    return session.scalars(
        sa.select(Listing.id)
        .outerjoin(EvidenceMark, EvidenceMark.listing_id == Listing.id)
        .where(
            on_market(),
            Listing.matched_by.is_not(None),
            sa.or_(EvidenceMark.listing_id.is_(None), ~is_done),
            Listing.id.not_in(leased_ids(session, LEASE, holder)),
        )
        .order_by(Listing.external_id.is_not(None), Listing.published_at, Listing.id)
        .limit(1)
    ).all()


def mark_of(session: Session, listing_id: int, method: str) -> dict[str, object] | None:
    """Return what a listing's evidence is complete for once that of its present list is; None before it was matched."""
    columns = sa.select(Listing.matched_revision, Listing.matched_by).where(Listing.id == listing_id)
    row = session.execute(columns).one_or_none()
    if row is None or row.matched_by is None:
        return None
    return {
        "listing_id": listing_id,
        "matched_revision": row.matched_revision,
        "matched_by": row.matched_by,
        "made_by": method,
    }


def upsert_mark(session: Session, mark: dict[str, object]) -> sa.Executable:
    """Return the statement that writes a mark."""
    insert = upsert(session, EvidenceMark).values(mark)
    return insert.on_conflict_do_update(index_elements=["listing_id"], set_=mark)  # type: ignore[no-any-return]


def outdated(session: Session, listing_id: int, method: str) -> Sequence[int]:
    """Return the pairs of a listing that ought to have evidence, or once had it, and have none that holds."""
    need, achievement = aliased(Listing), aliased(Listing)
    is_current = sa.and_(
        Evidence.content.is_not(None),
        Evidence.need_revision_id == need.published_revision_id,
        Evidence.achievement_revision_id == achievement.published_revision_id,
        Evidence.made_by == method,
    )
    return session.scalars(
        sa.select(Match.id)
        .join(need, need.id == Match.need_id)
        .join(achievement, achievement.id == Match.achievement_id)
        .outerjoin(Evidence, Evidence.match_id == Match.id)
        .where(
            sa.or_(Match.id.in_(_head(listing_id)), sa.and_(_of(listing_id), Evidence.match_id.is_not(None))),
            sa.or_(Evidence.match_id.is_(None), ~is_current),
            on_market(need),
            on_market(achievement),
        )
        .order_by(Match.score.desc(), Match.id)
    ).all()


def _of(listing_id: int) -> sa.ColumnElement[bool]:
    return sa.or_(Match.need_id == listing_id, Match.achievement_id == listing_id)


def _head(listing_id: int) -> sa.CompoundSelect[int]:
    """The ids of the best pairs of a listing, and of those that people proposed or decided about."""
    mine = sa.or_(
        sa.and_(Match.need_id == listing_id, Match.in_need_list),
        sa.and_(Match.achievement_id == listing_id, Match.in_achievement_list),
    )
    side = sa.case((Match.need_id == listing_id, Match.need_side_score), else_=Match.achievement_side_score)
    best = (
        sa.select(Match.id).where(mine, by.is_not(None)).order_by(by.desc()).limit(HEAD) for by in (Match.score, side)
    )
    decided = sa.or_(Match.proposed_by_id.is_not(None), Match.id.in_(sa.select(MatchDecision.match_id)))
    spoken = sa.select(Match.id).where(_of(listing_id), decided)
    return sa.union(*(sa.select(query.subquery().c.id) for query in best), spoken)
