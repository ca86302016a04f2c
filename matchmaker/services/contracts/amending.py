"""Amendments: what the parties changed after registration. The former values are kept, with the day of the change."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.contracts import Amendment, Contract, ContractState
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.appointments.typed import NOTE_MOST, read_text
from matchmaker.services.contracts import notices
from matchmaker.services.contracts.amounts import set_amounts
from matchmaker.services.contracts.loading import judged, touch
from matchmaker.services.contracts.moving import read_past_day
from matchmaker.services.contracts.payments import received, technology_received
from matchmaker.services.contracts.reading import DeductionRow, ReadDeduction, read_deductions, read_fields

AMENDABLE = ("total_value", "technology_income", "ends_on")


def amend_contract(
    session: Session,
    actor: Actor,
    contract_id: int,
    *,
    effective_on: str,
    reason: str,
    total_value: str,
    technology_income: str,
    ends_on: str,
    deductions: Sequence[DeductionRow],
    version: int,
) -> Amendment:
    """Write down what the parties changed of a registered contract.

    Raises:
        NotFound, Forbidden, Conflict: see `judged`; it is not registered.
        Invalid: no day, a day before the registration, no reason, nothing changed, amounts that no contract can have,
            less than has been paid already.
    """
    contract = judged(session, actor, contract_id, version)
    if contract.state != ContractState.REGISTERED:
        raise Conflict(N_("只有已登记的合同可以登记变更。"))
    day = _read_effective(contract, effective_on)
    why = read_text(reason, "reason", NOTE_MOST, needed=N_("请写明变更了什么，依据哪份补充协议。"))
    raw = {"total_value": total_value, "technology_income": technology_income, "ends_on": ends_on}
    values, former = read_fields(raw), _kept(contract)
    _apply(contract, values, read_deductions(deductions))
    amended = _kept(contract)
    if amended == former:
        raise Invalid(N_("没有任何变化。"), {"total_value": N_("请填写变更后的内容。")})
    row = Amendment(contract=contract, effective_on=day, reason=why, former=former, amended=amended)
    row.recorded_by_id = actor.user_id
    session.add(row)
    session.flush()
    record(session, actor, "amend", "contract", contract.id, reason=why, amendment_id=row.id, on=day.isoformat())
    touch(session, contract)
    notices.tell_amended(session, actor, contract)
    return row


def _read_effective(contract: Contract, text: str) -> date:
    """Return the day from which a change holds: not before the contract was registered."""
    day = read_past_day(text, "effective_on")
    if contract.registered_on is not None and day < contract.registered_on:
        sentence = N_("变更日期早于登记日期，请检查。")
        raise Invalid(sentence, {"effective_on": sentence})
    return day


def _apply(contract: Contract, values: Mapping[str, Any], deductions: Sequence[ReadDeduction]) -> None:
    """Let a contract say what was changed, as far as a contract that was paid for may."""
    set_amounts(contract, total=values["total_value"], income=values["technology_income"], deductions=deductions)
    _check_paid(contract)
    _set_end(contract, values["ends_on"])


def _set_end(contract: Contract, ends_on: date | None) -> None:
    if ends_on is None:
        return
    if any(day is not None and ends_on < day for day in (contract.starts_on, contract.signed_on)):
        sentence = N_("结束日期早于开始日期，请检查。")
        raise Invalid(sentence, {"ends_on": sentence})
    contract.ends_on = ends_on


def _kept(contract: Contract) -> dict[str, Any]:
    """Return the amounts and days as JSON keeps them: yuan as text, so that nothing is rounded."""
    found: dict[str, Any] = {name: _plain(getattr(contract, name)) for name in (*AMENDABLE, "transaction_value")}
    found["deductions"] = [[each.kind, each.name, f"{each.amount:f}"] for each in contract.deductions]
    return found


def _plain(value: Decimal | date | None) -> str | None:
    if value is None:
        return None
    return f"{value.quantize(Decimal('0.01')):f}" if isinstance(value, Decimal) else value.isoformat()


def _check_paid(contract: Contract) -> None:
    total = contract.total_value or Decimal(0)
    if received(contract) > total:
        sentence = N_("变更后的总额低于已经到账的金额。")
        raise Invalid(sentence, {"total_value": sentence})
    most = contract.technology_income if contract.technology_income is not None else contract.transaction_value
    if technology_received(contract) > (most or Decimal(0)):
        sentence = N_("变更后的技术性收入低于已经到账的技术性收入。")
        raise Invalid(sentence, {"technology_income": sentence})
