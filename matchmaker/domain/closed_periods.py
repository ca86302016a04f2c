"""Closed periods: months, quarters and years whose figures are frozen, with the rows behind them and their hash."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.people import User


class PeriodKind(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class PeriodState(StrEnum):
    """A period is closed, and may be opened again with a reason (see states.py)."""

    CLOSED = "closed"
    REOPENED = "reopened"


MONTHS = {PeriodKind.MONTH: 1, PeriodKind.QUARTER: 3, PeriodKind.YEAR: 12}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A month (`number` 1 to 12), a quarter (1 to 4) or a year (1)."""

    year: int
    kind: PeriodKind
    number: int = 1

    @property
    def since(self) -> date:
        """Its first day."""
        return date(self.year, (self.number - 1) * MONTHS[self.kind] + 1, 1)

    @property
    def until(self) -> date:
        """Its last day."""
        month = self.number * MONTHS[self.kind]
        return date(self.year, month, calendar.monthrange(self.year, month)[1])

    @property
    def key(self) -> str:
        """Its name in addresses and in the database, 2025-quarter-1."""
        return f"{self.year}-{self.kind}-{self.number}"

    def holds(self, other: "Period") -> bool:
        """Whether the other period lies in this one, or is this one."""
        return self.since <= other.since and other.until <= self.until


class ClosedPeriod(Base):
    """One closing of a period; `standing_key` is its period's key while it stands: no period is closed twice at once.

    `sha256` is the hash of all that was frozen, which the journal's entry of the closing holds as well. Beside the
    figures that is what reports of the period show: `stages`, how far what the year had collected had come, by branch
    ("" the city), and `districts`, the district of each organization of the rows; None in closings of older versions.
    """

    __tablename__ = "closed_periods"
    __table_args__ = (sa.UniqueConstraint("standing_key"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(16), default=PeriodState.CLOSED)
    standing_key: Mapped[str | None] = mapped_column(sa.String(24))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    stages: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    districts: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    closed_at: Mapped[datetime] = mapped_column(default=utc_now)
    reopened_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    reopened_at: Mapped[datetime | None]
    reopen_reason: Mapped[str | None] = mapped_column(sa.Text)

    subject_kind: ClassVar[str] = "closed_period"

    closed_by: Mapped[User | None] = relationship(foreign_keys=[closed_by_id])
    reopened_by: Mapped[User | None] = relationship(foreign_keys=[reopened_by_id])
    figures: Mapped[list["FrozenFigure"]] = relationship(order_by="FrozenFigure.id")

    @property
    def period(self) -> Period:
        """Which period it is."""
        return Period(self.year, PeriodKind(self.kind), self.number)


class FrozenFigure(Base):
    """One figure as it was when its period was closed. `definition` and `rows` are plain JSON, the rows as lists."""

    __tablename__ = "frozen_figures"
    __table_args__ = (sa.UniqueConstraint("closed_period_id", "indicator"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    closed_period_id: Mapped[int] = mapped_column(sa.ForeignKey("closed_periods.id"))
    indicator: Mapped[str] = mapped_column(sa.String(40))
    definition: Mapped[dict[str, Any]]
    value: Mapped[Decimal]
    target: Mapped[Decimal | None]
    rows: Mapped[list[Any]] = mapped_column(sa.JSON)
