"""Payments of a contract: what was agreed to come when, and what came; never more than the contract is worth."""

from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.domain.contracts import Contract, ContractState, Payment
from matchmaker.domain.errors import Conflict, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.contracts.loading import changeable, touch
from matchmaker.services.contracts.moving import read_past_day
from matchmaker.services.reading.days import read_day
from matchmaker.services.reading.money import read_money
from matchmaker.services.reading.text import Unreadable, line

NOTHING = Decimal(0)
PAYMENTS_MOST, NOTE_MOST = 120, 200
OVER = frozenset({ContractState.CANCELLED, ContractState.DISCARDED})


def plan_payment(
    session: Session, actor: Actor, contract_id: int, *, on: str, amount: str, note: str = "", version: int
) -> Payment:
    """Write down a payment that was agreed.

    Raises:
        NotFound, Forbidden, Conflict: see `changeable`; the contract is over.
        Invalid: no day, no amount, too many, or together above the contract's total (`planned_on`, `planned_amount`).
    """
    contract = _living(session, actor, contract_id, version)
    errors: dict[str, str] = {}
    try:
        day = read_day(on)
        if day is None:
            errors["planned_on"] = N_("请填写约定的付款日期。")
    except Unreadable as error:
        day, errors["planned_on"] = None, error.sentence
    sum_ = _amount(amount, "planned_amount", errors)
    words = line(note)
    if len(words) > NOTE_MOST:
        errors["note"] = N_("最多 200 字。")
    if errors or day is None or sum_ is None:
        raise Invalid(N_("请检查以下内容。"), errors)
    if len(contract.payments) >= PAYMENTS_MOST:
        raise Conflict(N_("付款最多 120 笔，请合并。"))
    planned = sum((each.planned_amount for each in contract.payments), sum_)
    if planned > (contract.total_value or NOTHING):
        sentence = N_("约定的付款合计超过了合同成交总额。")
        raise Invalid(sentence, {"planned_amount": sentence})
    payment = Payment(contract=contract, planned_on=day, planned_amount=sum_, note=words)
    session.add(payment)
    session.flush()
    record(session, actor, "plan_payment", "payment", payment.id, contract_id=contract.id, amount=f"{sum_:f}")
    touch(session, contract)
    return payment


def receive_payment(
    session: Session,
    actor: Actor,
    contract_id: int,
    payment_id: int,
    *,
    on: str,
    amount: str,
    income: str,
    version: int,
) -> Payment:
    """Write down what came of a payment; what is still missing of it becomes a payment of its own.

    Raises:
        NotFound, Forbidden, Conflict: see `plan_payment`; it came already, or is none of this contract.
        Invalid: a day to come, no amount, more than was agreed, an income above what came or above what the contract
            allows in all (`received_on`, `received_amount`, `technology_income`).
    """
    contract = _living(session, actor, contract_id, version)
    payment = _payment(contract, payment_id)
    if payment.received_on is not None:
        raise Conflict(N_("这笔付款已经登记过到账。"))
    errors: dict[str, str] = {}
    day = read_past_day(on, "received_on")
    received = _amount(amount, "received_amount", errors)
    technology = _income(income, errors)
    if errors or received is None:
        raise Invalid(N_("请检查以下内容。"), errors)
    if received > payment.planned_amount:
        sentence = N_("到账金额超过了这笔约定的金额；多付的部分请另记一笔。")
        raise Invalid(sentence, {"received_amount": sentence})
    _check_income(contract, received, technology)
    rest = payment.planned_amount - received
    payment.received_on, payment.received_amount, payment.technology_income = day, received, technology
    if rest > NOTHING:
        payment.planned_amount = received
        session.add(Payment(contract=contract, planned_on=payment.planned_on, planned_amount=rest, note=payment.note))
    record(session, actor, "receive", "payment", payment.id, contract_id=contract.id, amount=f"{received:f}")
    touch(session, contract)
    return payment


def drop_payment(session: Session, actor: Actor, contract_id: int, payment_id: int, *, version: int) -> None:
    """Take away a payment that was agreed and has not come.

    Raises:
        NotFound, Forbidden, Conflict: see `receive_payment`.
    """
    contract = _living(session, actor, contract_id, version)
    payment = _payment(contract, payment_id)
    if payment.received_on is not None:
        raise Conflict(N_("已经到账的付款不能删除。"))
    amount = f"{payment.planned_amount:f}"
    record(session, actor, "drop_payment", "payment", payment.id, contract_id=contract.id, amount=amount)
    contract.payments.remove(payment)
    session.delete(payment)
    touch(session, contract)


def received(contract: Contract) -> Decimal:
    """Return the yuan that have come."""
    return sum((each.received_amount or NOTHING for each in contract.payments), NOTHING)


def technology_received(contract: Contract) -> Decimal:
    """Return the technology income in yuan of what has come."""
    return sum((each.technology_income or NOTHING for each in contract.payments), NOTHING)


def _living(session: Session, actor: Actor, contract_id: int, version: int) -> Contract:
    contract = changeable(session, actor, contract_id, version)
    if contract.state in OVER:
        raise Conflict(N_("这份合同已经结束，不能再记付款。"))
    if contract.total_value is None:
        raise Conflict(N_("请先填写合同成交总额，再记付款。"))
    return contract


def _payment(contract: Contract, payment_id: int) -> Payment:
    for payment in contract.payments:
        if payment.id == payment_id:
            return payment
    raise NotFound(N_("没有找到这笔付款。"))


def _amount(text: str, field: str, errors: dict[str, str]) -> Decimal | None:
    try:
        amount = read_money(text)
    except Unreadable as error:
        errors[field] = error.sentence
        return None
    if amount is None or amount <= NOTHING:
        errors[field] = N_("请填写大于 0 的金额。")
        return None
    return amount


def _income(text: str, errors: dict[str, str]) -> Decimal | None:
    try:
        return read_money(text)
    except Unreadable as error:
        errors["technology_income"] = error.sentence
        return None


def _check_income(contract: Contract, came: Decimal, income: Decimal | None) -> None:
    if income is None:
        return
    most = contract.technology_income if contract.technology_income is not None else contract.transaction_value
    if income > came:
        sentence = N_("技术性收入不能超过到账金额。")
        raise Invalid(sentence, {"technology_income": sentence})
    if technology_received(contract) + income > (most or NOTHING):
        sentence = N_("累计的技术性收入超过了合同的技术性收入或技术交易额。")
        raise Invalid(sentence, {"technology_income": sentence})
