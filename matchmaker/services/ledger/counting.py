"""Counting: rows of a rule, each once as its definition says, and the figure that they make."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.domain.indicators import Definition, Measure
from matchmaker.services.ledger.rules import RULES, Reading, Row

LOG = logging.getLogger(__name__)
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a rule found in a year: its rows by day, and what is planned beyond them. `error` is what went wrong."""

    rows: tuple[Row, ...] = ()
    planned: int | None = None
    error: str | None = None


def read_year(session: Session, year: int) -> Reading:
    """Return the reading of a whole year, which every rule of it shares."""
    return Reading(session, date(year, 1, 1), date(year, 12, 31))


def count(reading: Reading, definition: Definition) -> Counted:
    """Apply a definition's rule. Its error is its own: it is logged and returned, and no other figure falls."""
    try:
        # A statement that fails must not spoil the transaction for the rules after it.
        with reading.session.begin_nested():
            rule = RULES[definition.rule]
            rows = once(definition, rule.count(reading, definition))
            return Counted(rows, rule.planned(reading, definition) if rule.planned else None)
    except Exception as error:  # whatever a rule does wrong is shown as its error, never as a zero
        LOG.exception("the rule %r of indicator %r failed", definition.rule, definition.indicator)
        return Counted(error=type(error).__name__)


def once(definition: Definition, rows: Iterable[Row]) -> tuple[Row, ...]:
    """Return rows by day, of those that count as the same one the first only."""
    first: dict[object, Row] = {}
    for row in sorted(rows, key=lambda row: (row.on, row.subject_kind, row.subject_id)):
        first.setdefault(key_of(definition, row), row)
    return tuple(first.values())


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
        return max(found, key=lambda row: (row.on, row.subject_id)).amount if found else ZERO
    return sum((row.amount for row in found), ZERO)
