"""Contracts in the ledger: two amounts, as registered; what changes later counts from its own day."""

from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.closed_periods import Period, PeriodKind
from matchmaker.domain.contracts import ContractState
from matchmaker.domain.days import today
from matchmaker.domain.people import Organization
from matchmaker.services.contracts.amending import amend_contract
from matchmaker.services.contracts.reading import DeductionRow
from matchmaker.services.ledger import figure, rows
from matchmaker.services.ledger.periods import close_period
from matchmaker.services.ledger.subjects import subjects
from tests.cast import Cast, make_organization
from tests.contracts import make_contract, make_registered
from tests.ledger import on_day


def amounts(session: Session, cast: Cast, year: int) -> tuple[Decimal | None, Decimal | None]:
    names = ("contract_value", "contract_technology_value")
    value, technology = (figure(session, cast.dave.actor, name, year).value for name in names)
    return value, technology


def amend(session: Session, cast: Cast, contract_id: int, version: int, total: str) -> None:
    amend_contract(
        session,
        cast.dave.actor,
        contract_id,
        effective_on=today().isoformat(),
        reason="补充协议",
        total_value=total,
        technology_income="",
        ends_on="",
        deductions=(DeductionRow("materials", "碳纤维布", "30万"),),
        version=version,
    )


def test_the_two_amounts_are_two_figures_of_registered_contracts(session: Session, cast: Cast) -> None:
    make_contract(session, cast)
    assert amounts(session, cast, today().year) == (0, 0)
    contract = make_registered(session, cast, make_contract(session, cast).deal)
    assert amounts(session, cast, today().year) == (1_200_000, 900_000)
    page = rows(session, cast.dave.actor, "contract_value", today().year, field="energy")
    assert [(row.subject_kind, row.subject_id) for row in page.rows] == [("contract", contract.id)]
    found = subjects(session, cast.dave.actor, page.rows)["contract", contract.id]
    assert (found.title, found.leads_to) == (contract.name, ("contract", contract.id))


@pytest.mark.parametrize("buyer_has_one_too", [False, True])
def test_a_contract_counts_for_the_sellers_branch_else_the_buyers(
    session: Session, cast: Cast, buyer_has_one_too: bool
) -> None:
    branch, other = (make_organization(session, "branch", name) for name in ("高新区分中心", "经开区分中心"))
    make_registered(session, cast)
    sellers, buyers = (session.get_one(Organization, cast[key].organization_id) for key in ("bob", "alice"))
    buyers.branch_id = other.id if buyer_has_one_too else branch.id
    sellers.branch_id = branch.id if buyer_has_one_too else None
    session.flush()
    assert rows(session, cast.dave.actor, "contract_value", today().year, branch=branch.id).value == 1_200_000


def test_an_amendment_counts_by_its_difference_and_a_closed_quarter_stays(session: Session, cast: Cast) -> None:
    with on_day(2025, 2, 10):
        contract = make_registered(session, cast)
    with on_day(2025, 4, 2):
        close_period(session, cast.dave.actor, Period(2025, PeriodKind.QUARTER, 1))
        amend(session, cast, contract.id, contract.version, "100万")
    with on_day(2025, 5, 2):
        amend(session, cast, contract.id, contract.version, "160万")
    assert (contract.total_value, amounts(session, cast, 2025)) == (1_600_000, (1_600_000, 1_300_000))
    by_quarter = [rows(session, cast.dave.actor, "contract_value", 2025, quarter=each).value for each in (1, 2)]
    assert by_quarter == [1_200_000, 400_000]
    assert figure(session, cast.dave.actor, "contract_value", 2025).lost == 0


def test_a_cancelled_contract_counts_no_more_but_where_its_period_is_closed(session: Session, cast: Cast) -> None:
    with on_day(2025, 2, 10):
        contract = make_registered(session, cast)
    contract.state = ContractState.CANCELLED
    session.flush()
    assert amounts(session, cast, 2025) == (0, 0)
    contract.state = ContractState.REGISTERED
    close_period(session, cast.dave.actor, Period(2025, PeriodKind.YEAR))
    contract.state = ContractState.CANCELLED
    session.flush()
    assert amounts(session, cast, 2025) == (1_200_000, 900_000)
    assert figure(session, cast.dave.actor, "contract_value", 2025).lost == 1
