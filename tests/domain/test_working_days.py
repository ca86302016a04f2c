"""Working days over known holiday weeks, and beyond the years that are published."""

from datetime import date

import pytest

from matchmaker.domain.working_days import after_working_days, is_working_day, last_published_year


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2025, 9, 28), True),  # a Sunday that is worked for the National Day week
        (date(2025, 10, 1), False),
        (date(2025, 10, 8), False),
        (date(2025, 10, 9), True),
        (date(2025, 10, 11), True),  # a Saturday that is worked
        (date(2025, 10, 12), False),
        (date(2025, 1, 26), True),
        (date(2025, 1, 28), False),
    ],
)
def test_holidays_and_worked_weekends_of_2025(day: date, works: bool) -> None:
    assert is_working_day(day) == (works, False)


def test_fifteen_working_days_over_the_national_day() -> None:
    # 26, 28-30 September, then 9-11, 13-17, 20-22 October.
    due = after_working_days(date(2025, 9, 25), 15)
    assert (due.on, due.is_provisional) == (date(2025, 10, 22), False)


def test_unpublished_year_counts_weekdays_and_says_so() -> None:
    due = after_working_days(date(2098, 1, 1), 5)
    assert (due.on, due.is_provisional) == (date(2098, 1, 8), True)


def test_entered_days_come_first() -> None:
    closed = {date(2025, 9, 26): False}
    assert after_working_days(date(2025, 9, 25), 1, closed).on == date(2025, 9, 28)


@pytest.mark.parametrize("days", [-1, 100_000])
def test_absurd_counts_are_refused(days: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        after_working_days(date(2025, 1, 1), days)


def test_no_days_is_the_day_itself() -> None:
    assert after_working_days(date(2025, 10, 1), 0).on == date(2025, 10, 1)


def test_last_published_year_is_known_and_the_next_is_provisional() -> None:
    year = last_published_year()
    assert [is_working_day(date(each, 3, 2))[1] for each in (year, year + 1)] == [False, True]
