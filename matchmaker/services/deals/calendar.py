"""The calendar of deals: by which day what comes next, and which sleeping deals wake when."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.deals import OPEN_STATES, Deal, DealState
from matchmaker.domain.permissions import Actor
from matchmaker.services.deals.filters import DealFilter, filtered
from matchmaker.services.deals.lists import require_list
from matchmaker.services.deals.loading import deal_options
from matchmaker.services.deals.views import DealView, view_deals

MOST = 500


@dataclass(frozen=True, slots=True)
class DatedDeal:
    """One deal on its day; `wakes`: it is the day on which it wakes."""

    on: date
    deal: DealView
    wakes: bool


def dated_deals(session: Session, actor: Actor, chosen: DealFilter, since: date, until: date) -> tuple[DatedDeal, ...]:
    """Return what is due from `since` to before `until`, `MOST` at most, in the order of the days.

    Raises:
        Forbidden: the actor acts for no organization.
    """
    require_list(actor)
    day = sa.case((Deal.state == DealState.SLEEPING, Deal.wakes_on), else_=Deal.next_step_on)
    dated = Deal.state.in_((*OPEN_STATES, DealState.SLEEPING)), day >= since, day < until
    query = sa.select(Deal).where(filtered(actor, chosen), *dated).options(*deal_options())
    rows = session.scalars(query.order_by(day, Deal.id).limit(MOST)).unique().all()
    return tuple(_dated(view) for view in view_deals(session, actor, rows))


def _dated(view: DealView) -> DatedDeal:
    wakes = view.state == DealState.SLEEPING
    on = view.wakes_on if wakes else view.next_step_on
    assert on is not None, "only deals with a day are found"  # noqa: S101
    return DatedDeal(on, view, wakes)
