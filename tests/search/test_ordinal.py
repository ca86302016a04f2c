"""The cumulative logit model: shares, grades, and fits on scores whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import check_grad

from matchmaker.search.ordinal import (
    _Leaning,
    _loss,
    expected_grades,
    fit_ordinal,
    fit_scale,
    fit_shift,
    fit_shifts,
    median_grades,
    shares,
)

THRESHOLDS = np.array([-1.0, 0.5, 2.0])


def drawn(scores, seed=0):
    """Draw a grade for each score from the model itself."""
    lots = np.random.default_rng(seed).random(len(scores))
    return (np.cumsum(shares(scores, THRESHOLDS), axis=1) < lots[:, None]).sum(axis=1).clip(0, 3)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20))
def test_shares_are_probabilities_whose_mean_is_the_expected_grade(scores):
    found = shares(np.array(scores), THRESHOLDS)
    assert found.sum(axis=1) == pytest.approx(1)
    assert found.min() >= 0
    assert found @ np.arange(4) == pytest.approx(expected_grades(np.array(scores), THRESHOLDS))


def test_median_grade_passes_a_threshold_with_the_score():
    assert median_grades(np.array([-1.1, -1.0, 0.0, 0.5, 1.9, 2.0]), THRESHOLDS).tolist() == [0, 1, 1, 2, 2, 3]


def test_fit_finds_the_weights_and_thresholds_that_grades_were_drawn_from():
    columns = np.random.default_rng(1).normal(size=(6000, 3))
    grades = drawn(columns @ np.array([1.5, 0.5, 0.0]))
    fit = fit_ordinal(columns, grades, np.full(3, 0.5), 0.0)
    assert fit.weights == pytest.approx([1.5, 0.5, 0.0], abs=0.1)
    assert fit.thresholds == pytest.approx(THRESHOLDS, abs=0.15)


def test_fit_gives_no_weight_below_nothing_to_a_column_that_speaks_against():
    columns = np.random.default_rng(2).normal(size=(500, 1))
    assert fit_ordinal(columns, drawn(-2 * columns[:, 0]), np.ones(1), 0.0).weights.tolist() == [0.0]


def test_fit_stays_near_its_prior_under_a_strong_ridge():
    columns = np.random.default_rng(3).normal(size=(300, 2))
    fit = fit_ordinal(columns, drawn(3 * columns[:, 0]), np.array([0.2, 0.7]), 1e4)
    assert fit.weights == pytest.approx([0.2, 0.7], abs=1e-3)


def test_fit_of_one_grade_only_is_finite():
    fit = fit_ordinal(np.random.default_rng(4).normal(size=(20, 2)), np.full(20, 2), np.ones(2), 0.3)
    assert np.isfinite([*fit.weights, *fit.thresholds]).all()


def test_gradient_of_the_loss_is_its_slope():
    random = np.random.default_rng(5)
    columns, grades, offset = random.normal(size=(40, 2)), random.integers(0, 4, 40), random.normal(size=40)
    leaning = _Leaning(random.uniform(0.1, 2, 40), np.array([-0.5, 0.0, 0.2]), 0.3)
    rest = (columns, grades, np.array([0.3, 0.1]), 0.2, offset, leaning)
    at = np.array([0.7, 0.2, -1.0, 0.1, 0.3])
    assert check_grad(lambda v: _loss(v, *rest)[0], lambda v: _loss(v, *rest)[1], at) < 1e-5


def test_shift_follows_a_group_that_is_graded_higher_and_little_where_pairs_are_few():
    scores = np.zeros(200)
    many = fit_shift(scores, drawn(scores + 1.5), THRESHOLDS, 1.0)
    few = fit_shift(scores[:1], np.array([3]), THRESHOLDS, 0.1)
    assert (many, few) == (pytest.approx(1.5, abs=0.4), pytest.approx(0.0, abs=0.05))


def test_shifts_of_a_group_follow_each_grade_apart():
    """A group whose pairs reach grade 1 as often as any, but grade 3 never."""
    scores, grades = np.zeros(40), np.array([0, 1, 2, 2] * 10)
    one, two, three = fit_shifts(scores, grades, np.array([-1.0, 0.0, 1.0]), 1.0)
    assert (round(one, 1), round(two, 1), three < -1) == (0.1, 0.0, True)


def test_scale_of_scores_is_found_again():
    random = np.random.default_rng(0)
    scores, shifts = random.normal(size=4000), random.normal(size=(4000, 1)) * [0.5, 0.5, 0.5]
    latent = 2 * (scores + shifts[:, 0]) + random.logistic(size=4000)
    grades = np.digitize(latent, [-1.0, 0.5, 3.0])
    fit = fit_scale(scores, shifts, grades)
    assert fit.weights == pytest.approx([2.0], rel=0.08)
    assert fit.thresholds == pytest.approx([-1.0, 0.5, 3.0], abs=0.25)


def test_scale_never_turns_scores_round():
    scores = np.linspace(-1, 1, 60)
    assert fit_scale(scores, np.zeros((60, 3)), (scores < 0).astype(int) * 3).weights == pytest.approx([0.0])
