"""A contract from hand to hand: handed in, taken back, returned with reasons, registered, cancelled."""

from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.contracts import Contract, ContractState
from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor
from matchmaker.domain.rules import RuleCode
from matchmaker.domain.states import can_move, move
from matchmaker.services.appointments.typed import NOTE_MOST, read_text
from matchmaker.services.contracts import notices
from matchmaker.services.contracts.completeness import missing
from matchmaker.services.contracts.doubles import refuse_double
from matchmaker.services.contracts.loading import changeable, judged, touch
from matchmaker.services.deals import advance
from matchmaker.services.reading.days import read_day
from matchmaker.services.reading.text import Unreadable, line
from matchmaker.services.rules.reading import due_after, rule_value
from matchmaker.services.uploads import StoredFile

NUMBER_MOST = 60
PIPELINE = (DealState.LEAD, DealState.TALKS, DealState.INTENT, DealState.CONTRACT, DealState.REGISTERED)


def submit_contract(
    session: Session, actor: Actor, contract_id: int, *, version: int, is_disputed: bool | None = None
) -> Contract:
    """Hand a contract in for registration: its day is reckoned by the rules in force today, and its deal is signed.

    Whether it is in dispute stays as it was saved where that is not said.

    Raises:
        NotFound, Forbidden, Conflict: see `changeable`; it was handed in already, or it is registered already.
        Invalid: it is not complete; every field that lacks something is named.
    """
    contract = changeable(session, actor, contract_id, version)
    if lacks := missing(contract):
        raise Invalid(N_("还不能提交：请补全标出的内容。已填写的都已保存。"), lacks)
    refuse_double(session, contract)
    if is_disputed is not None:
        contract.is_disputed = is_disputed
    _reckon(session, contract, today())
    contract.submitted_at = utc_now()
    contract.parties = {"seller": _particulars(contract.seller), "buyer": _particulars(contract.buyer)}
    contract.returned_reason = contract.returned_note = None
    move(session, contract, ContractState.SUBMITTED, actor)
    advance_deal(session, actor, contract.deal, DealState.CONTRACT)
    touch(session, contract)
    notices.tell_submitted(session, actor, contract)
    return contract


def take_back_contract(session: Session, actor: Actor, contract_id: int, *, version: int) -> Contract:
    """Take back what waits for registration, to change it.

    Raises:
        NotFound, Forbidden, Conflict: see `changeable`; it does not wait any more.
    """
    contract = changeable(session, actor, contract_id, version)
    if contract.state != ContractState.SUBMITTED:
        raise Conflict(N_("这份合同已经不在等待登记。"))
    move(session, contract, ContractState.DRAFT, actor)
    contract.due_on = None
    touch(session, contract)
    return contract


def discard_contract(session: Session, actor: Actor, contract_id: int, *, version: int) -> Contract:
    """Give up a draft; it stays on record.

    Raises:
        NotFound, Forbidden, Conflict: see `changeable`; it was handed in already.
    """
    contract = changeable(session, actor, contract_id, version)
    move(session, contract, ContractState.DISCARDED, actor)
    touch(session, contract)
    return contract


def return_contract(
    session: Session, actor: Actor, contract_id: int, *, reason: str, note: str, version: int
) -> Contract:
    """Send a contract back to its parties with a coded reason and what to mend.

    Raises:
        NotFound, Forbidden, Conflict: see `judged`; it does not wait. Invalid: no reason, or no word of what to mend.
    """
    contract = judged(session, actor, contract_id, version)
    if reason not in codes.table("contract_returns"):
        raise Invalid(N_("请选择退回的原因。"), {"reason": N_("请选择一个原因。")})
    text = read_text(note, "note", NOTE_MOST, needed=N_("请写明要怎样修改。"))
    move(session, contract, ContractState.RETURNED, actor, text, returned_reason=reason)
    contract.returned_reason, contract.returned_note, contract.due_on = reason, text, None
    touch(session, contract)
    notices.tell_returned(session, actor, contract)
    return contract


def register_contract(
    session: Session,
    actor: Actor,
    contract_id: int,
    *,
    number: str,
    on: str,
    version: int,
    certificate: StoredFile | None = None,
) -> Contract:
    """Register a contract under its number; its deal is registered with it.

    Raises:
        NotFound, Forbidden, Conflict: see `judged`; it does not wait; the number, or the same contract, is registered.
        Invalid: no number, no day, a day before the signing or after today (fields `registration_number`, `on`).
    """
    contract = judged(session, actor, contract_id, version)
    written, day = _registration(contract, number, on)
    refuse_double(session, contract)
    try:
        with session.begin_nested():
            contract.registration_number = written
            session.flush()
    except IntegrityError:
        raise Conflict(N_("登记编号 %(number)s 已经用于另一份合同。"), number=written) from None
    contract.registered_on = day
    if certificate is not None:
        _keep_certificate(contract, certificate)
    move(session, contract, ContractState.REGISTERED, actor, number=written, on=day.isoformat())
    advance_deal(session, actor, contract.deal, DealState.REGISTERED)
    touch(session, contract)
    notices.tell_registered(session, actor, contract)
    return contract


