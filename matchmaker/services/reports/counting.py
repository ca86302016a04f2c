"""The ledger's figures as of the end of a period: what it brought, what its year has reached; frozen ones as frozen."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.domain.closed_periods import Period
from matchmaker.domain.days import today
from matchmaker.domain.indicators import Definition, Measure
from matchmaker.services.ledger.counting import Counted, count, read_year
from matchmaker.services.ledger.definitions import definitions
from matchmaker.services.ledger.forecasting import Light, forecast, light_of
from matchmaker.services.ledger.frozen import frozen_figures, standing_periods
from matchmaker.services.ledger.pipeline import Pipeline, pipeline_of
from matchmaker.services.ledger.rules import Row
from matchmaker.services.ledger.targets import targets

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class PeriodFigure:
    """One indicator: its rows of the period and of its year so far; values None where its rule failed."""

    definition: Definition
    in_period: Decimal | None
    reached: Decimal | None
    target: Decimal | None
    light: Light
    rows: tuple[Row, ...]
    year_rows: tuple[Row, ...]

    @property
    def missing(self) -> Decimal | None:
        """What the target still lacks."""
        if self.target is None or self.reached is None:
            return None
        return max(self.target - self.reached, ZERO)


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """The figures of a period up to `until` (its last day, or today); `closed` are the closings that it lies in or
    holds, `is_frozen` whether one of them holds all of it."""

    period: Period
    until: date
    is_frozen: bool
    closed: tuple[Period, ...]
    figures: tuple[PeriodFigure, ...]

    def of(self, indicator: str) -> PeriodFigure | None:
        """Return the figure of one indicator."""
        return next((each for each in self.figures if each.definition.indicator == indicator), None)


def period_figures(session: Session, period: Period, branch: int | None = None) -> PeriodFigures:
    """Count a period for the city or for one branch (whoever asks was checked)."""
    day = min(period.until, today())
    frozen, standing = frozen_figures(session, period.year), targets(session, period.year)
    reading = read_year(session, period.year)
    found = []
    for definition in definitions(session, period.year):
        parts = frozen.get(definition.indicator, ())
        of_year = next((each for each in parts if each.is_of_year), None)
        counted = count(reading, of_year.definition if of_year else definition, parts)
        target = standing.get(definition.indicator)
        wanted = target.of(branch) if target else None
        if of_year is not None and branch is None:
            wanted = of_year.target
        pipeline = pipeline_of(reading, counted.definition, branch) if day == today() else None
        found.append(_figure(counted, wanted, period, day, branch, pipeline))
    closed = tuple(each.period for each in standing_periods(session, period.year))
    touching = tuple(each for each in closed if each.holds(period) or period.holds(each))
    return PeriodFigures(period, day, any(each.holds(period) for each in closed), touching, tuple(found))


def _figure(
    counted: Counted, target: Decimal | None, period: Period, day: date, branch: int | None, pipeline: Pipeline | None
) -> PeriodFigure:
    definition = counted.definition
    if counted.error:
        return PeriodFigure(definition, None, None, target, Light.ERROR, (), ())
    mine = counted if branch is None else counted.only(lambda row: row.branch_id == branch)
    of_year = mine.within(date(period.year, 1, 1), day)
    of_period = mine.within(period.since, day)
    # What is planned now says nothing about a day that has passed.
    planned = counted.planned if day == today() and branch is None else None
    expected = forecast(definition, of_year.value, planned, period.year, day, pipeline).value
    is_over = period.until == date(period.year, 12, 31) and period.until < today()
    light = light_of(of_year.value, target, expected, is_over)
    # A level of which nothing was recorded in the period is unknown for it, not zero.
    in_period = None if definition.measure == Measure.LATEST and not of_period.rows else of_period.value
    return PeriodFigure(definition, in_period, of_year.value, target, light, of_period.rows, of_year.rows)
