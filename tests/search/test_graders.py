"""Graders that are invented, and whether the estimate finds out what they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.search.graders import NEWCOMER, estimate_graders, reliability
from scripts.simulate_graders import graded

seeds = st.integers(0, 10_000)


@given(seeds)
@settings(max_examples=12, deadline=None)
def test_a_random_and_a_spiteful_grader_weigh_next_to_nothing(seed: int):
    found = estimate_graders(graded(["honest"] * 4 + ["random", "spiteful"], 300, seed))
    assert max(found[4].reliability, found[5].reliability) < 0.2
    assert min(found[grader].reliability for grader in range(4)) > 0.45


@given(seeds)
@settings(max_examples=12, deadline=None)
def test_two_spiteful_graders_do_not_carry_each_other_against_five(seed: int):
    found = estimate_graders(graded(["honest"] * 5 + ["spiteful"] * 2, 200, seed))
    assert [found[grader].reliability for grader in (5, 6)] == [0.0, 0.0]
    assert min(found[grader].reliability for grader in range(5)) > 0.4


@given(seeds)
@settings(max_examples=12, deadline=None)
def test_a_merely_harsh_grader_keeps_most_of_his_weight(seed: int):
    found = estimate_graders(graded(["honest"] * 4 + ["harsh"], 300, seed))
    honest = sum(found[grader].reliability for grader in range(4)) / 4
    assert found[4].reliability > 0.65 * honest
    assert found[4].shift < -0.25


@given(seeds)
@settings(max_examples=12, deadline=None)
def test_a_noisy_grader_weighs_less_than_a_good_one(seed: int):
    found = estimate_graders(graded(["honest"] * 4 + ["noisy"], 600, seed))
    assert 0.1 < found[4].reliability < min(found[grader].reliability for grader in range(4))


def test_who_always_says_the_same_weighs_next_to_nothing():
    assert estimate_graders(graded(["honest"] * 4 + ["idle"], 200, 1))[4].reliability < 0.1


def test_nobody_is_judged_by_pairs_that_nobody_else_graded():
    alone = [(pair, 1, pair % 4) for pair in range(50)]
    found = estimate_graders([*alone, ("shared", 2, 1), ("shared", 3, 1)])
    assert (found[1].reliability, found[1].shift, found[1].shared) == (pytest.approx(NEWCOMER), 0.0, 0)


def test_few_pairs_move_a_newcomer_little():
    found = estimate_graders([("a", 1, 3), ("a", 2, 0), ("b", 1, 0), ("b", 2, 3)])
    assert all(0.2 < grader.reliability < 0.5 for grader in found.values())


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_the_order_of_what_was_said_makes_no_difference(seed: int):
    rows = graded(["honest", "honest", "noisy"], 40, seed)
    assert estimate_graders(rows) == estimate_graders(rows[::-1])


def test_who_means_the_opposite_is_not_relied_on_however_steadily():
    assert (reliability(-1.0, 0.2), reliability(1.0, 1.0)) == (0.0, 0.5)


def test_nobody_has_graded():
    assert estimate_graders([]) == {}
