"""The bureau writes what holds from a day on; nothing that was written is changed."""

import re
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_keep_rules
from matchmaker.domain.rules import DayException, Rule, RuleCode
from matchmaker.services.reading.days import read_day
from matchmaker.services.reading.text import Unreadable, folded, line, prose

SOURCE_MOST, NOTE_MOST = 1000, 200
RATES = frozenset({RuleCode.TRANSFER_REST_RATE, RuleCode.ENTERPRISE_RATE})
COUNTS = frozenset({RuleCode.DECISION_DAYS, RuleCode.EXPERT_DAYS, RuleCode.FORM_VERSION})
MOST_OF_COUNT, MOST_OF_MONEY = 9999, Decimal(10) ** 11
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,6})?")


def require_keeper(actor: Actor) -> None:
    """Refuse whoever does not keep the rules.

    Raises:
        Forbidden: he is not of the bureau itself.
    """
    if not can_keep_rules(actor):
        raise Forbidden(N_("规则由科技局维护。"))


def write_rule(
    session: Session, actor: Actor, code: str, *, value: str, valid_from: str, source: str, is_verified: bool
) -> Rule:
    """Write what a rule says from a day on. What was judged before keeps its own judgement.

    Raises:
        Forbidden: see `require_keeper`. Conflict: a value from that day is written already.
        Invalid: no such rule, no number that it could have, no day, no source (fields of these names).
    """
    require_keeper(actor)
    if code not in set(RuleCode):
        raise Invalid(N_("没有这条规则。"), {"code": N_("请从列表中选择。")})
    errors: dict[str, str] = {}
    number, day = _number(RuleCode(code), value, errors), _day(valid_from, errors)
    text = _source(source, errors)
    if errors or day is None or number is None:
        raise Invalid(N_("请检查以下内容。"), errors)
    if session.scalar(sa.select(Rule.id).where(Rule.code == code, Rule.valid_from == day)) is not None:
        raise Conflict(N_("从这一天起执行的规则已经写过；写错了请从另一天起重新写一条。"))
    row = Rule(
        code=code,
        value=f"{number:f}",
        valid_from=day,
        source=text,
        is_verified=is_verified,
        written_by_id=actor.user_id,
    )
    session.add(row)
    session.flush()
    record(session, actor, "rule", "rule", row.id, after=row.value[:24], code=code, valid_from=day.isoformat())
    return row


def except_day(session: Session, actor: Actor, on: str, *, is_working: bool, note: str) -> DayException:
    """Say of one day that it is worked, or not, whatever the calendar package says.

    Raises:
        Forbidden: see `require_keeper`. Invalid: no day, too long a note.
    """
    require_keeper(actor)
    try:
        day = read_day(on)
    except Unreadable as error:
        raise Invalid(error.sentence, {"on": error.sentence}) from error
    if day is None:
        sentence = N_("请填写日期。")
        raise Invalid(sentence, {"on": sentence})
    text = line(note)
    if len(text) > NOTE_MOST:
        raise Invalid(N_("内容太长，请精简。"), {"note": N_("最多 200 字。")})
    row = session.get(DayException, day) or DayException(on=day)
    row.is_working, row.note = is_working, text
    session.add(row)
    record(session, actor, "except_day", "day", day.toordinal(), after="working" if is_working else "holiday")
    session.flush()
    return row


def forget_day(session: Session, actor: Actor, on: date) -> None:
    """Take back what was said of one day: the calendar package holds for it again.

    Raises:
        Forbidden: see `require_keeper`. NotFound: nothing was said of it.
    """
    require_keeper(actor)
    row = session.get(DayException, on)
    if row is None:
        raise NotFound(N_("这一天没有登记过例外。"))
    session.delete(row)
    record(session, actor, "forget_day", "day", on.toordinal(), before="working" if row.is_working else "holiday")
    session.flush()


def _number(code: RuleCode, value: str, errors: dict[str, str]) -> Decimal | None:
    text = folded(value).replace(",", "")
    if not _NUMBER.fullmatch(text):
        errors["value"] = N_("请填写一个数，例如 15、5000000 或 0.5。")
        return None
    number = Decimal(text)
    if code in RATES and number > 1:
        errors["value"] = N_("比例应在 0 到 1 之间，例如 0.5。")
    elif code in COUNTS and (number != number.to_integral_value() or not 1 <= number <= MOST_OF_COUNT):
        errors["value"] = N_("请填写 1 到 9999 的整数。")
    elif number > MOST_OF_MONEY:
        errors["value"] = N_("金额超过 1000 亿元，请检查单位。")
    return number


def _day(text: str, errors: dict[str, str]) -> date | None:
    try:
        day = read_day(text)
    except Unreadable as error:
        errors["valid_from"] = error.sentence
        return None
    if day is None:
        errors["valid_from"] = N_("请填写从哪一天起执行。")
    return day


def _source(text: str, errors: dict[str, str]) -> str:
    written = prose(text)
    if not written:
        errors["source"] = N_("请写明依据：文件名称、文号和条款。")
    elif len(written) > SOURCE_MOST:
        errors["source"] = N_("最多 1000 字。")
    return written
