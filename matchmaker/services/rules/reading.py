"""What holds on a day: the shipped values, and those that the bureau has written since."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.rules import DayException, Rule, RuleCode, RuleValue, shipped_rules
from matchmaker.domain.working_days import DueDay, after_working_days


def rule(session: Session, code: RuleCode, on: date) -> RuleValue | None:
    """Return what a rule says on a day, None where nothing was ruled yet."""
    return next((each for each in reversed(history(session, code)) if each.holds_on(on)), None)


def rule_value(session: Session, code: RuleCode, on: date) -> Decimal:
    """Return the value of a rule on a day.

    Raises:
        LookupError: nothing was ruled yet on that day.
    """
    found = rule(session, code, on)
    if found is None:
        raise LookupError(f"no rule {code} on {on}")
    return found.value


def history(session: Session, code: RuleCode | None = None) -> tuple[RuleValue, ...]:
    """Return all values of one rule, or of all, the earliest first; each ends where the next begins."""
    written = sa.select(Rule).options(joinedload(Rule.written_by)).order_by(Rule.valid_from)
    own = [_value(row) for row in session.scalars(written if code is None else written.where(Rule.code == code))]
    shipped = [each for each in shipped_rules() if code is None or each.code == code]
    found: list[RuleValue] = []
    for one in RuleCode if code is None else (code,):
        found += _chained(sorted((each for each in (*shipped, *own) if each.code == one), key=_order))
    return tuple(found)


def exceptions(session: Session) -> dict[date, bool]:
    """Return the days that are other than the calendar package says."""
    return {row.on: row.is_working for row in session.scalars(sa.select(DayException).order_by(DayException.on))}


def due_after(session: Session, start: date, days: int) -> DueDay:
    """Return the last of `days` working days after `start`, by the calendar and the exceptions entered here."""
    return after_working_days(start, days, exceptions(session))


def _value(row: Rule) -> RuleValue:
    by = row.written_by.name if row.written_by else ""
    return RuleValue(row.code, Decimal(row.value), row.valid_from, None, row.source, row.is_verified, row.id, by)


def _order(value: RuleValue) -> tuple[date, bool]:
    return value.valid_from, value.id is not None


def _chained(values: list[RuleValue]) -> Iterable[RuleValue]:
    for place, value in enumerate(values):
        later = values[place + 1].valid_from - timedelta(days=1) if place + 1 < len(values) else None
        ends = [each for each in (value.valid_until, later) if each is not None]
        yield replace(value, valid_until=min(ends, default=None))
