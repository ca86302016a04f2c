"""No sum or difference of what is told speaks of fewer than three enterprises."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.services.decline_reports.counting import Count, Cut, Decline, told_counts
from matchmaker.services.decline_reports.suppression import FEWEST

REASONS = ("price", "too_early", "route_unclear")
FIELD_OF = {1: "energy", 2: "energy", 3: "materials", 4: "materials"}
UNIT_OF = {1: 7, 2: 8, 3: 8, 4: 0}
MOST_TOLD = 9


def decline(enterprise: int, achievement: int = 1, reason: str = "price") -> Decline:
    return Decline(enterprise, achievement, reason, FIELD_OF[achievement], UNIT_OF[achievement])


some_declines = st.lists(
    st.builds(decline, st.integers(1, 6), st.integers(1, 4), st.sampled_from(REASONS)), max_size=24, unique=True
)


def counted(declines: list[Decline], count: Count) -> list[Decline]:
    """The declines behind a count, found by its keys anew."""
    first, last = (count.keys[0], count.keys[-1]) if count.keys else ("", "")
    belongs = {
        Cut.TOTAL: lambda _each: True,
        Cut.REASON: lambda each: each.reason == first,
        Cut.FIELD: lambda each: each.field == first,
        Cut.SUB_UNIT: lambda each: str(each.sub_unit_id) == first,
        Cut.ACHIEVEMENT: lambda each: str(each.achievement_id) == first,
        Cut.FIELD_REASON: lambda each: (each.field, each.reason) == (first, last),
        Cut.ACHIEVEMENT_REASON: lambda each: (str(each.achievement_id), each.reason) == (first, last),
    }[count.cut]
    return [each for each in declines if belongs(each)]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(some_declines)
def test_no_combination_of_shown_counts_speaks_of_fewer_than_three(declines: list[Decline]) -> None:
    told = told_counts(declines)
    behind = [counted(declines, count) for count in told]
    assert [len(members) for members in behind] == [count.count for count in told]
    assert all(len({each.enterprise_id for each in members}) >= FEWEST for members in behind)
    # Every way of adding and subtracting up to so many of them, by brute force.
    for factors in product((-1, 0, 1), repeat=min(len(told), MOST_TOLD)):
        weights: dict[Decline, int] = {}
        for factor, members in zip(factors, behind, strict=False):
            for each in members:
                weights[each] = weights.get(each, 0) + factor
        left = {each.enterprise_id for each, weight in weights.items() if weight}
        assert len(left) == 0 or len(left) >= FEWEST


def test_fewer_than_three_enterprises_are_not_told_of_however_often_they_declined() -> None:
    assert told_counts([decline(who, what) for who in (1, 2) for what in FIELD_OF]) == ()


def test_total_of_three_is_told_and_nothing_else_of_three_reasons() -> None:
    told = told_counts([decline(1, reason="price"), decline(2, reason="too_early"), decline(3, reason="route_unclear")])
    assert [(count.cut, count.count) for count in told if count.cut in {Cut.TOTAL, Cut.REASON}] == [(Cut.TOTAL, 3)]


def test_second_reason_is_kept_back_where_the_total_would_tell_the_third() -> None:
    declines = [decline(who, reason="price") for who in (1, 2, 3, 4)]
    declines += [decline(who, reason="too_early") for who in (1, 2, 3)]
    declines.append(decline(5, reason="route_unclear"))
    reasons = {count.keys[0]: count.count for count in told_counts(declines) if count.cut is Cut.REASON}
    assert reasons == {"price": 4}


def test_achievement_declined_by_two_is_only_in_totals() -> None:
    declines = [decline(who, 1) for who in (1, 2, 3, 4)] + [decline(who, 3) for who in (1, 5)]
    declines += [decline(6, 4)]
    told = told_counts(declines)
    assert [count.keys for count in told if count.cut is Cut.ACHIEVEMENT] == [("1",)]
    assert told[0] == Count(Cut.TOTAL, (), 7)


def test_all_that_many_enterprises_say_is_told() -> None:
    told = told_counts([decline(who, what, why) for who in range(1, 6) for what in (1, 3) for why in REASONS])
    assert {cut: sum(count.cut is cut for count in told) for cut in Cut} == {
        Cut.TOTAL: 1,
        Cut.REASON: 3,
        Cut.FIELD: 2,
        Cut.SUB_UNIT: 2,
        Cut.ACHIEVEMENT: 2,
        Cut.FIELD_REASON: 6,
        Cut.ACHIEVEMENT_REASON: 6,
    }
