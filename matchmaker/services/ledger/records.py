"""Evidence records: entered with day, document and person; approved by somebody else; corrected by a later record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.evidence_records import EvidenceRecord, RecordState
from matchmaker.domain.indicators import Definition
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_enter_records, can_keep_ledger
from matchmaker.domain.states import move
from matchmaker.services.funnel import branches
from matchmaker.services.ledger.amounts import read_amount
from matchmaker.services.ledger.definitions import definitions
from matchmaker.services.ledger.figures import own_branch, require_reader
from matchmaker.services.reading.days import read_day
from matchmaker.services.reading.text import Unreadable, line, prose
from matchmaker.services.uploads import StoredFile

SUBJECT_MOST, REFERENCE_MOST, NOTE_MOST, REFUSAL_MOST = 200, 200, 1000, 500
OLDEST_DAYS = 366 * 3
RULE = "evidence"
PAGE = 30


@dataclass(frozen=True, slots=True)
class RecordDraft:
    """A record as typed: day and amount are text, `branch` the branch's id or nothing."""

    indicator: str = ""
    on: str = ""
    subject: str = ""
    amount: str = ""
    branch: str = ""
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One page of records, the latest entered first."""

    records: tuple[EvidenceRecord, ...]
    total: int
    waiting: int
    number: int
    pages: int


def evidence_indicators(session: Session, year: int) -> tuple[Definition, ...]:
    """Return the indicators that are proved by records."""
    return tuple(each for each in definitions(session, year) if each.rule == RULE)


def enter_record(
    session: Session,
    actor: Actor,
    draft: RecordDraft,
    stored: StoredFile | None = None,
    *,
    corrects: EvidenceRecord | None = None,
) -> EvidenceRecord:
    """Enter a record, or with `corrects` one that takes the place of an approved one once it is approved itself.

    A branch's record is its own. The file of a corrected record goes along where no other is given.

    Raises:
        Forbidden: the actor does not enter records.
        Invalid: something is missing or cannot be read (`errors` names the field).
        Conflict: the same is on record already, or the corrected one is not an approved one.
    """
    if not can_enter_records(actor):
        raise Forbidden(N_("记录由科技局和分中心登记。"))
    if corrects is not None and corrects.state != RecordState.APPROVED:
        raise Conflict(N_("只有已确认的记录需要更正。"))
    values = _read(session, actor, draft, stored, corrects)
    _refuse_double(session, values, corrects)
    entered = EvidenceRecord(entered_by_id=actor.user_id, corrects_id=corrects.id if corrects else None, **values)
    session.add(entered)
    session.flush()
    record(session, actor, "enter", EvidenceRecord.subject_kind, entered.id, after=entered.state)
    return entered


def approve_record(session: Session, actor: Actor, entered: EvidenceRecord) -> None:
    """Let a record count; what it corrects counts no more.

    Raises:
        Forbidden: the actor does not keep the ledger, or entered it himself.
        Conflict: it was decided already, or what it corrects was corrected meanwhile.
    """
    _require_second(actor, entered)
    move(session, entered, RecordState.APPROVED, actor)
    if entered.corrects is not None:
        move(session, entered.corrects, RecordState.CORRECTED, actor, by=entered.id)
    _decide(session, actor, entered)


def dismiss_record(session: Session, actor: Actor, entered: EvidenceRecord, reason: str) -> None:
    """Refuse a record, with a reason for whoever entered it.

    Raises:
        Forbidden, Conflict: see `approve_record`.
        Invalid: no reason was given (field `reason`).
    """
    _require_second(actor, entered)
    text = prose(reason)
    if not 0 < len(text) <= REFUSAL_MOST:
        raise Invalid(N_("请写明不通过的原因，最多 500 个字。"), {"reason": N_("请写明原因，最多 500 个字。")})
    entered.refusal = text
    move(session, entered, RecordState.DISMISSED, actor, text)
    _decide(session, actor, entered)


def get_record(session: Session, actor: Actor, record_id: int) -> EvidenceRecord:
    """Return a record; a branch may know of its own only.

    Raises:
        Forbidden: the actor may not see the ledger.
        NotFound: there is none, or he may not know.
    """
    require_reader(actor)
    found = session.get(EvidenceRecord, record_id)
    limited = own_branch(actor)
    if found is None or (limited is not None and found.branch_id != limited):
        raise NotFound(N_("没有找到这条记录。"))
    return found


def records_page(
    session: Session, actor: Actor, *, indicator: str | None = None, state: str | None = None, page: int = 1
) -> RecordPage:
    """Return records, of one indicator or state where named; those of the actor's branch where he works for one.

    Raises:
        Forbidden: the actor may not see the ledger.
    """
    require_reader(actor)
    limited = own_branch(actor)
    seen = [] if limited is None else [EvidenceRecord.branch_id == limited]
    chosen = list(seen)
    if indicator is not None:
        chosen.append(EvidenceRecord.indicator == indicator)
    if state is not None:
        chosen.append(EvidenceRecord.state == state)
    total = session.scalar(sa.select(sa.func.count()).select_from(EvidenceRecord).where(*chosen)) or 0
    waiting = sa.select(sa.func.count()).select_from(EvidenceRecord)
    pages = max(1, -(-total // PAGE))
    number = min(max(1, page), pages)
    found = session.scalars(
        sa.select(EvidenceRecord)
        .where(*chosen)
        .options(joinedload(EvidenceRecord.branch), joinedload(EvidenceRecord.entered_by))
        .order_by(EvidenceRecord.id.desc())
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    count = session.scalar(waiting.where(*seen, EvidenceRecord.state == RecordState.RECORDED)) or 0
    return RecordPage(tuple(found), total, count, number, pages)


def can_decide(actor: Actor, entered: EvidenceRecord) -> bool:
    """Two pairs of eyes: whoever keeps the ledger and did not enter the record himself."""
    return can_keep_ledger(actor) and entered.state == RecordState.RECORDED and entered.entered_by_id != actor.user_id


def corrections_of(session: Session, entered: EvidenceRecord) -> Sequence[EvidenceRecord]:
    """Return the records that correct one, the first first."""
    query = sa.select(EvidenceRecord).where(EvidenceRecord.corrects_id == entered.id)
    return session.scalars(query.order_by(EvidenceRecord.id)).all()


def _require_second(actor: Actor, entered: EvidenceRecord) -> None:
    if not can_keep_ledger(actor):
        raise Forbidden(N_("记录由科技局确认。"))
    if entered.entered_by_id == actor.user_id:
        raise Forbidden(N_("登记的人不能确认自己的记录，请另一位同事确认。"))


def _decide(session: Session, actor: Actor, entered: EvidenceRecord) -> None:
    entered.decided_by_id, entered.decided_at = actor.user_id, utc_now()
    session.flush()


def _read(
    session: Session, actor: Actor, draft: RecordDraft, stored: StoredFile | None, corrects: EvidenceRecord | None
) -> dict[str, Any]:
    errors: dict[str, str] = {}
    known = {each.indicator: each for each in evidence_indicators(session, today().year)}
    definition = known.get(corrects.indicator if corrects else draft.indicator)
    if definition is None:
        errors["indicator"] = N_("请从列表中选择指标。")
    subject, reference, note = line(draft.subject), line(draft.reference), prose(draft.note)
    if not 0 < len(subject) <= SUBJECT_MOST:
        errors["subject"] = N_("请写明是哪个单位、人员或项目，最多 200 个字。")
    if len(reference) > REFERENCE_MOST:
        errors["reference"] = N_("最多 200 个字。")
    if len(note) > NOTE_MOST:
        errors["note"] = N_("最多 1000 个字。")
    has_file = stored is not None or (corrects is not None and corrects.sha256 is not None)
    if not reference and not has_file:
        errors["reference"] = N_("请填写文号或文件名称，或者上传文件：没有依据的数字不能登记。")
    on = _read_on(draft.on, errors)
    amount = _read_amount(definition, draft.amount, errors, may_be_nothing=corrects is not None)
    branch_id = _read_branch(session, actor, draft.branch, errors)
    if errors:
        raise Invalid(N_("有的内容不能使用，请检查。"), errors)
    return {
        "indicator": definition.indicator if definition else "",
        "on": on,
        "subject": subject,
        "amount": amount,
        "branch_id": branch_id,
        "reference": reference,
        "note": note,
        **_file(stored, corrects),
    }


def _file(stored: StoredFile | None, corrects: EvidenceRecord | None) -> dict[str, Any]:
    if stored is not None:
        return {
            "file_name": stored.name,
            "media_type": stored.media_type,
            "size": stored.size,
            "sha256": stored.sha256,
        }
    names = ("file_name", "media_type", "size", "sha256")
    return {name: getattr(corrects, name) for name in names} if corrects else {}


def _read_on(text: str, errors: dict[str, str]) -> date | None:
    try:
        on = read_day(text)
    except Unreadable as error:
        errors["on"] = error.sentence
        return None
    if on is None:
        errors["on"] = N_("请填写发生的日期。")
    elif on > today():
        errors["on"] = N_("这一天还没有到。")
    elif on < today() - timedelta(days=OLDEST_DAYS):
        errors["on"] = N_("日期太早，请检查年份。")
    return on


def _read_amount(
    definition: Definition | None, text: str, errors: dict[str, str], *, may_be_nothing: bool
) -> Decimal | None:
    if definition is None:
        return None
    try:
        amount = read_amount(definition, text)
    except Unreadable as error:
        errors["amount"] = error.sentence
        return None
    if amount is None or (amount == 0 and not may_be_nothing):
        errors["amount"] = N_("请填写数量或金额，应大于 0。")
    return amount


def _read_branch(session: Session, actor: Actor, text: str, errors: dict[str, str]) -> int | None:
    limited = own_branch(actor)
    if limited is not None:
        return limited
    if not text:
        return None
    known = {str(branch_id): branch_id for branch_id, _name in branches(session)}
    if text not in known:
        errors["branch"] = N_("请从列表中选择。")
    return known.get(text)


def _refuse_double(session: Session, values: dict[str, Any], corrects: EvidenceRecord | None) -> None:
    same = sa.select(EvidenceRecord.id).where(
        *(getattr(EvidenceRecord, name) == values[name] for name in ("indicator", "on", "subject")),
        EvidenceRecord.state.in_((RecordState.RECORDED, RecordState.APPROVED)),
    )
    if corrects is not None:
        same = same.where(EvidenceRecord.id != corrects.id)
    found = session.scalar(same.limit(1))
    if found is not None:
        raise Conflict(N_("同一指标、同一天、同一对象已经登记过（记录 %(id)s），每件事只计一次。"), id=found)
