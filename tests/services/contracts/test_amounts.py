"""Amounts of contracts: 0 <= technology income <= technology transaction value <= total value, whatever is typed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.domain.contracts import Contract
from matchmaker.domain.errors import Invalid
from matchmaker.services.contracts.amounts import set_amounts
from matchmaker.services.contracts.reading import ReadDeduction
from tests.cast import Cast
from tests.contracts import make_contract

YUAN = st.decimals(min_value=Decimal(-10), max_value=Decimal(10) ** 10, places=2)
AMOUNT = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(10) ** 10, places=2)
ITEMS = st.lists(st.builds(ReadDeduction, st.just("equipment"), st.just(""), AMOUNT), max_size=6)


@given(total=YUAN | st.none(), income=YUAN | st.none(), items=ITEMS)
def test_amounts_are_in_order_or_refused_and_unchanged(
    total: Decimal | None, income: Decimal | None, items: list[ReadDeduction]
) -> None:
    contract = Contract(total_value=Decimal(7), transaction_value=Decimal(7), technology_income=None)
    try:
        set_amounts(contract, total=total, income=income, deductions=items)
    except Invalid:
        assert (contract.total_value, contract.transaction_value, contract.deductions) == (Decimal(7), Decimal(7), [])
        return
    if contract.total_value is None:
        assert (contract.transaction_value, contract.technology_income, contract.deductions) == (None, None, [])
        return
    assert contract.transaction_value is not None
    assert contract.transaction_value + sum(each.amount for each in items) == contract.total_value
    assert Decimal(0) <= (contract.technology_income or Decimal(0)) <= contract.transaction_value
    assert contract.transaction_value <= contract.total_value


@pytest.mark.parametrize(
    "columns",
    [
        {"total_value": Decimal(-1)},
        {"transaction_value": Decimal("1200000.01")},
        {"technology_income": Decimal("900000.01")},
        {"technology_income": Decimal(-1)},
    ],
)
def test_database_itself_refuses_amounts_out_of_order(
    session: Session, cast: Cast, columns: dict[str, Decimal]
) -> None:
    contract = make_contract(session, cast)
    for name, value in columns.items():
        setattr(contract, name, value)
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()
