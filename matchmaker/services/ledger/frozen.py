"""What was frozen: closed periods that stand, and their figures and rows as plain data."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.closed_periods import ClosedPeriod, FrozenFigure, Period, PeriodKind, PeriodState
from matchmaker.domain.indicators import Definition
from matchmaker.services.ledger.rules import Row


@dataclass(frozen=True, slots=True)
class Frozen:
    """One figure of one closed period, as it was then."""

    period: Period
    definition: Definition
    value: Decimal
    target: Decimal | None
    rows: tuple[Row, ...]

    def covers(self, day: date) -> bool:
        """Whether a day lies in the closed period."""
        return self.period.since <= day <= self.period.until

    @property
    def is_of_year(self) -> bool:
        """Whether the whole year is closed."""
        return self.period.kind is PeriodKind.YEAR


def standing_periods(session: Session, year: int) -> list[ClosedPeriod]:
    """Return the closings of a year that stand, by period, those within a longer closed one left out."""
    closed = session.scalars(
        sa.select(ClosedPeriod).where(ClosedPeriod.year == year, ClosedPeriod.state == PeriodState.CLOSED)
    ).all()
    outermost = [row for row in closed if not any(_is_within(row, other) for other in closed)]
    return sorted(outermost, key=lambda row: row.period.since)


def frozen_figures(session: Session, year: int, indicator: str | None = None) -> dict[str, tuple[Frozen, ...]]:
    """Return the frozen figures of a year's standing closings, by indicator; of one only where it is named."""
    periods = {row.id: row.period for row in standing_periods(session, year)}
    if not periods:
        return {}
    query = sa.select(FrozenFigure).where(FrozenFigure.closed_period_id.in_(periods))
    if indicator is not None:
        query = query.where(FrozenFigure.indicator == indicator)
    found: dict[str, list[Frozen]] = {}
    for figure in session.scalars(query):
        frozen = Frozen(
            periods[figure.closed_period_id],
            definition_from(figure),
            figure.value,
            figure.target,
            tuple(row_of(plain) for plain in figure.rows),
        )
        found.setdefault(figure.indicator, []).append(frozen)
    return {key: tuple(sorted(rows, key=lambda each: each.period.since)) for key, rows in found.items()}


def plain_definition(definition: Definition) -> dict[str, Any]:
    """Return a definition as plain JSON."""
    return asdict(definition) | {"parameters": dict(definition.parameters)}


def plain_row(row: Row) -> list[Any]:
    """Return a row as plain JSON."""
    return [
        row.subject_kind,
        row.subject_id,
        row.on.isoformat(),
        str(row.amount),
        row.branch_id,
        row.field,
        row.organization_id,
        row.region,
    ]


def row_of(plain: Sequence[Any]) -> Row:
    """Return what `plain_row` wrote."""
    kind, subject_id, on, amount, *rest = plain
    return Row(kind, subject_id, date.fromisoformat(on), Decimal(amount), *rest)


def definition_from(figure: FrozenFigure) -> Definition:
    """Return the definition that a figure was frozen with."""
    return Definition(**figure.definition)


def _is_within(row: ClosedPeriod, other: ClosedPeriod) -> bool:
    return row.id != other.id and other.period.holds(row.period)
