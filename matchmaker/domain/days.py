"""Days as the city counts them."""

from datetime import date
from zoneinfo import ZoneInfo

from matchmaker.domain import clock

CITY_ZONE = ZoneInfo("Asia/Shanghai")
"""Official time of the whole country, Urumqi included."""


def today() -> date:
    """Return the present day in the city."""
    return clock.now().astimezone(CITY_ZONE).date()


def years_after(day: date, years: int) -> date:
    """Return the same day `years` later; 29 February gives 28 February where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
