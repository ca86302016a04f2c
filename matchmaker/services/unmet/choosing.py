"""Which published needs no match answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, Revision, Visibility, on_market
from matchmaker.domain.matches import Decision, Match, MatchDecision
from matchmaker.services.match_queries import is_mutual, live_ids

GRADES = (3, 2, 1)
"""Grades from which a match may be called good, the strictest first."""
GRADE_NAMES = {3: N_("强"), 2: N_("较强"), 1: N_("弱")}
GOOD = 2


@dataclass(frozen=True, slots=True)
class UnmetChoice:
    """The needs that no match answers, with the best grade of each; and how many were looked at (see UnmetMap)."""

    needs: tuple[Listing, ...]
    best_grades: dict[int, int]
    considered: int
    waiting: int
    closed: int


def choose_unmet(session: Session, grade: int) -> UnmetChoice:
    """Return the needs that anybody may read of and that no usable match of `grade` or better answers.

    A pair that somebody called unsuitable is of no use, whatever its grade; one in which both sides are interested, or
    of which a deal came that was not lost, answers the need whatever its grade. A need that was not matched since its
    last change is neither met nor unmet.
    """
    market = sa.select(Listing.id).where(on_market(), Listing.kind == ListingKind.NEED)
    closed = session.scalar(_count(market.where(Listing.visibility == Visibility.BROKERS))) or 0
    open_needs = market.where(Listing.visibility != Visibility.BROKERS)
    is_matched = sa.and_(Listing.matched_by.is_not(None), Listing.matched_revision >= Listing.pair_revision)
    considered = session.scalar(_count(open_needs)) or 0
    waiting = session.scalar(_count(open_needs.where(sa.not_(is_matched)))) or 0
    answered = sa.select(Match.need_id).where(sa.or_(sa.and_(_usable(), Match.grade >= grade), _came_to_something()))
    needs = session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(open_needs.where(is_matched)), Listing.id.not_in(answered))
        .order_by(Listing.id)
        .options(*need_options())
    ).all()
    best = sa.select(Match.need_id, sa.func.max(Match.grade)).where(_usable()).group_by(Match.need_id)
    return UnmetChoice(tuple(needs), {row[0]: row[1] for row in session.execute(best)}, considered, waiting, closed)


def need_options() -> Iterable[Any]:
    """Return what a list of needs is loaded with, so that none is asked for by itself."""
    return (
        joinedload(Listing.organization),
        joinedload(Listing.published_revision).selectinload(Revision.indicators),
        selectinload(Listing.working_revision),
    )


def _count(query: sa.Select[int]) -> sa.Select[int]:
    return sa.select(sa.func.count()).select_from(query.subquery())


def _usable() -> sa.ColumnElement[bool]:
    unsuitable = sa.select(MatchDecision.match_id).where(MatchDecision.decision == Decision.UNSUITABLE)
    return sa.and_(Match.id.in_(live_ids()), Match.id.not_in(unsuitable))


def _came_to_something() -> sa.ColumnElement[bool]:
    deal = aliased(Deal)
    followed = sa.select(deal.match_id).where(deal.match_id.is_not(None), deal.state != DealState.LOST)
    return sa.or_(Match.id.in_(followed), is_mutual())
