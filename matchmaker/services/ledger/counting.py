"""Counting: rows of a rule, each once as its definition says, and the figure that they make.

What is closed stays as it was: its frozen rows count, and live rows of open days only. Live rows of closed days that
were not there when their period was closed are told apart (`late`), never added.
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.domain.indicators import Definition, Measure
from matchmaker.services.ledger.frozen import Frozen
from matchmaker.services.ledger.rules import RULES, Reading, Row

LOG = logging.getLogger(__name__)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """Rows counted by one definition: those of a closed period, with the value that was frozen, or the open ones."""

    definition: Definition
    rows: tuple[Row, ...]
    frozen_value: Decimal | None = None

    @property
    def value(self) -> Decimal:
        """Their figure."""
        return value_of(self.definition, self.rows) if self.frozen_value is None else self.frozen_value


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts in a year. `late` are rows of closed days that came after closing, `lost` frozen ones whose records
    count no more or otherwise; `planned` is what is announced beyond the rows; `error` what went wrong."""

    definition: Definition
    parts: tuple[Part, ...] = ()
    late: tuple[Row, ...] = ()
    lost: tuple[Row, ...] = ()
    planned: int | None = None
    error: str | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows that count, by day."""
        return tuple(row for part in self.parts for row in part.rows)

    @property
    def value(self) -> Decimal:
        """The figure: parts add up, but for a level, where the last one counts."""
        if self.definition.measure == Measure.LATEST:
            return next((part.value for part in reversed(self.parts) if part.rows), ZERO)
        return sum((part.value for part in self.parts), ZERO)

    def only(self, chosen: Callable[[Row], bool]) -> "Counted":
        """Return the same of chosen rows."""
        return Counted(
            self.definition,
            tuple(Part(part.definition, tuple(filter(chosen, part.rows))) for part in self.parts),
            tuple(filter(chosen, self.late)),
            tuple(filter(chosen, self.lost)),
            None,
            self.error,
        )

    def within(self, since: date, until: date) -> "Counted":
        """Return the same of a span of days; a period that was closed within it keeps its frozen value."""
        parts = []
        for part in self.parts:
            rows = tuple(row for row in part.rows if since <= row.on <= until)
            parts.append(part if rows == part.rows else Part(part.definition, rows))
        return Counted(self.definition, tuple(parts))


def read_year(session: Session, year: int) -> Reading:
    """Return the reading of a whole year, which every rule of it shares."""
    return Reading(session, date(year, 1, 1), date(year, 12, 31))


def count(
    reading: Reading, definition: Definition, frozen: tuple[Frozen, ...] = (), *, with_late: bool = True
) -> Counted:
    """Count one indicator of the reading's year. An error of its rule is its own: it is logged and returned, and no
    other figure falls. Where the whole year is closed it is never counted anew; without `with_late` not even looked at.
    """
    is_closed = any(each.is_of_year for each in frozen)
    if is_closed and not with_late:
        return _assembled(definition, frozen, None, None)
    try:
        with _apart(reading.session):
            rule = RULES[definition.rule]
            live = tuple(sorted(rule.count(reading, definition), key=_by_day))
            return _assembled(definition, frozen, live, rule.planned(reading, definition) if rule.planned else None)
    except Exception as error:  # whatever a rule does wrong is shown as its error, never as a zero
        LOG.exception("the rule %r of indicator %r failed", definition.rule, definition.indicator)
        if is_closed:
            return _assembled(definition, frozen, None, None)
        return Counted(definition, error=type(error).__name__)


def _apart(session: Session) -> AbstractContextManager[object]:
    """A statement that fails must not spoil the transaction for the rules after it: PostgreSQL needs a savepoint."""
    return session.begin_nested() if session.get_bind().dialect.name == "postgresql" else nullcontext()


def once(definition: Definition, rows: Iterable[Row], taken: Iterable[object] = ()) -> tuple[Row, ...]:
    """Return rows, of those that count as the same one the first only, and none that is `taken` already."""
    seen, kept = set(taken), []
    for row in rows:
        key = key_of(definition, row)
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return tuple(kept)


def key_of(definition: Definition, row: Row) -> object:
    """Return what may count only once a year."""
    if definition.once == "organization" and row.organization_id is not None:
        return row.organization_id
    if definition.once == "region" and row.region is not None:
        return row.region
    return row.subject_kind, row.subject_id


def value_of(definition: Definition, rows: Iterable[Row]) -> Decimal:
    """Return the figure that rows make; a level of which nothing is recorded yet is 0."""
    found = list(rows)
    if definition.measure == Measure.COUNT:
        return Decimal(len(found))
    if definition.measure == Measure.LATEST:
        return max(found, key=_by_day).amount if found else ZERO
    return sum((row.amount for row in found), ZERO)


def _assembled(
    definition: Definition, frozen: tuple[Frozen, ...], found: tuple[Row, ...] | None, planned: int | None
) -> Counted:
    live = found or ()
    if not frozen:
        return Counted(definition, (Part(definition, once(definition, live)),), planned=planned)
    kept = [row for each in frozen for row in each.rows]
    taken = [key_of(definition, row) for row in kept]
    closed = [any(each.covers(row.on) for each in frozen) for row in live]
    open_rows = once(definition, (row for row, is_in in zip(live, closed, strict=True) if not is_in), taken)
    taken += [key_of(definition, row) for row in open_rows]
    late = once(definition, (row for row, is_in in zip(live, closed, strict=True) if is_in), taken)
    present = {_counted_as(row) for row in live}
    lost = () if found is None else tuple(row for row in kept if _counted_as(row) not in present)
    parts = [Part(each.definition, each.rows, each.value) for each in frozen]
    if not any(each.is_of_year for each in frozen):
        parts.append(Part(definition, open_rows))
    # By day, so that the last part holds the last level.
    parts.sort(key=lambda part: part.rows[-1].on if part.rows else date.min)
    return Counted(definition, tuple(parts), late, lost, planned)


def _counted_as(row: Row) -> tuple[object, ...]:
    return row.subject_kind, row.subject_id, row.on, row.amount


def _by_day(row: Row) -> tuple[date, str, int]:
    return row.on, row.subject_kind, row.subject_id
