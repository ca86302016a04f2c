"""The clock that a story is told by, and that nothing goes by another one."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from matchmaker.domain.base import utc_now
from matchmaker.domain.clock import StoryClock, clock_is
from matchmaker.domain.days import today

NEW_YEARS_EVE = datetime(2024, 12, 31, 15, 59, tzinfo=UTC)
PACKAGE = Path(__file__).parents[2] / "matchmaker"
OTHER_CLOCKS = ("datetime.now(", "date.today(", "datetime.utcnow(", "func.now(", "time.time(")
# Ages of files are told by the clock that wrote them.
MAY = {"domain/clock.py", "search/conversion.py", "search/snapshots.py"}


def test_story_clock_says_its_own_time_to_moments_and_days() -> None:
    clock = StoryClock(NEW_YEARS_EVE)
    with clock_is(clock):
        before = utc_now(), today()
        clock.advance(timedelta(minutes=1))
        after = utc_now(), today()
    assert before == (NEW_YEARS_EVE, date(2024, 12, 31))
    assert after == (NEW_YEARS_EVE + timedelta(minutes=1), date(2025, 1, 1))  # the city is eight hours ahead


def test_story_clock_is_left_even_by_an_error() -> None:
    with pytest.raises(ZeroDivisionError), clock_is(StoryClock(NEW_YEARS_EVE)):
        _ = 1 // 0
    assert utc_now() - datetime.now(UTC) < timedelta(minutes=1)
    assert utc_now() > NEW_YEARS_EVE + timedelta(days=300)


def test_story_clock_never_goes_back() -> None:
    clock = StoryClock(NEW_YEARS_EVE)
    with pytest.raises(ValueError, match="2024-12-31 15:59"):
        clock.move_to(NEW_YEARS_EVE - timedelta(minutes=1))
    assert clock() == NEW_YEARS_EVE


def test_package_has_no_other_clock() -> None:
    found = {
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if any(word in path.read_text(encoding="utf-8") for word in OTHER_CLOCKS)
    }
    assert found == MAY
