"""Rules as their pages show them: what holds today, what comes, what held before; and the days that are other."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_see_rules
from matchmaker.domain.rules import RULE_NAMES, DayException, RuleCode, RuleValue
from matchmaker.domain.working_days import MOST_DAYS, DueDay
from matchmaker.services.reading.days import read_day
from matchmaker.services.reading.text import Unreadable, folded
from matchmaker.services.rules.reading import due_after, history


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule with its values, the latest first; `now` holds today, `coming` begins later (the next one first)."""

    code: RuleCode
    name: str
    now: RuleValue | None
    coming: tuple[RuleValue, ...]
    values: tuple[RuleValue, ...]

    @property
    def is_tax(self) -> bool:
        """Whether it belongs to the estimate of taxes rather than to the registration of contracts."""
        return self.code.startswith("tax_")


def rule_views(session: Session, actor: Actor, on: date) -> tuple[RuleView, ...]:
    """Return every rule as it stands on a day, in two queries at most.

    Raises:
        Forbidden: the viewer neither judges by the rules nor keeps the platform.
    """
    _require_reader(actor)
    every = history(session)
    return tuple(_view(code, [value for value in every if value.code == code], on) for code in RuleCode)


def rule_view(session: Session, actor: Actor, code: str, on: date) -> RuleView:
    """Return one rule.

    Raises:
        Forbidden: see `rule_views`. NotFound: there is no such rule.
    """
    _require_reader(actor)
    if code not in set(RuleCode):
        raise NotFound(N_("没有这条规则。"))
    return _view(RuleCode(code), list(history(session, RuleCode(code))), on)


def excepted_days(session: Session, actor: Actor) -> tuple[DayException, ...]:
    """Return the days that are other than the calendar package says, the latest first.

    Raises:
        Forbidden: see `rule_views`.
    """
    _require_reader(actor)
    return tuple(session.scalars(sa.select(DayException).order_by(DayException.on.desc())))


def count_days(session: Session, start: str, days: str) -> DueDay | None:
    """Return the last of so many working days after a day, both as typed; None where nothing was asked.

    Raises:
        Invalid: no day, no whole number up to ten years (fields `start`, `days`).
    """
    if not start.strip() and not days.strip():
        return None
    try:
        day = read_day(start)
    except Unreadable as error:
        raise Invalid(error.sentence, {"start": error.sentence}) from error
    if day is None:
        sentence = N_("请填写日期。")
        raise Invalid(sentence, {"start": sentence})
    number = folded(days)[:6]
    if not (number.isascii() and number.isdigit() and int(number) <= MOST_DAYS):
        sentence = N_("请填写 0 到 3660 的整数。")
        raise Invalid(sentence, {"days": sentence})
    return due_after(session, day, int(number))


def _require_reader(actor: Actor) -> None:
    if not can_see_rules(actor):
        raise Forbidden(N_("规则由科技局维护，供登记合同的人查看。"))


def _view(code: RuleCode, values: list[RuleValue], on: date) -> RuleView:
    now = next((value for value in reversed(values) if value.holds_on(on)), None)
    coming = tuple(value for value in values if value.valid_from > on)
    return RuleView(code, RULE_NAMES[code], now, coming, tuple(reversed(values)))
