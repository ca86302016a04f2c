"""Payments and amendments of a contract: never more than it is worth, and nothing that stood is lost."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.contracts import Contract
from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.services.contracts.amending import amend_contract
from matchmaker.services.contracts.payments import (
    drop_payment,
    plan_payment,
    receive_payment,
    received,
    technology_received,
)
from tests.cast import Cast
from tests.contracts import MATERIALS, make_registered

TODAY = today().isoformat()
LATER = (today() + timedelta(days=90)).isoformat()


@pytest.fixture
def contract(session: Session, cast: Cast) -> Contract:
    return make_registered(session, cast)


def _receive(session: Session, cast: Cast, contract: Contract, payment_id: int, **typed: str) -> None:
    values = {"on": TODAY, "amount": "40万", "income": "30万", **typed}
    receive_payment(session, cast.bob.actor, contract.id, payment_id, **values, version=contract.version)


def _amend(session: Session, cast: Cast, contract: Contract, **typed: object) -> None:
    values: dict[str, object] = {
        "effective_on": TODAY,
        "reason": "补充协议一：增加一台机组",
        "total_value": "150万",
        "technology_income": "",
        "ends_on": "",
        "deductions": MATERIALS,
        **typed,
    }
    amend_contract(session, cast.dave.actor, contract.id, **values, version=contract.version)  # type: ignore[arg-type]


def test_partial_payment_leaves_the_rest_to_come(session: Session, cast: Cast, contract: Contract) -> None:
    payment = plan_payment(session, cast.bob.actor, contract.id, on=LATER, amount="60万", version=contract.version)
    _receive(session, cast, contract, payment.id)
    session.refresh(contract)
    assert sorted((each.planned_amount, each.received_amount or Decimal(0)) for each in contract.payments) == [
        (Decimal(200_000), Decimal(0)),
        (Decimal(400_000), Decimal(400_000)),
    ]
    assert (received(contract), technology_received(contract)) == (Decimal(400_000), Decimal(300_000))


def test_payments_never_exceed_the_contract(session: Session, cast: Cast, contract: Contract) -> None:
    plan_payment(session, cast.bob.actor, contract.id, on=LATER, amount="100万", version=contract.version)
    with pytest.raises(Invalid, match="超过了合同成交总额"):
        plan_payment(session, cast.bob.actor, contract.id, on=LATER, amount="20.01万", version=contract.version)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"amount": "60.01万"}, "received_amount"),
        ({"amount": "0"}, "received_amount"),
        ({"amount": "-3"}, "received_amount"),
        ({"income": "41万"}, "technology_income"),
        ({"on": LATER}, "received_on"),
    ],
)
def test_what_cannot_have_come_is_refused(
    session: Session, cast: Cast, contract: Contract, typed: dict[str, str], field: str
) -> None:
    payment = plan_payment(session, cast.bob.actor, contract.id, on=LATER, amount="60万", version=contract.version)
    with pytest.raises(Invalid) as refused:
        _receive(session, cast, contract, payment.id, **typed)
    assert list(refused.value.errors) == [field]


def test_technology_income_stays_within_the_transaction_value(session: Session, cast: Cast, contract: Contract) -> None:
    payment = plan_payment(session, cast.bob.actor, contract.id, on=LATER, amount="120万", version=contract.version)
    with pytest.raises(Invalid, match="累计的技术性收入"):
        _receive(session, cast, contract, payment.id, amount="120万", income="90.01万")


def test_payment_comes_once_and_what_came_stays(session: Session, cast: Cast, contract: Contract) -> None:
    payment = plan_payment(session, cast.bob.actor, contract.id, on=LATER, amount="40万", version=contract.version)
    _receive(session, cast, contract, payment.id)
    with pytest.raises(Conflict):
        _receive(session, cast, contract, payment.id)
    with pytest.raises(Conflict):
        drop_payment(session, cast.bob.actor, contract.id, payment.id, version=contract.version)
    with pytest.raises(NotFound):
        drop_payment(session, cast.bob.actor, contract.id, 10**9, version=contract.version)


def test_payment_that_has_not_come_is_dropped(session: Session, cast: Cast, contract: Contract) -> None:
    payment = plan_payment(session, cast.bob.actor, contract.id, on=LATER, amount="40万", version=contract.version)
    drop_payment(session, cast.bob.actor, contract.id, payment.id, version=contract.version)
    session.refresh(contract)
    assert contract.payments == []


def test_amendment_keeps_what_stood(session: Session, cast: Cast, contract: Contract) -> None:
    _amend(session, cast, contract)
    (row,) = contract.amendments
    kept = row.former["total_value"], row.amended["total_value"], row.amended["transaction_value"]
    assert kept == ("1200000.00", "1500000.00", "1200000.00")
    assert (contract.total_value, contract.transaction_value) == (Decimal(1_500_000), Decimal(1_200_000))


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"effective_on": LATER}, "effective_on"),
        ({"effective_on": (today() - timedelta(days=1)).isoformat()}, "effective_on"),
        ({"total_value": "120万"}, "total_value"),
        ({"total_value": "30万"}, "total_value"),
        ({"total_value": ""}, "total_value"),
        ({"ends_on": (today() - timedelta(days=30)).isoformat()}, "ends_on"),
    ],
)
def test_amendment_that_cannot_be_is_refused(
    session: Session, cast: Cast, contract: Contract, typed: dict[str, str], field: str
) -> None:
    payment = plan_payment(session, cast.bob.actor, contract.id, on=LATER, amount="40万", version=contract.version)
    _receive(session, cast, contract, payment.id)
    with pytest.raises(Invalid) as refused:
        _amend(session, cast, contract, **typed)
    assert list(refused.value.errors) == [field]


def test_parties_do_not_amend(session: Session, cast: Cast, contract: Contract) -> None:
    with pytest.raises(Forbidden):
        amend_contract(
            session,
            cast.bob.actor,
            contract.id,
            effective_on=TODAY,
            reason="x",
            total_value="1",
            technology_income="",
            ends_on="",
            deductions=(),
            version=contract.version,
        )