def add_certificate(
    session: Session, actor: Actor, contract_id: int, certificate: StoredFile, *, version: int
) -> Contract:
    """Put the scan of the certificate with a registered contract.

    Raises:
        NotFound, Forbidden, Conflict: see `judged`; it is not registered.
    """
    contract = judged(session, actor, contract_id, version)
    if contract.state != ContractState.REGISTERED:
        raise Conflict(N_("登记之后才能上传登记证明。"))
    _keep_certificate(contract, certificate)
    touch(session, contract)
    return contract


def cancel_contract(
    session: Session, actor: Actor, contract_id: int, *, on: str, reason: str, version: int
) -> Contract:
    """Strike a registered contract off, from a day on and with a reason; what it was stays on record.

    Raises:
        NotFound, Forbidden, Conflict: see `judged`; it is not registered.
        Invalid: no day, a day before the registration or after today, no reason.
    """
    contract = judged(session, actor, contract_id, version)
    text = read_text(reason, "reason", NOTE_MOST, needed=N_("请写明注销的原因和依据。"))
    day = read_past_day(on, "on")
    if contract.registered_on is not None and day < contract.registered_on:
        sentence = N_("注销日期早于登记日期，请检查。")
        raise Invalid(sentence, {"on": sentence})
    move(session, contract, ContractState.CANCELLED, actor, text, on=day.isoformat())
    contract.cancelled_on, contract.cancelled_reason = day, text
    touch(session, contract)
    notices.tell_cancelled(session, actor, contract)
    return contract


def advance_deal(session: Session, actor: Actor, deal: Deal, to: DealState) -> None:
    """Take a deal to where its contract is, by the allowed moves; it never goes back for a contract."""
    if deal.state == DealState.SLEEPING:
        advance(session, actor, deal, deal.slept_from or DealState.TALKS)
    if deal.state not in PIPELINE or PIPELINE.index(to) <= PIPELINE.index(DealState(deal.state)):
        return
    for state in PIPELINE[PIPELINE.index(DealState(deal.state)) + 1 : PIPELINE.index(to) + 1]:
        if state == to or not can_move(deal, to):
            advance(session, actor, deal, state)
        if deal.state == to:
            return


def read_past_day(text: str, field: str) -> date:
    """Return a day that has been.

    Raises:
        Invalid: none, no day, or one that is still to come.
    """
    try:
        day = read_day(text)
    except Unreadable as error:
        raise Invalid(error.sentence, {field: error.sentence}) from error
    if day is None or day > today():
        sentence = N_("请填写日期，不能晚于今天。")
        raise Invalid(sentence, {field: sentence})
    return day


def _reckon(session: Session, contract: Contract, on: date) -> None:
    limit = rule_value(session, RuleCode.EXPERT_LIMIT, on)
    contract.needs_experts = contract.is_disputed or (contract.total_value or 0) >= limit
    # Experts have calendar days, the office working days: the later of both counts.
    due = due_after(session, on, int(rule_value(session, RuleCode.DECISION_DAYS, on)))
    contract.due_on, contract.due_is_provisional = due.on, due.is_provisional
    if contract.needs_experts:
        days = int(rule_value(session, RuleCode.EXPERT_DAYS, on))
        contract.due_on = max(due.on, date.fromordinal(on.toordinal() + days))


def _registration(contract: Contract, number: str, on: str) -> tuple[str, date]:
    written = line(number)
    if not written or len(written) > NUMBER_MOST:
        sentence = N_("请填写登记编号，最多 60 字。")
        raise Invalid(sentence, {"registration_number": sentence})
    day = read_past_day(on, "registered_on")
    if contract.signed_on is not None and day < contract.signed_on:
        sentence = N_("登记日期早于签订日期，请检查。")
        raise Invalid(sentence, {"registered_on": sentence})
    return written, day


def _particulars(organization: Organization) -> dict[str, Any]:
    names = ("name", "kind", "size", "industry", "region", "credit_code")
    return {name: getattr(organization, name) for name in names}


def _keep_certificate(contract: Contract, file: StoredFile) -> None:
    contract.certificate_name, contract.certificate_media_type = file.name, file.media_type
    contract.certificate_sha256 = file.sha256
