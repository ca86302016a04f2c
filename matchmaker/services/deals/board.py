"""The board of deals: a column for each state with what is in it, and more of a column when asked."""

from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.errors import NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.deals.filters import DealFilter, Sort, filtered, ordered
from matchmaker.services.deals.lists import require_list
from matchmaker.services.deals.loading import deal_options
from matchmaker.services.deals.views import DealView, view_deals

COLUMNS = (DealState.LEAD, DealState.TALKS, DealState.INTENT, DealState.CONTRACT, DealState.REGISTERED)
ENDS = (DealState.SLEEPING, DealState.LOST)
AT_ONCE = 12
"""Cards of a column that are shown at first, and that come with each "more"."""


@dataclass(frozen=True, slots=True)
class Column:
    """One state: how many deals, what they are hoped to be worth together, the first of them.

    `valued` is how many of them say a value: the sum is of those only. `next_offset` None: nothing more.
    """

    state: str
    count: int
    value: Decimal
    valued: int
    deals: tuple[DealView, ...]
    next_offset: int | None


@dataclass(frozen=True, slots=True)
class Sum:
    """How many deals a column holds, and their values."""

    count: int = 0
    value: Decimal = Decimal(0)
    valued: int = 0


def board(session: Session, actor: Actor, chosen: DealFilter) -> tuple[Column, ...]:
    """Return the columns of the board, the most urgent deals on top; a fixed number of queries, however many deals.

    Raises:
        Forbidden: he acts for no organization.
    """
    require_list(actor)
    condition = filtered(actor, chosen)
    sums = column_sums(session, actor, chosen)
    place = sa.func.row_number().over(partition_by=Deal.state, order_by=_order()).label("place")
    ranked = sa.select(Deal.id, place).where(condition, Deal.state.in_(COLUMNS)).subquery()
    first = sa.select(ranked.c.id).where(ranked.c.place <= AT_ONCE)
    query = sa.select(Deal).where(Deal.id.in_(first)).options(*deal_options()).order_by(*_order())
    views = view_deals(session, actor, session.scalars(query).unique().all())
    found: dict[str, list[DealView]] = {state: [] for state in COLUMNS}
    for view in views:
        found[view.state].append(view)
    return tuple(_column(state, sums[state], tuple(found.get(state, ())), 0) for state in (*COLUMNS, *ENDS))


def column_page(session: Session, actor: Actor, chosen: DealFilter, state: str, offset: int) -> Column:
    """Return more of one column, from `offset` on.

    Raises:
        Forbidden: he acts for no organization. NotFound: the board has no such column.
    """
    require_list(actor)
    if state not in COLUMNS:
        raise NotFound(N_("没有这个状态。"))
    query = sa.select(Deal).where(filtered(actor, chosen), Deal.state == state).options(*deal_options())
    rows = session.scalars(query.order_by(*_order()).limit(AT_ONCE).offset(max(0, offset))).unique().all()
    return _column(state, column_sums(session, actor, chosen)[state], view_deals(session, actor, rows), max(0, offset))


def column_sums(session: Session, actor: Actor, chosen: DealFilter) -> dict[str, Sum]:
    """Return the heads of all columns."""
    counted = sa.func.count(), sa.func.coalesce(sa.func.sum(Deal.value_expected), 0), sa.func.count(Deal.value_expected)
    rows = session.execute(sa.select(Deal.state, *counted).where(filtered(actor, chosen)).group_by(Deal.state))
    sums = {str(state): Sum() for state in DealState}
    return sums | {state: Sum(count, value or Decimal(0), valued) for state, count, value, valued in rows}


def _order() -> tuple[sa.ColumnElement[object], ...]:
    return ordered(Sort.URGENT)


def _column(state: str, head: Sum, deals: tuple[DealView, ...], offset: int) -> Column:
    following = offset + len(deals)
    is_shown = state in COLUMNS
    return Column(
        state=state,
        count=head.count,
        value=head.value,
        valued=head.valued,
        deals=deals,
        next_offset=following if is_shown and deals and following < head.count else None,
    )
