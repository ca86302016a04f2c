"""Reading matches and deciding about them. Pages read stored rows; nothing is scored here but a pair made by hand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, ListingState, Revision
from matchmaker.domain.matches import Decision, Match, MatchDecision
from matchmaker.domain.permissions import Actor, Role, can_read_listing, can_see_all_matches, owns
from matchmaker.services.projection import ListingView, project
from matchmaker.services.reasons import Reason, reasons_of

PAGE = 20
LIST_LENGTH = 50
MAX_NOTE = 1000


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What one organization decided: shown to itself whole, to the other side only interest or the coded reason."""

    organization_id: int | None
    organization_name: str
    decision: str
    reason: str | None
    note: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class MatchView:
    """A pair as one viewer sees it. `probability` is of a professional's 较强 or better; reasons add up to `score`."""

    id: int
    need: ListingView
    achievement: ListingView
    score: float
    probability: float
    grade: int
    reasons: tuple[Reason, ...]
    mine: DecisionView | None
    others: tuple[DecisionView, ...]
    proposed_by: str | None
    proposal_note: str | None
    updated_at: datetime
    ranker: str
    model: str

    @property
    def is_mutual(self) -> bool:
        """Whether both sides have said that they are interested."""
        said = [view.decision for view in (self.mine, *self.others) if view is not None]
        return said.count(Decision.INTERESTED) > 1

    def other(self, kind: str) -> ListingView:
        """The listing on the other side of one of `kind`."""
        return self.achievement if kind == ListingKind.NEED else self.need


@dataclass(frozen=True, slots=True)
class MatchPage:
    """One page of matches: `total` counts all pages; `number` starts at 1."""

    matches: tuple[MatchView, ...]
    total: int
    number: int
    size: int


@dataclass(frozen=True, slots=True)
class MatchFilter:
    """What a broker narrows all pairs by: least grade, field of the need, and what was decided so far."""

    grade: int | None = None
    field: str | None = None
    decided: str | None = None
    listing_id: int | None = None


def matches_of(session: Session, actor: Actor, listing: Listing, limit: int = LIST_LENGTH) -> tuple[MatchView, ...]:
    """Return the best matches of one listing, best first, as `actor` may see them.

    Raises:
        Forbidden: the listing is neither the actor's own nor is he one who sees all matches.
    """
    if not (owns(actor, listing) or actor.user_id == listing.broker_id or can_see_all_matches(actor)):
        raise Forbidden(N_("只有发布单位、技术经纪人和科技主管部门可以查看匹配结果。"))
    column = Match.need_id if listing.kind == ListingKind.NEED else Match.achievement_id
    query = _live().where(column == listing.id, _seen_by(actor, listing.kind))
    rows = session.scalars(query.order_by(_order(actor, listing.kind), Match.id).limit(limit)).all()
    return tuple(_view(row, actor) for row in rows)


def all_matches(session: Session, actor: Actor, chosen: MatchFilter, page: int = 1) -> MatchPage:
    """Return one page of all pairs, best first, for those who see all."""
    if not can_see_all_matches(actor):
        raise Forbidden(N_("只有技术经纪人和科技主管部门可以查看全部匹配。"))
    query = _narrow(_live(), actor, chosen)
    total = session.scalar(sa.select(sa.func.count()).select_from(query.options().subquery())) or 0
    rows = session.scalars(query.order_by(Match.score.desc(), Match.id).limit(PAGE).offset((page - 1) * PAGE)).all()
    return MatchPage(tuple(_view(row, actor) for row in rows), total, page, PAGE)


