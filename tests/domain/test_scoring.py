"""Marks, means and places."""

from decimal import Decimal
from fractions import Fraction

from matchmaker.domain.scoring import Dimension, mean, places, shown, total, trimmed_mean

WEIGHED = (Dimension("a", "技术", 3), Dimension("b", "团队", 1))


def test_total_weighs_marks_exactly() -> None:
    # In binary floating point 0.1 and 0.3 would not give this.
    assert total(WEIGHED, {"a": 0.1, "b": 0.3}) == Fraction(6, 40)


def test_total_stays_on_the_scale_of_one_mark() -> None:
    assert total(WEIGHED, {"a": 10, "b": 10}) == 10


def test_trimmed_mean_leaves_out_one_highest_and_one_lowest() -> None:
    assert trimmed_mean([Fraction(each) for each in (9, 9, 8, 2, 2)]) == Fraction(19, 3)


def test_trimmed_mean_of_four_sheets_is_their_mean() -> None:
    totals = [Fraction(each) for each in (10, 8, 8, 2)]
    assert trimmed_mean(totals) == mean(totals) == 7


def test_mean_of_no_sheets_is_none() -> None:
    assert (mean([]), trimmed_mean([]), shown(None)) == (None, None, None)


def test_shown_rounds_halves_up() -> None:
    assert [shown(Fraction(value, 1000)) for value in (8125, 8135, 8134)] == [
        Decimal("8.13"),
        Decimal("8.14"),
        Decimal("8.13"),
    ]


def test_places_are_shared_by_equal_scores_and_leave_the_next_out() -> None:
    scores = [Decimal(8), Decimal(9), None, Decimal(8), Decimal(7)]
    assert places(scores) == [2, 1, None, 2, 4]
