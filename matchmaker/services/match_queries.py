"""Which pairs a viewer may see, how they are narrowed and in which order, as SQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from matchmaker.domain.listings import Listing, ListingKind, Revision, Visibility, on_market
from matchmaker.domain.matches import Decision, Match, MatchDecision
from matchmaker.domain.permissions import Actor, can_see_all_matches
from matchmaker.services.match_views import match_options
from matchmaker.services.shaping.sinking import sinks


class Standing(StrEnum):
    """How a pair stands with its viewer, beside the decisions themselves."""

    OPEN = "open"
    UNDECIDED = "none"
    MUTUAL = "mutual"
    WANTED = "wanted"


@dataclass(frozen=True, slots=True)
class MatchFilter:
    """What to narrow pairs by.

    `grade` is the least one, `field` that of the need, `since` the moment when the pair was first stored. `decided` is
    a decision, or OPEN (the viewer has not called it unsuitable), UNDECIDED (he has said nothing yet), MUTUAL (both
    parties are interested), WANTED (the other party is interested and the viewer has said nothing yet).
    """

    grade: int | None = None
    field: str | None = None
    decided: str | None = None
    since: datetime | None = None


NO_FILTER = MatchFilter()


def live_ids(among: Collection[int] | None = None) -> sa.Select[Any]:
    """Ids of the pairs, all or those `among` some, whose two listings are on the market now."""
    need, achievement = aliased(Listing), aliased(Listing)
    query = (
        sa.select(Match.id)
        .join(need, Match.need_id == need.id)
        .join(achievement, Match.achievement_id == achievement.id)
        .where(on_market(need), on_market(achievement))
    )
    return query if among is None else query.where(Match.id.in_(among))


def live_matches(among: Collection[int] | None = None) -> sa.Select[Match]:
    """Live pairs, all or those `among` some, with all that is needed to show them."""
    return sa.select(Match).where(Match.id.in_(live_ids(among))).options(*match_options())


def side_id(side: ListingKind) -> Any:
    """The column of the listing on one side."""
    return Match.need_id if side is ListingKind.NEED else Match.achievement_id


def seen_from(actor: Actor, side: ListingKind) -> sa.ColumnElement[bool]:
    """Pairs that the viewer may see as (or for) the owner of `side`.

    An owner's list leaves out what he may not see, as `can_read_listing` has it, and what he is not to meet; a
    broker's what he is not to meet.
    """
    other = aliased(Listing)  # an alias, so that no enclosing query's listings are meant
    if can_see_all_matches(actor):
        return _met(actor)
    closed = sa.and_(other.visibility == Visibility.BROKERS, other.id.not_in(list(actor.opened)))
    hidden = sa.select(other.id).where(
        other.organization_id != actor.organization_id, sa.or_(closed, other.organization_id.in_(actor.avoided))
    )
    return sa.and_(_side_score(side).is_not(None), side_id(side.other).not_in(hidden))


def visible(actor: Actor) -> sa.ColumnElement[bool]:
    """All pairs for those who see all, for everybody else the pairs of his own organization's listings."""
    if can_see_all_matches(actor):
        return _met(actor)
    sides = (sa.and_(side_id(side).in_(_own_ids(actor)), seen_from(actor, side)) for side in ListingKind)
    return sa.or_(*sides)


def score_seen(actor: Actor, side: ListingKind | None = None) -> Any:
    """The score as the viewer sees it, for a list of one side or (None) of both."""
    return _as_seen(actor, side, Match.score, _side_score)


def grade_seen(actor: Actor, side: ListingKind | None = None) -> Any:
    """The grade as the viewer sees it, for a list of one side or (None) of both."""
    return _as_seen(actor, side, Match.grade, _side_grade)


def is_mutual() -> sa.ColumnElement[bool]:
    """Pairs in which both parties have said that they are interested."""
    return sa.and_(*(_interested(side) for side in ListingKind))


def is_wanted(actor: Actor) -> sa.ColumnElement[bool]:
    """Pairs in which a party is interested and the viewer has said nothing yet."""
    mine = sa.select(MatchDecision.match_id).where(MatchDecision.organization_id == actor.organization_id)
    return sa.and_(sa.or_(*(_interested(side) for side in ListingKind)), Match.id.not_in(mine))


def best_first(actor: Actor, side: ListingKind | None = None) -> tuple[Any, ...]:
    """The order of a list: what a broker proposed by hand comes first, except among all pairs of the platform; what
    the viewer's own organization keeps declining comes last."""
    by_score = score_seen(actor, side).desc(), Match.id
    if side is None and can_see_all_matches(actor):
        return by_score
    return Match.proposed_by_id.is_(None), sinks(actor, side), *by_score


