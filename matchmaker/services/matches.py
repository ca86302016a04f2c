"""Reading matches: pages read stored rows, and nothing is scored here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, ListingState, Revision, Visibility
from matchmaker.domain.matches import Match, MatchDecision
from matchmaker.domain.permissions import Actor, can_read_listing, can_see_all_matches, owns
from matchmaker.services.match_views import MatchView, match_options, view_match

PAGE = 20
LIST_LENGTH = 50
UNDECIDED = "none"


@dataclass(frozen=True, slots=True)
class MatchPage:
    """One page of matches: `total` counts all pages; `number` starts at 1."""

    matches: tuple[MatchView, ...]
    total: int
    number: int
    size: int = PAGE

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class MatchFilter:
    """What to narrow pairs by: least grade, field of the need, and what was decided so far ("none": nothing by me)."""

    grade: int | None = None
    field: str | None = None
    decided: str | None = None
    listing_id: int | None = None


NO_FILTER = MatchFilter()


def matches_of(
    session: Session, actor: Actor, listing: Listing, limit: int = LIST_LENGTH, chosen: MatchFilter = NO_FILTER
) -> tuple[MatchView, ...]:
    """Return the best matches of one listing, best first, as `actor` may see them.

    Raises:
        Forbidden: the listing is neither the actor's own nor is he one who sees all matches.
    """
    if not can_see_matches_of(actor, listing):
        raise Forbidden(N_("只有发布单位、技术经纪人和科技主管部门可以查看匹配结果。"))
    side = ListingKind(listing.kind)
    query = _narrow(_live().where(_side_id(side) == listing.id, *_seen_by(actor, side)), actor, chosen, side)
    rows = session.scalars(query.order_by(_order(actor, side), Match.id).limit(limit)).unique().all()
    return tuple(view_match(row, actor) for row in rows)


def can_see_matches_of(actor: Actor, listing: Listing) -> bool:
    """The owner, the broker who posted it for him, and those who see all pairs."""
    return owns(actor, listing) or can_see_all_matches(actor)


def all_matches(session: Session, actor: Actor, chosen: MatchFilter, page: int = 1, size: int = PAGE) -> MatchPage:
    """Return one page of all pairs, best first, for those who see all."""
    if not can_see_all_matches(actor):
        raise Forbidden(N_("只有技术经纪人和科技主管部门可以查看全部匹配。"))
    total = session.scalar(_narrow(sa.select(sa.func.count()).where(Match.id.in_(_live_ids())), actor, chosen)) or 0
    query = _narrow(_live(), actor, chosen).order_by(Match.score.desc(), Match.id)
    rows = session.scalars(query.limit(size).offset((page - 1) * size)).unique().all()
    return MatchPage(tuple(view_match(row, actor) for row in rows), total, page, size)


def best_matches(
    session: Session, actor: Actor, listing_ids: Sequence[int], each: int, chosen: MatchFilter = NO_FILTER
) -> dict[int, tuple[MatchView, ...]]:
    """Return the `each` best matches of several own listings, by listing id, best first; a fixed number of queries.

    The caller has authorised the listings.
    """
    ids = sa.union(*(_best_ids(actor, side, listing_ids, each, chosen) for side in ListingKind)).subquery()
    rows = session.scalars(_live().where(Match.id.in_(sa.select(ids.c.id)))).unique().all()
    found: dict[int, list[tuple[float, MatchView]]] = {listing_id: [] for listing_id in listing_ids}
    for row in rows:
        view = view_match(row, actor)
        for listing_id in {row.need_id, row.achievement_id} & found.keys():
            found[listing_id].append((view.score, view))
    return {key: _first(views, each) for key, views in found.items()}


def count_matches(
    session: Session, actor: Actor, listing_ids: Sequence[int], chosen: MatchFilter = NO_FILTER
) -> dict[int, int]:
    """Return how many matches each of several own listings has, as `actor` may see them."""
    counts = dict.fromkeys(listing_ids, 0)
    for side in ListingKind:
        column = _side_id(side)
        query = sa.select(column, sa.func.count()).where(Match.id.in_(_live_ids()), column.in_(listing_ids))
        query = _narrow(query.where(*_seen_by(actor, side)), actor, chosen, side).group_by(column)
        counts.update({row[0]: row[1] for row in session.execute(query)})
    return counts


def get_match(session: Session, actor: Actor, match_id: int) -> MatchView:
    """Return one pair that `actor` may see.

    Raises:
        NotFound: there is none, or he may not know of it.
    """
    return view_match(load_match(session, actor, match_id), actor)


def load_match(session: Session, actor: Actor, match_id: int) -> Match:
    """Return the row of a pair that `actor` may see.

    Raises:
        NotFound: there is none, or he may not know of it.
    """
    match = session.scalars(_live().where(Match.id == match_id)).unique().one_or_none()
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
    return sa.select(Match).where(Match.id.in_(_live_ids())).options(*match_options())


def _best_ids(
    actor: Actor, side: ListingKind, listing_ids: Sequence[int], each: int, chosen: MatchFilter
) -> sa.Select[Any]:
    place = sa.func.row_number().over(partition_by=_side_id(side), order_by=(_order(actor, side), Match.id))
    query = _live_ids().add_columns(place.label("place"))
    query = query.where(_side_id(side).in_(listing_ids), *_seen_by(actor, side))
    ranked = _narrow(query, actor, chosen, side).subquery()
    return sa.select(ranked.c.id).where(ranked.c.place <= each)


def _first(views: list[tuple[float, MatchView]], each: int) -> tuple[MatchView, ...]:
    ordered = sorted(views, key=lambda found: (-found[0], found[1].id))
    return tuple(view for _, view in ordered[:each])


def _seen_by(actor: Actor, side: ListingKind) -> tuple[sa.ColumnElement[bool], ...]:
    """An owner's list leaves out what he may not see, by the row and, should the other side have just been hidden
    and not yet been matched again, by the listing itself."""
    if can_see_all_matches(actor):
        return ()
    other = Match.achievement_id if side is ListingKind.NEED else Match.need_id
    hidden = sa.and_(
        Listing.visibility == Visibility.BROKERS,
        sa.or_(sa.literal(actor.organization_id is None), Listing.organization_id != actor.organization_id),
    )
    return _side_score(side).is_not(None), other.not_in(sa.select(Listing.id).where(hidden))


def _order(actor: Actor, side: ListingKind) -> sa.ColumnElement[float]:
    return (Match.score if can_see_all_matches(actor) else _side_score(side)).desc()


def _side_score(side: ListingKind) -> Any:
    return Match.need_side_score if side is ListingKind.NEED else Match.achievement_side_score


def _side_id(side: ListingKind) -> Any:
    return Match.need_id if side is ListingKind.NEED else Match.achievement_id


def _grade(actor: Actor, side: ListingKind | None) -> Any:
    """The grade as the viewer sees it: an owner whose view of the other side is partial must not learn the full one."""
    if side is None or can_see_all_matches(actor):
        return Match.grade
    view = Match.need_view if side is ListingKind.NEED else Match.achievement_view
    return sa.case((view.is_(None), Match.grade), else_=view["grade"].as_integer())


def _narrow(
    query: sa.Select[Any], actor: Actor, chosen: MatchFilter, side: ListingKind | None = None
) -> sa.Select[Any]:
    if chosen.grade is not None:
        query = query.where(_grade(actor, side) >= chosen.grade)
    if chosen.listing_id is not None:
        query = query.where(sa.or_(Match.need_id == chosen.listing_id, Match.achievement_id == chosen.listing_id))
    if chosen.field is not None:
        revision = sa.select(Revision.id).where(Revision.field == chosen.field)
        of_field = sa.select(Listing.id).where(Listing.published_revision_id.in_(revision))
        query = query.where(Match.need_id.in_(of_field))
    if chosen.decided == UNDECIDED:
        query = query.where(Match.id.not_in(_decided(actor)))
    elif chosen.decided:
        said = _decided(None if can_see_all_matches(actor) else actor)
        query = query.where(Match.id.in_(said.where(MatchDecision.decision == chosen.decided)))
    return query


def _decided(actor: Actor | None) -> sa.Select[Any]:
    query = sa.select(MatchDecision.match_id)
    return query if actor is None else query.where(MatchDecision.organization_id == actor.organization_id)
