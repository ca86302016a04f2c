"""The demonstration's contracts: signed, handed in, returned, registered, paid, amended, struck off, day by day."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.contracts import Contract
from matchmaker.domain.days import today
from matchmaker.domain.permissions import Actor
from matchmaker.services.contracts.amending import amend_contract
from matchmaker.services.contracts.filling import open_contract, save_contract
from matchmaker.services.contracts.moving import (
    cancel_contract,
    register_contract,
    return_contract,
    submit_contract,
)
from matchmaker.services.contracts.payments import plan_payment, receive_payment
from matchmaker.services.contracts.reading import DeductionRow
from matchmaker.services.demo_deals import Act, deal_of, deal_rows
from matchmaker.services.uploads import StoredFile, store_upload

Who = Callable[[], Actor]

TEXT, MOST_BYTES, TERM = "signed-contract.txt", 2**20, timedelta(days=540)
PLAIN = {"plan_source": "unplanned", "seller_contact": "0991-0000001", "buyer_contact": "0991-0000002"}


def contract_acts(
    session: Session, brokers: Mapping[str, Who], bureau: Who, data: Path, now: datetime
) -> Iterator[Act]:
    """Yield when something is done about a contract, and what does it; `brokers` by the key of their organization."""
    signed_text = _signed_text(data)
    for row in deal_rows():
        if "contract" not in row:
            continue
        told, broker = row["contract"], brokers[row["broker"]]
        day = _days_before(now)
        yield day(told["signed"]), partial(_sign, session, row, broker, signed_text, now)
        yield day(told["handed_in"]), partial(_hand_in, session, row, broker)
        if "returned" in told:
            yield day(told["returned"]["at"]), partial(_return, session, row, bureau)
        if "again" in told:
            yield day(told["again"]), partial(_hand_in, session, row, broker)
        if "registered" in told:
            yield day(told["registered"]), partial(_register, session, row, bureau)
        for place, (days, _amount, *came) in enumerate(told["payments"]):
            if came:
                yield day(days), partial(_receive, session, row, broker, place)
        if "amended" in told:
            yield day(told["amended"]["at"]), partial(_amend, session, row, bureau)
        if "cancelled" in told:
            yield day(told["cancelled"]["at"]), partial(_cancel, session, row, bureau)


def _days_before(now: datetime) -> Callable[[int], datetime]:
    return lambda days: now - timedelta(days=days)


def _signed_text(data: Path) -> StoredFile:
    with (files("matchmaker") / "demo" / TEXT).open("rb") as stream:
        return store_upload(data, TEXT, stream, MOST_BYTES)


def _sign(session: Session, row: dict[str, Any], broker: Who, text: StoredFile, now: datetime) -> None:
    told, actor = row["contract"], broker()
    contract = open_contract(session, actor, deal_of(session, row).id)
    raw = PLAIN | {name: told[name] for name in ("kind", "summary", "ip_kind", "goal")}
    raw |= {
        "signed_on": today().isoformat(),
        "starts_on": today().isoformat(),
        "ends_on": (today() + TERM).isoformat(),
        "total_value": told["total"],
        "technology_income": told["income"],
        "equal_reason": told.get("equal", ""),
        "payment_way": "instalments",
    }
    save_contract(
        session,
        actor,
        contract.id,
        raw,
        version=contract.version,
        deductions=_items(told["deductions"]),
        file=text,
    )
    for days, amount, *_came in told["payments"]:
        on = (now - timedelta(days=days)).date().isoformat()
        plan_payment(session, actor, contract.id, on=on, amount=amount, version=contract.version)


def _hand_in(session: Session, row: dict[str, Any], broker: Who) -> None:
    contract = _contract(session, row)
    submit_contract(session, broker(), contract.id, version=contract.version)


def _return(session: Session, row: dict[str, Any], bureau: Who) -> None:
    contract, told = _contract(session, row), row["contract"]["returned"]
    return_contract(session, bureau(), contract.id, reason=told["reason"], note=told["note"], version=contract.version)


def _register(session: Session, row: dict[str, Any], bureau: Who) -> None:
    contract = _contract(session, row)
    number = f"{today().year}650100{contract.id:06d}"
    register_contract(session, bureau(), contract.id, number=number, on=today().isoformat(), version=contract.version)


def _receive(session: Session, row: dict[str, Any], broker: Who, place: int) -> None:
    """Receive a payment as it was agreed; its part of technology is that of the contract."""
    contract = _contract(session, row)
    payment = sorted(contract.payments, key=lambda each: each.planned_on)[place]
    total, technology = contract.total_value or Decimal(1), contract.technology_income or Decimal(0)
    income = payment.planned_amount * technology // total
    receive_payment(
        session,
        broker(),
        contract.id,
        payment.id,
        on=today().isoformat(),
        amount=f"{payment.planned_amount:f}",
        income=f"{income:f}",
        version=contract.version,
    )


def _amend(session: Session, row: dict[str, Any], bureau: Who) -> None:
    contract, told = _contract(session, row), row["contract"]["amended"]
    amend_contract(
        session,
        bureau(),
        contract.id,
        effective_on=today().isoformat(),
        reason=told["reason"],
        total_value=told["total"],
        technology_income=told["income"],
        ends_on=contract.ends_on.isoformat() if contract.ends_on else "",
        deductions=_items(told["deductions"]),
        version=contract.version,
    )


def _cancel(session: Session, row: dict[str, Any], bureau: Who) -> None:
    contract, told = _contract(session, row), row["contract"]["cancelled"]
    cancel_contract(
        session, bureau(), contract.id, on=today().isoformat(), reason=told["reason"], version=contract.version
    )


def _items(rows: list[list[str]]) -> list[DeductionRow]:
    return [DeductionRow(*row) for row in rows]


def _contract(session: Session, row: dict[str, Any]) -> Contract:
    return session.scalars(sa.select(Contract).where(Contract.deal_id == deal_of(session, row).id)).one()
