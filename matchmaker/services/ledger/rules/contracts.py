"""Registered contracts: each counts on the day of its registration as it was registered, an amendment by its difference
from the day on which it takes effect. So no later change moves what an earlier period has counted."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from matchmaker.domain.contracts import Amendment, Contract, ContractState
from matchmaker.domain.indicators import Definition
from matchmaker.domain.people import Organization
from matchmaker.services.ledger.rules.reading import Reading, Row

AMENDMENT = "contract_amendment"
AMOUNTS = ("total_value", "transaction_value", "technology_income")
"""What of a contract an indicator may add up."""
NOTHING = Decimal(0)
SELLER, BUYER = aliased(Organization), aliased(Organization)
# The seller registers; many a seller is a university, which belongs to no branch.
BRANCH = sa.func.coalesce(SELLER.branch_id, BUYER.branch_id)


@dataclass(frozen=True, slots=True)
class Counted:
    """A contract or an amendment of the span with all its amounts, by name."""

    kind: str
    id: int
    on: date
    amounts: dict[str, Decimal]
    branch_id: int | None
    field: str | None
    organization_id: int


def registered_contracts(reading: Reading, definition: Definition) -> Iterable[Row]:
    """Contracts registered in the span and still standing, by the amount `amount`; amendments by their difference."""
    name = definition.parameters["amount"]
    for found in reading.shared(contracts_of):
        amount = found.amounts[name]
        if found.kind == Contract.subject_kind or amount:
            yield Row(found.kind, found.id, found.on, amount, found.branch_id, found.field, found.organization_id)


def contracts_of(reading: Reading) -> list[Counted]:
    """Return the span's contracts and amendments, read once for every amount."""
    changes = _amendments(reading)
    # Of several amendments the first one says what was registered.
    first = dict(reversed([(row[1], row[3]) for row in changes]))
    return [*_contracts(reading, first), *_differences(reading, changes)]


def _contracts(reading: Reading, first: dict[int, dict[str, Any]]) -> Iterator[Counted]:
    rows = reading.session.execute(
        sa.select(Contract.id, Contract.registered_on, *(getattr(Contract, name) for name in AMOUNTS))
        .add_columns(BRANCH, Contract.field, Contract.seller_organization_id)
        .join(SELLER, SELLER.id == Contract.seller_organization_id)
        .join(BUYER, BUYER.id == Contract.buyer_organization_id)
        .where(
            Contract.state == ContractState.REGISTERED,
            Contract.registered_on.between(reading.since, reading.until),
        )
    )
    for contract_id, on, *values, branch_id, field, organization_id in rows:
        present = dict(zip(AMOUNTS, values, strict=True))
        amounts = _amounts(first[contract_id]) if contract_id in first else _amounts(present)
        yield Counted(Contract.subject_kind, contract_id, on, amounts, branch_id, field, organization_id)


def _amendments(reading: Reading) -> Sequence[Any]:
    """Amendments of standing contracts that were registered in the span, or that take effect in it, the first first."""
    within = sa.or_(
        Contract.registered_on.between(reading.since, reading.until),
        Amendment.effective_on.between(reading.since, reading.until),
    )
    return reading.session.execute(
        sa.select(Amendment.id, Amendment.contract_id, Amendment.effective_on, Amendment.former, Amendment.amended)
        .add_columns(BRANCH, Contract.field, Contract.seller_organization_id)
        .join(Contract, Contract.id == Amendment.contract_id)
        .join(SELLER, SELLER.id == Contract.seller_organization_id)
        .join(BUYER, BUYER.id == Contract.buyer_organization_id)
        .where(Contract.state == ContractState.REGISTERED, within)
        .order_by(Amendment.id)
    ).all()


def _differences(reading: Reading, changes: Sequence[Any]) -> Iterator[Counted]:
    for amendment_id, _contract_id, on, former, amended, branch_id, field, organization_id in changes:
        if reading.since <= on <= reading.until:
            before, after = _amounts(former), _amounts(amended)
            amounts = {name: after[name] - before[name] for name in AMOUNTS}
            yield Counted(AMENDMENT, amendment_id, on, amounts, branch_id, field, organization_id)


def _amounts(values: dict[str, Any]) -> dict[str, Decimal]:
    return {name: NOTHING if values.get(name) is None else Decimal(values[name]) for name in AMOUNTS}
