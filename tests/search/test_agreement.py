"""Agreement of predicted with given grades, by hand."""

import pytest

from matchmaker.search.agreement import (
    contest_score,
    mean_spearman,
    measure_agreement,
    measure_kappa,
    quadratic_kappa,
)


def test_contest_score_is_one_over_one_plus_the_mean_error():
    assert contest_score([0, 3, 1, 2], [1, 3, 3, 2]) == 1 / (1 + 3 / 4)


def test_kappa_is_one_for_equal_and_minus_one_for_opposite_grades():
    assert (quadratic_kappa([0, 1, 2, 3], [0, 1, 2, 3]), quadratic_kappa([0, 3], [3, 0])) == (1.0, -1.0)


def test_kappa_counts_a_far_error_more_than_a_near_one():
    assert quadratic_kappa([0, 1, 2, 2], [0, 1, 2, 3]) > quadratic_kappa([0, 1, 2, 0], [0, 1, 2, 3])


def test_kappa_of_one_grade_only_is_nothing():
    assert quadratic_kappa([1, 1], [0, 3]) == 0.0


def test_spearman_is_taken_within_each_need():
    qrels = {"a": {"x": 0, "y": 3}, "b": {"x": 3, "y": 0}, "same": {"x": 1, "y": 1}}
    expected = {("a", "x"): 0.1, ("a", "y"): 0.2, ("b", "x"): 2.9, ("b", "y"): 2.8, ("same", "x"): 0, ("same", "y"): 1}
    assert mean_spearman(qrels, expected) == pytest.approx(1.0)


def test_spearman_of_equal_guesses_is_nothing():
    assert mean_spearman({"a": {"x": 0, "y": 3}}, {("a", "x"): 1.0, ("a", "y"): 1.0}) == 0.0


def test_measure_agreement_joins_all_three():
    qrels = {"q": {"x": 0, "y": 3}}
    found = measure_agreement(qrels, {("q", "x"): 0, ("q", "y"): 2}, {("q", "x"): 0.2, ("q", "y"): 2.2})
    assert (found.contest_score, found.spearman) == (pytest.approx(2 / 3), pytest.approx(1.0))


def test_kappa_of_people_lies_within_its_interval_and_narrows_with_more_pairs():
    couples = [(0, 0), (1, 2), (3, 3), (2, 2), (0, 1), (3, 2)]
    few, many = measure_kappa(couples * 2, ordered=True), measure_kappa(couples * 20, ordered=True)
    assert (few.value, few.pairs) == (pytest.approx(quadratic_kappa(*zip(*couples, strict=True))), 12)
    assert few.low < many.low < many.value < many.high < few.high


def test_kappa_of_three_people_is_the_same_whoever_comes_first():
    one = measure_kappa([(0, 1, 3), (2, 2, 2), (1, 0, 0), (3, 3, 2)], ordered=False)
    other = measure_kappa([(3, 0, 1), (2, 2, 2), (0, 1, 0), (2, 3, 3)], ordered=False)
    assert one.value == pytest.approx(other.value)


def test_kappa_of_nothing_is_refused():
    with pytest.raises(ValueError, match="graded twice"):
        measure_kappa([], ordered=True)
