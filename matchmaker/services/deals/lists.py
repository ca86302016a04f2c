"""Lists of deals: one's own by state, and those whose next step is overdue."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.deals import OPEN_STATES, Deal, DealState
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.language import N_
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import Actor, can_list_deals
from matchmaker.services.deals.loading import deal_options
from matchmaker.services.deals.views import DealView, view_deals

PAGE = 20
DUE_SHOWN = 5


class Show(StrEnum):
    """What a list may be narrowed to beside one state."""

    OPEN = "open"
    OVERDUE = "overdue"
    UNOWNED = "unowned"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class DealPage:
    """One page of deals; `counts` by state and by `Show`, over all that the viewer may see."""

    deals: tuple[DealView, ...]
    total: int
    number: int
    pages: int
    counts: dict[str, int]


def deal_page(session: Session, actor: Actor, shown: str = Show.OPEN, page: int = 1) -> DealPage:
    """Return one page of the deals that the actor may see, the most urgent first.

    Raises:
        Forbidden: he acts for no organization.
    """
    if not can_list_deals(actor):
        raise Forbidden(N_("加入一个单位之后才能查看跟进项目。"))
    counts = _counts(session, actor)
    total = counts.get(shown, 0)
    pages = max(1, -(-total // PAGE))
    number = min(max(page, 1), pages)
    query = sa.select(Deal).where(_seen(actor), _narrowed(shown)).options(*deal_options()).order_by(*_urgent_first())
    rows = session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)).unique().all()
    return DealPage(view_deals(session, actor, rows), total, number, pages, counts)


@dataclass(frozen=True, slots=True)
class DueDeals:
    """The deals whose next step should be done by now, a few of them, and how many there are."""

    deals: tuple[DealView, ...]
    total: int
    unowned: int


def due_deals(session: Session, actor: Actor) -> DueDeals:
    """Return what of the deals waits for the actor: overdue steps, and for the bureau deals that nobody follows up."""
    if not can_list_deals(actor):
        return DueDeals((), 0, 0)
    due = _seen(actor), _narrowed(Show.OVERDUE)
    query = sa.select(Deal).where(*due).options(*deal_options()).order_by(*_urgent_first()).limit(DUE_SHOWN)
    rows = session.scalars(query).unique().all()
    total = session.scalar(sa.select(sa.func.count()).select_from(Deal).where(*due)) or 0
    unowned = 0
    if actor.role is Role.BUREAU:
        waiting = sa.select(sa.func.count()).select_from(Deal).where(_narrowed(Show.UNOWNED))
        unowned = session.scalar(waiting) or 0
    return DueDeals(view_deals(session, actor, rows), total, unowned)


def deals_of_match(session: Session, actor: Actor, match_id: int) -> tuple[DealView, ...]:
    """Return the deals about one pair that the actor may see, open ones first."""
    if not can_list_deals(actor):
        return ()
    query = sa.select(Deal).where(_seen(actor), Deal.match_id == match_id).options(*deal_options())
    rows = session.scalars(query.order_by(Deal.open_key.is_(None), Deal.id.desc())).unique().all()
    # One whose pair he may not know as its own has no place on the pair's page.
    return tuple(deal for deal in view_deals(session, actor, rows) if deal.match_id == match_id)


def _seen(actor: Actor) -> sa.ColumnElement[bool]:
    """The deals that the actor may see: the twin in SQL of `can_see_deal`."""
    if actor.is_system or actor.role in {Role.BUREAU, Role.ADMIN}:
        return sa.true()
    own = Deal.one_organization_id == actor.organization_id, Deal.other_organization_id == actor.organization_id
    if actor.role is Role.BROKER:
        return sa.or_(Deal.owner_id == actor.user_id, *own)
    return sa.or_(*own)


def _narrowed(shown: str) -> sa.ColumnElement[bool]:
    is_open = Deal.state.in_(OPEN_STATES)
    match shown:
        case Show.OPEN:
            return is_open
        case Show.OVERDUE:
            return sa.and_(is_open, Deal.next_step_on < today())
        case Show.UNOWNED:
            return sa.and_(is_open, Deal.owner_id.is_(None))
        case Show.ALL:
            return sa.true()
        case _:
            return Deal.state == shown


def _counts(session: Session, actor: Actor) -> dict[str, int]:
    def count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.count().filter(condition)

    names = (*Show, *DealState)
    row = session.execute(sa.select(*(count(_narrowed(name)) for name in names)).select_from(Deal).where(_seen(actor)))
    return dict(zip((str(name) for name in names), row.one(), strict=True))


def _urgent_first() -> tuple[sa.ColumnElement[Any], ...]:
    closed = sa.case((Deal.state.in_(OPEN_STATES), 0), else_=1)
    return closed, Deal.next_step_on.asc().nulls_last(), Deal.id.desc()