def narrow(query: sa.Select[Any], actor: Actor, chosen: MatchFilter, side: ListingKind | None = None) -> sa.Select[Any]:
    """Add the filter's conditions; `side` is the one that the list belongs to, None for a list of both."""
    if chosen.grade is not None:
        query = query.where(_graded(actor, chosen.grade, side))
    if chosen.field is not None:
        need = aliased(Listing)
        of_field = sa.select(need.id).join(Revision, need.published_revision_id == Revision.id)
        query = query.where(Match.need_id.in_(of_field.where(Revision.field == chosen.field)))
    if chosen.since is not None:
        query = query.where(Match.created_at >= chosen.since)
    if chosen.decided:
        query = query.where(_decided(actor, chosen.decided))
    return query


def best_ids(
    actor: Actor, side: ListingKind, listing_ids: Sequence[int], each: int, chosen: MatchFilter
) -> sa.Select[Any]:
    """Ids of the `each` best pairs of each of several listings of one side."""
    place = sa.func.row_number().over(partition_by=side_id(side), order_by=best_first(actor, side))
    query = live_ids().add_columns(place.label("place"))
    query = query.where(side_id(side).in_(listing_ids), seen_from(actor, side))
    ranked = narrow(query, actor, chosen, side).subquery()
    return sa.select(ranked.c.id).where(ranked.c.place <= each)


def _graded(actor: Actor, least: int, side: ListingKind | None) -> sa.ColumnElement[bool]:
    """The pairs of a grade; an owner also gets what was proposed to him by hand, whatever the ranker thinks of it."""
    graded: sa.ColumnElement[bool] = grade_seen(actor, side) >= least
    return graded if can_see_all_matches(actor) else sa.or_(graded, Match.proposed_by_id.is_not(None))


def _met(actor: Actor) -> sa.ColumnElement[bool]:
    """Pairs without an organization that the viewer's own is kept apart from."""
    if not actor.avoided:
        return sa.true()
    kept = aliased(Listing)
    ids = sa.select(kept.id).where(kept.organization_id.in_(actor.avoided))
    return sa.and_(*(side_id(side).not_in(ids) for side in ListingKind))


def _own_ids(actor: Actor) -> sa.Select[Any]:
    own = aliased(Listing)
    return sa.select(own.id).where(own.organization_id == actor.organization_id)


def _as_seen(actor: Actor, side: ListingKind | None, full: Any, of_side: Any) -> Any:
    """An owner whose view of the other side is partial must not learn the full number, not even by sorting."""
    if can_see_all_matches(actor):
        return full
    if side is not None:
        return of_side(side)
    owns_need = Match.need_id.in_(_own_ids(actor))
    return sa.case((owns_need, of_side(ListingKind.NEED)), else_=of_side(ListingKind.ACHIEVEMENT))


def _side_score(side: ListingKind) -> Any:
    return Match.need_side_score if side is ListingKind.NEED else Match.achievement_side_score


def _side_grade(side: ListingKind) -> Any:
    view = Match.need_view if side is ListingKind.NEED else Match.achievement_view
    return sa.case((view.is_(None), Match.grade), else_=view["grade"].as_integer())


def _decided(actor: Actor, decided: str) -> sa.ColumnElement[bool]:
    mine = sa.select(MatchDecision.match_id).where(MatchDecision.organization_id == actor.organization_id)
    match decided:
        case Standing.OPEN:
            return Match.id.not_in(mine.where(MatchDecision.decision == Decision.UNSUITABLE))
        case Standing.UNDECIDED:
            return Match.id.not_in(mine)
        case Standing.MUTUAL:
            return is_mutual()
        case Standing.WANTED:
            return is_wanted(actor)
        case _:
            said = sa.select(MatchDecision.match_id) if can_see_all_matches(actor) else mine
            return Match.id.in_(said.where(MatchDecision.decision == decided))


def _interested(side: ListingKind) -> sa.ColumnElement[bool]:
    """Whether the owner of one side has said that he is interested."""
    paired, listing = aliased(Match), aliased(Listing)
    listing_id = paired.need_id if side is ListingKind.NEED else paired.achievement_id
    said = (
        sa.select(MatchDecision.match_id)
        .join(paired, paired.id == MatchDecision.match_id)
        .join(listing, listing.id == listing_id)
        .where(
            MatchDecision.decision == Decision.INTERESTED,
            MatchDecision.organization_id == listing.organization_id,
        )
    )
    return Match.id.in_(said)
