"""A match that a broker proposes by hand: scored like every other, kept whatever its place."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor, can_propose_match, can_read_listing
from matchmaker.services.engine import Engine
from matchmaker.services.keeping_apart import avoids
from matchmaker.services.listing_views import ListingView
from matchmaker.services.matching import propose
from matchmaker.services.projection import project
from matchmaker.services.proposal_notices import tell_proposal
from matchmaker.services.verdicts import judge_again

MAX_NOTE = 1000
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Proposal:
    """The pair; `is_new` is False where somebody had proposed it before, and then nothing was changed."""

    match: Match
    is_new: bool


def propose_match(
    session: Session, actor: Actor, engine: Engine, need_id: int, achievement_id: int, note: str | None = None
) -> Proposal:
    """Pair a need with an achievement by hand, with a note for other brokers.

    Raises:
        Forbidden: the actor is no broker. NotFound: no such listing.
        Invalid: wrong kinds, not live, of one and the same organization, or too long a note.
    """
    if not can_propose_match(actor):
        raise Forbidden(N_("只有技术经纪人可以手工推荐匹配。"))
    note = (note or "").replace("\x00", "").strip() or None
    if note and len(note) > MAX_NOTE:
        raise Invalid(N_("备注过长。"), {"note": N_("最多 1000 字。")})
    need = _live(session, actor, need_id, ListingKind.NEED)
    achievement = _live(session, actor, achievement_id, ListingKind.ACHIEVEMENT)
    if need.organization_id == achievement.organization_id:
        raise Invalid(N_("需求和成果属于同一单位，无需对接。"), {"achievement": N_("请选择其他单位的成果。")})
    if avoids(session, need.organization_id, achievement.organization_id):
        # Not said by which of them: the other must never learn of it, not even from a broker.
        raise Invalid(N_("这两个单位之间有回避要求，不能推荐对接。"), {"achievement": N_("请选择其他单位的成果。")})
    proposed = sa.select(Match).where(
        Match.need_id == need.id, Match.achievement_id == achievement.id, Match.proposed_by_id.is_not(None)
    )
    existing = session.scalars(proposed).one_or_none()
    if existing is not None:
        return Proposal(existing, is_new=False)
    return Proposal(_write(session, actor, engine, need, achievement, note), is_new=True)


def pick_listing(session: Session, actor: Actor, listing_id: int | None, kind: ListingKind) -> ListingView | None:
    """Return a published listing of `kind` to be paired, or None where there is no such thing to choose."""
    if listing_id is None or not 0 < listing_id <= LARGEST_ID:
        return None
    listing = session.get(Listing, listing_id)
    if listing is None or listing.kind != kind or not listing.is_live or not can_read_listing(actor, listing):
        return None
    return project(listing, actor)


def _write(
    session: Session, actor: Actor, engine: Engine, need: Listing, achievement: Listing, note: str | None
) -> Match:
    match = propose(session, engine, need, achievement)
    match.proposed_by_id, match.proposal_note = actor.user_id, note
    session.flush()
    record(session, actor, "propose", "match", match.id)
    judge_again(session, need.id)
    tell_proposal(session, match)
    return match


def _live(session: Session, actor: Actor, listing_id: int, kind: ListingKind) -> Listing:
    listing = session.get(Listing, listing_id) if 0 < listing_id <= LARGEST_ID else None
    if listing is None or listing.kind != kind or not can_read_listing(actor, listing):
        raise NotFound(_MISSING[kind])
    if not listing.is_live:
        raise Invalid(N_("只有已发布的需求和成果可以匹配。"), {kind.value: N_("这一项已不在发布状态。")})
    return listing


_MISSING = {
    ListingKind.NEED: N_("没有找到这项技术需求。"),
    ListingKind.ACHIEVEMENT: N_("没有找到这项科技成果。"),
}
