"""Lists of deals: filtered and sorted, those of one pair, and what waits for the viewer."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization, OrganizationKind, Role
from matchmaker.domain.permissions import Actor, can_clear_queue, can_list_deals
from matchmaker.services.deals.filters import DealFilter, Show, Sort, filtered, narrowed, ordered, seen
from matchmaker.services.deals.loading import deal_options
from matchmaker.services.deals.views import DealView, view_deals

PAGE = 20
DUE_SHOWN = 5


@dataclass(frozen=True, slots=True)
class DealPage:
    """One page of deals; `counts` by state and by `Show`, over all that the viewer may see of the filter."""

    deals: tuple[DealView, ...]
    total: int
    number: int
    pages: int
    counts: dict[str, int]


def require_list(actor: Actor) -> None:
    """Let pass only who may have deals.

    Raises:
        Forbidden: he acts for no organization.
    """
    if not can_list_deals(actor):
        raise Forbidden(N_("加入一个单位之后才能查看跟进项目。"))


def deal_page(
    session: Session,
    actor: Actor,
    shown: str = Show.OPEN,
    page: int = 1,
    *,
    chosen: DealFilter | None = None,
    sort: str = Sort.URGENT,
) -> DealPage:
    """Return one page of the deals that the actor may see.

    Raises:
        Forbidden: he acts for no organization.
    """
    require_list(actor)
    condition = filtered(actor, chosen or DealFilter())
    counts = _counts(session, condition)
    total = counts.get(shown, 0)
    pages = max(1, -(-total // PAGE))
    number = min(max(page, 1), pages)
    query = sa.select(Deal).where(condition, narrowed(shown)).options(*deal_options()).order_by(*ordered(sort))
    rows = session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)).unique().all()
    return DealPage(view_deals(session, actor, rows), total, number, pages, counts)


def unowned_deals(session: Session, actor: Actor, page: int = 1) -> DealPage:
    """Return the deals that wait for a broker, the longest waiting first.

    Raises:
        Forbidden: he clears no queue.
    """
    if not can_clear_queue(actor):
        raise Forbidden(N_("等待负责人的项目由科技局和分中心分派。"))
    return deal_page(session, actor, Show.UNOWNED, page)


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
    due = seen(actor), narrowed(Show.OVERDUE)
    query = sa.select(Deal).where(*due).options(*deal_options()).order_by(*ordered(Sort.URGENT)).limit(DUE_SHOWN)
    rows = session.scalars(query).unique().all()
    total = session.scalar(sa.select(sa.func.count()).select_from(Deal).where(*due)) or 0
    unowned = 0
    if can_clear_queue(actor):
        waiting = sa.select(sa.func.count()).select_from(Deal).where(seen(actor), narrowed(Show.UNOWNED))
        unowned = session.scalar(waiting) or 0
    return DueDeals(view_deals(session, actor, rows), total, unowned)


def deals_of_match(session: Session, actor: Actor, match_id: int) -> tuple[DealView, ...]:
    """Return the deals about one pair that the actor may see, open ones first."""
    if not can_list_deals(actor):
        return ()
    query = sa.select(Deal).where(seen(actor), Deal.match_id == match_id).options(*deal_options())
    rows = session.scalars(query.order_by(Deal.open_key.is_(None), Deal.id.desc())).unique().all()
    # One whose pair he may not know as its own has no place on the pair's page.
    return tuple(deal for deal in view_deals(session, actor, rows) if deal.match_id == match_id)


def branches(session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """Return the branches by which the actor may narrow a list."""
    if actor.role not in {Role.BUREAU, Role.ADMIN} or actor.organization_kind == OrganizationKind.BRANCH:
        return ()
    query = sa.select(Organization.id, Organization.name).where(Organization.kind == OrganizationKind.BRANCH)
    return tuple((row.id, row.name) for row in session.execute(query.order_by(Organization.name)))


def _counts(session: Session, condition: sa.ColumnElement[bool]) -> dict[str, int]:
    names = (*Show, *DealState)
    counted = (sa.func.count().filter(narrowed(name)) for name in names)
    row = session.execute(sa.select(*counted).select_from(Deal).where(condition))
    return dict(zip((str(name) for name in names), row.one(), strict=True))