def best_matches(session: Session, actor: Actor, listing_ids: Sequence[int], each: int) -> dict[int, list[MatchView]]:
    """Return the `each` best matches of several own listings, by listing id: two queries, however many listings."""
    found: dict[int, list[MatchView]] = {listing_id: [] for listing_id in listing_ids}
    for kind in ListingKind:
        column = Match.need_id if kind is ListingKind.NEED else Match.achievement_id
        place = sa.func.row_number().over(partition_by=column, order_by=(_order(actor, kind), Match.id))
        ranked = _live_ids().add_columns(place.label("place")).where(column.in_(listing_ids), _seen_by(actor, kind))
        best = ranked.subquery()
        ids = sa.select(best.c.id).where(best.c.place <= each)
        rows = session.scalars(_live().where(Match.id.in_(ids)).order_by(_order(actor, kind), Match.id))
        for row in rows:
            found[getattr(row, column.key)].append(_view(row, actor))
    return found


def get_match(session: Session, actor: Actor, match_id: int) -> MatchView:
    """Return one pair that `actor` may see.

    Raises:
        NotFound: there is none, or he may not know of it.
    """
    return _view(_load(session, actor, match_id), actor)


def decide(
    session: Session,
    actor: Actor,
    match_id: int,
    decision: str,
    *,
    reason: str | None = None,
    note: str | None = None,
) -> MatchDecision:
    """Record what the actor's organization decided about a pair; a former decision of it is replaced and journaled.

    Raises:
        NotFound: he may not see the pair. Invalid: unknown decision, missing or unknown reason, too long a note.
    """
    match = _load(session, actor, match_id)
    if actor.organization_id is None or actor.role not in {Role.ENTERPRISE, Role.UNIVERSITY, Role.BROKER}:
        raise Forbidden(N_("只有供需双方和技术经纪人可以对匹配做出判断。"))
    _check_decision(decision, reason, note)
    row = next((d for d in match.decisions if d.organization_id == actor.organization_id), None)
    before = row.decision if row else None
    if row is None:
        row = MatchDecision(match_id=match.id, organization_id=actor.organization_id)
        session.add(row)
    row.decision, row.note, row.at, row.actor_id = decision, note or None, utc_now(), actor.user_id
    row.reason = reason if decision == Decision.UNSUITABLE else None
    record(session, actor, "decide", "match", match.id, before=before, after=decision, reason=row.reason)
    return row


def withdraw_decision(session: Session, actor: Actor, match_id: int) -> None:
    """Take back the decision of the actor's organization, if there is one."""
    match = _load(session, actor, match_id)
    row = next((d for d in match.decisions if d.organization_id == actor.organization_id), None)
    if row is not None:
        record(session, actor, "withdraw-decision", "match", match.id, before=row.decision)
        session.delete(row)


def _check_decision(decision: str, reason: str | None, note: str | None) -> None:
    if decision not in set(Decision):
        raise Invalid(N_("不认识的判断：%(decision)s。"), decision=decision)
    if decision == Decision.UNSUITABLE and (not reason or reason not in codes.table("decline_reasons")):
        raise Invalid(N_("请选择不合适的原因。"), {"reason": N_("请选择一个原因。")})
    if note and len(note) > MAX_NOTE:
        raise Invalid(N_("备注过长。"), {"note": N_("最多 1000 字。")})


def _load(session: Session, actor: Actor, match_id: int) -> Match:
    match = session.scalar(_live().where(Match.id == match_id))
    if match is None or not _may_see(match, actor):
        raise NotFound(N_("没有找到这个匹配，它可能已随需求或成果一起撤下。"))
    return match


def _may_see(match: Match, actor: Actor) -> bool:
    if can_see_all_matches(actor):
        return True
    if owns(actor, match.need):
        return match.need_side_score is not None and can_read_listing(actor, match.achievement)
    if owns(actor, match.achievement):
        return match.achievement_side_score is not None and can_read_listing(actor, match.need)
    return False


def _live_ids() -> sa.Select[Any]:
    need, achievement = aliased(Listing), aliased(Listing)
    return (
        sa.select(Match.id)
        .join(need, Match.need_id == need.id)
        .join(achievement, Match.achievement_id == achievement.id)
        .where(need.state == ListingState.PUBLISHED, achievement.state == ListingState.PUBLISHED)
    )


