"""Targets: what was promised for a year. A promise stands until a new one is made, and its own year is shown."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.domain.indicators import shipped_promises


@dataclass(frozen=True, slots=True)
class Target:
    """What an indicator is to reach by the end of a year; `year` is the one that it was set for."""

    indicator: str
    year: int
    value: Decimal


def targets(session: Session, year: int) -> dict[str, Target]:
    """Return the whole city's targets that stand in a year, by indicator."""
    standing: dict[str, Target] = {}
    for promise in sorted(shipped_promises(), key=lambda each: each.year):
        if promise.year <= year:
            standing[promise.indicator] = Target(promise.indicator, promise.year, promise.value)
    return standing
