"""Working days of the country: public holidays and the weekends that are worked instead.

The package knows the years that the State Council has published. Later ones fall back to Monday to Friday, and what was
counted through them is provisional.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar

SATURDAY = 5
MOST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class DueDay:
    """The day by which something is due; provisional where a year on the way is not published yet."""

    on: date
    is_provisional: bool


def last_published_year() -> int:
    """Return the last year whose public holidays the calendar package knows."""
    return int(max(chinese_calendar.holidays).year)


def is_working_day(day: date, exceptions: Mapping[date, bool] | None = None) -> tuple[bool, bool]:
    """Return whether a day is worked, and whether that is provisional. `exceptions` say otherwise for single days."""
    if exceptions and day in exceptions:
        return exceptions[day], False
    try:
        return bool(chinese_calendar.is_workday(day)), False
    except NotImplementedError:
        return day.weekday() < SATURDAY, True


def after_working_days(start: date, days: int, exceptions: Mapping[date, bool] | None = None) -> DueDay:
    """Return the last of `days` working days that begin the day after `start`.

    Raises:
        ValueError: `days` is negative or beyond ten years.
    """
    if not 0 <= days <= MOST_DAYS:
        raise ValueError(f"{days} working days")
    day, provisional = start, False
    while days:
        day += timedelta(days=1)
        working, guessed = is_working_day(day, exceptions)
        provisional |= guessed
        days -= working
    return DueDay(day, provisional)
