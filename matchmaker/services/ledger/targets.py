"""Targets: what was promised for a year. A promise stands until a new one is made, and its own year is shown."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.indicator_targets import WHOLE_YEAR, IndicatorTarget
from matchmaker.domain.indicators import Promise, shipped_promises

Share = tuple[int | None, int]
"""A branch's id (None for the whole city) and a quarter from 1 to 4, or WHOLE_YEAR."""
CITY: Share = (None, WHOLE_YEAR)


@dataclass(frozen=True, slots=True)
class Target:
    """What an indicator is to reach by the end of a year; `year` is the one that it was set for.

    `shares` is its decomposition: the city's quarters, branches, and their quarters. It may not add up.
    """

    indicator: str
    year: int
    value: Decimal
    shares: dict[Share, Decimal] = field(default_factory=dict)

    def of(self, branch: int | None = None, quarter: int = WHOLE_YEAR) -> Decimal | None:
        """Return what a branch, or the city, is to reach in a quarter, or in the year."""
        return self.value if (branch, quarter) == CITY else self.shares.get((branch, quarter))

    def missing_of_quarters(self, branch: int | None = None) -> Decimal | None:
        """Return what the quarters of a branch or the city lack of its year (negative: exceed it); None without any."""
        whole = self.of(branch)
        return _missing(whole, (value for (who, quarter), value in self.shares.items() if who == branch and quarter))

    def missing_of_branches(self, quarter: int = WHOLE_YEAR) -> Decimal | None:
        """Return what the branches lack of the city's target in a quarter or the year; None without any."""
        shares = self.shares.items()
        return _missing(self.of(None, quarter), (value for (who, when), value in shares if who and when == quarter))


def targets(session: Session, year: int) -> dict[str, Target]:
    """Return the targets that stand in a year, by indicator."""
    by_year: dict[str, dict[int, dict[Share, Decimal]]] = {}
    for promise in shipped_promises():
        by_year.setdefault(promise.indicator, {})[promise.year] = _promised(promise)
    set_here: dict[tuple[str, int], dict[Share, Decimal]] = {}
    for row in session.scalars(sa.select(IndicatorTarget).where(IndicatorTarget.year <= year)):
        set_here.setdefault((row.indicator, row.year), {})[row.branch_id, row.quarter] = row.value
    for (indicator, of_year), shares in set_here.items():
        by_year.setdefault(indicator, {})[of_year] = shares
    found = {}
    for indicator, years in by_year.items():
        standing = max(
            (of_year for of_year, shares in years.items() if of_year <= year and CITY in shares), default=None
        )
        if standing is not None:
            found[indicator] = Target(indicator, standing, years[standing][CITY], years[standing])
    return found


def _promised(promise: Promise) -> dict[Share, Decimal]:
    shares: dict[Share, Decimal] = {CITY: promise.value}
    for quarter, value in enumerate(promise.quarters, start=1):
        shares[None, quarter] = value
    return shares


def _missing(whole: Decimal | None, shares: Iterable[Decimal]) -> Decimal | None:
    values = list(shares)
    return whole - sum(values) if whole is not None and values else None
