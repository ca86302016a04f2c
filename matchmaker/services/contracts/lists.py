"""Lists of contracts as somebody may see them, with the sums of both amounts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.contracts import Contract, ContractState
from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization, Role
from matchmaker.domain.permissions import Actor, can_list_contracts
from matchmaker.services.contracts.loading import contract_options
from matchmaker.services.deals.filters import seen as seen_deals

PAGE = 20
FEW = 5
FIRST_YEAR, LAST_YEAR = 1985, 2100


@dataclass(frozen=True, slots=True)
class ContractFilter:
    """What a list is narrowed to; empty means all. `year` is that of registration, `branch` the seller's."""

    state: str = ""
    kind: str = ""
    field: str = ""
    branch: int | None = None
    year: int | None = None
    text: str = ""

    def arguments(self) -> dict[str, str | int]:
        """Return what an address must carry to show the same list."""
        names = ("state", "kind", "field", "branch", "year", "text")
        return {name: value for name in names if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class ContractPage:
    """One page of a list. Sums are yuan over the whole list; `counts` by state over all that the viewer may see."""

    contracts: tuple[Contract, ...]
    total: int
    number: int
    pages: int
    total_value: Decimal
    transaction_value: Decimal
    counts: dict[str, int]
    years: tuple[int, ...]


def contract_page(session: Session, actor: Actor, chosen: ContractFilter, page: int = 1) -> ContractPage:
    """Return one page of the contracts that the actor may see; what waits comes first, by the day it is due.

    Raises:
        Forbidden: he acts for no organization.
    """
    if not can_list_contracts(actor):
        raise Forbidden(N_("加入一个单位之后才能查看技术合同。"))
    seen = seen_contracts(actor)
    where = (seen, *_narrowed(chosen))
    sums = sa.select(
        sa.func.count(), sa.func.sum(Contract.total_value), sa.func.sum(Contract.transaction_value)
    ).select_from(Contract)
    total, value, technology = session.execute(_joined(sums).where(*where)).one()
    pages = max(1, -(-total // PAGE))
    number = min(max(page, 1), pages)
    query = _joined(sa.select(Contract)).where(*where).options(*contract_options()).order_by(*_urgent_first())
    rows = session.scalars(query.limit(PAGE).offset((number - 1) * PAGE)).unique().all()
    return ContractPage(
        tuple(rows),
        total,
        number,
        pages,
        value or Decimal(0),
        technology or Decimal(0),
        _counts(session, seen),
        _years(session, seen),
    )


def contracts_of_deal(session: Session, actor: Actor, deal_id: int) -> tuple[Contract, ...]:
    """Return the contracts of a deal that the actor may see, the latest first."""
    if not can_list_contracts(actor):
        return ()
    query = _joined(sa.select(Contract)).where(seen_contracts(actor), Contract.deal_id == deal_id)
    return tuple(session.scalars(query.options(*contract_options()).order_by(Contract.id.desc())).unique())


@dataclass(frozen=True, slots=True)
class WaitingContracts:
    """What waits for the actor: for the bureau the contracts to register, for others those that came back."""

    contracts: tuple[Contract, ...]
    total: int
    late: int


def waiting_contracts(session: Session, actor: Actor) -> WaitingContracts:
    """Return the first few contracts that wait for the actor."""
    if not can_list_contracts(actor):
        return WaitingContracts((), 0, 0)
    state = ContractState.SUBMITTED if actor.role is Role.BUREAU else ContractState.RETURNED
    where = (seen_contracts(actor), Contract.state == state)
    late = sa.func.count().filter(Contract.due_on < today())
    total, overdue = session.execute(
        _joined(sa.select(sa.func.count(), late).select_from(Contract)).where(*where)
    ).one()
    if not total:
        return WaitingContracts((), 0, 0)
    query = _joined(sa.select(Contract)).where(*where).options(*contract_options()).order_by(*_urgent_first())
    return WaitingContracts(tuple(session.scalars(query.limit(FEW)).unique()), total, overdue)


def _joined(query: Any) -> Any:
    return query.join(Deal, Contract.deal_id == Deal.id).join(
        Organization, Contract.seller_organization_id == Organization.id
    )


def seen_contracts(actor: Actor) -> sa.ColumnElement[bool]:
    """The condition, over contracts and deals, of those contracts that he may see: the twin of `can_see_contract`."""
    if actor.role in {None, Role.BUREAU, Role.ADMIN}:
        return seen_deals(actor)
    own = actor.organization_id
    sides = Contract.seller_organization_id == own, Contract.buyer_organization_id == own
    if actor.role is Role.BROKER:
        return sa.or_(Deal.owner_id == actor.user_id, *sides)
    return sa.or_(*sides)


def _narrowed(chosen: ContractFilter) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if chosen.state in set(ContractState):
        found.append(Contract.state == chosen.state)
    else:
        found.append(Contract.state != ContractState.DISCARDED)
    if chosen.kind in codes.table("contract_kinds"):
        found.append(Contract.kind == chosen.kind)
    if chosen.field in codes.table("contract_fields"):
        found.append(Contract.field == chosen.field)
    if chosen.branch:
        found.append(Organization.branch_id == chosen.branch)
    if chosen.year and FIRST_YEAR <= chosen.year <= LAST_YEAR:
        year = chosen.year
        found.append(Contract.registered_on.between(date(year, 1, 1), date(year, 12, 31)))
    if text := chosen.text.replace("\x00", "").strip():
        sign = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        like = f"%{sign}%"
        names = (Contract.name, Contract.number, Contract.registration_number, Organization.name)
        found.append(sa.or_(*(name.ilike(like, escape="\\") for name in names)))
    return found


def _counts(session: Session, seen: sa.ColumnElement[bool]) -> dict[str, int]:
    query = _joined(sa.select(Contract.state, sa.func.count()).select_from(Contract)).where(seen)
    return dict(session.execute(query.group_by(Contract.state)).all())


def _years(session: Session, seen: sa.ColumnElement[bool]) -> tuple[int, ...]:
    """Return the years of registration, the latest first: from the first day to the last, without reading all rows."""
    ends = sa.select(sa.func.min(Contract.registered_on), sa.func.max(Contract.registered_on)).select_from(Contract)
    first, last = session.execute(_joined(ends).where(seen)).one()
    return tuple(range(last.year, first.year - 1, -1)) if first and last else ()


def _urgent_first() -> tuple[sa.ColumnElement[Any], ...]:
    waits = sa.case((Contract.state == ContractState.SUBMITTED, 0), else_=1)
    return waits, Contract.due_on.asc().nulls_last(), Contract.registered_on.desc().nulls_first(), Contract.id.desc()