def _live() -> sa.Select[tuple[Match]]:
    return (
        sa.select(Match)
        .where(Match.id.in_(_live_ids()))
        .options(
            *_listing_options(Match.need),
            *_listing_options(Match.achievement),
            selectinload(Match.decisions).joinedload(MatchDecision.organization),
            joinedload(Match.proposed_by),
        )
    )


def _listing_options(side: Any) -> Iterable[Any]:
    listing = joinedload(side)
    yield listing.joinedload(Listing.organization)
    yield listing.joinedload(Listing.published_revision).selectinload(Revision.indicators)


def _seen_by(actor: Actor, kind: str) -> sa.ColumnElement[bool]:
    if can_see_all_matches(actor):
        return sa.true()
    return _side_score(kind).is_not(None)


def _order(actor: Actor, kind: str) -> sa.ColumnElement[float]:
    return (Match.score if can_see_all_matches(actor) else _side_score(kind)).desc()


def _side_score(kind: str) -> Any:
    return Match.need_side_score if kind == ListingKind.NEED else Match.achievement_side_score


def _narrow(query: sa.Select[tuple[Match]], actor: Actor, chosen: MatchFilter) -> sa.Select[tuple[Match]]:
    if chosen.grade is not None:
        query = query.where(Match.grade >= chosen.grade)
    if chosen.listing_id is not None:
        query = query.where(sa.or_(Match.need_id == chosen.listing_id, Match.achievement_id == chosen.listing_id))
    if chosen.field is not None:
        revision = sa.select(Revision.id).where(Revision.field == chosen.field)
        of_field = sa.select(Listing.id).where(Listing.published_revision_id.in_(revision))
        query = query.where(Match.need_id.in_(of_field))
    if chosen.decided == "none":
        mine = sa.select(MatchDecision.match_id).where(MatchDecision.organization_id == actor.organization_id)
        query = query.where(Match.id.not_in(mine))
    elif chosen.decided:
        said = sa.select(MatchDecision.match_id).where(MatchDecision.decision == chosen.decided)
        query = query.where(Match.id.in_(said))
    return query


def _view(match: Match, actor: Actor) -> MatchView:
    score, probability, grade, terms = _numbers(match, actor)
    decisions = [_decision(row, match, actor) for row in match.decisions]
    mine = next((view for view in decisions if view and view.organization_id == actor.organization_id), None)
    return MatchView(
        id=match.id,
        need=project(match.need, actor),
        achievement=project(match.achievement, actor),
        score=score,
        probability=probability,
        grade=grade,
        reasons=reasons_of(terms),
        mine=mine,
        others=tuple(view for view in decisions if view and view is not mine),
        proposed_by=match.proposed_by.name if match.proposed_by else None,
        proposal_note=match.proposal_note if can_see_all_matches(actor) else None,
        updated_at=match.updated_at,
        ranker=match.ranker,
        model=match.model,
    )


def _numbers(match: Match, actor: Actor) -> tuple[float, float, int, Sequence[Any]]:
    view = None
    if not can_see_all_matches(actor):
        view = match.need_view if owns(actor, match.need) else match.achievement_view
    if view is None:
        return match.score, match.probability, match.grade, match.terms
    return view["score"], view["probability"], view["grade"], view["terms"]


def _decision(row: MatchDecision, match: Match, actor: Actor) -> DecisionView | None:
    mine = row.organization_id == actor.organization_id
    if not mine and not can_see_all_matches(actor):
        return _decision_of_other_side(row, match, actor)
    return DecisionView(row.organization_id, row.organization.name, row.decision, row.reason, row.note, row.at)


def _decision_of_other_side(row: MatchDecision, match: Match, actor: Actor) -> DecisionView | None:
    # The other side learns of interest and of a coded reason, never of a shortlist, a note, or a broker's opinion.
    if row.organization_id not in {match.need.organization_id, match.achievement.organization_id}:
        return None
    if row.decision == Decision.SHORTLISTED:
        return None
    listing = match.need if row.organization_id == match.need.organization_id else match.achievement
    seen = project(listing, actor)
    return DecisionView(seen.organization_id, seen.organization_name, row.decision, row.reason, None, row.at)
