"""The blend of additive score, tuned meaning and reading, on invented columns."""

import json

import numpy as np
import pytest

from matchmaker.search.ranker import default_weights
from matchmaker.search.training.blend import Held, blended, fit_blend, proportions
from matchmaker.search.weights import read_weights

KEY = "0" * 16


@pytest.fixture(scope="module")
def held():
    """Half of the pairs of known needs, all columns telling the same of the grades."""
    random = np.random.default_rng(1)
    truth = random.normal(size=(800, 1))
    rows = truth * [2.0, 0.05, 0.05, 0.1, 0.1, 1.0] + random.normal(size=(800, 6)) * [1.0, 0.03, 0.03, 0.05, 0.05, 0.5]
    grades = np.digitize(truth[:, 0] + random.logistic(size=800) / 2, [-0.5, 0.5, 1.5])
    return Held(rows, np.zeros((800, 3)), np.arange(800) % 2 == 0, grades)


def test_columns_weigh_in_proportion_to_their_spreads(held):
    blend = fit_blend(held)
    for part, known, wanted in zip((blend.unseen, blend.seen), (False, True), proportions(), strict=True):
        weighed = part.weights * held.rows[held.known == known].std(axis=0)
        assert weighed / weighed[0] == pytest.approx(wanted / wanted[0])


def test_needs_never_seen_are_not_ranked_by_what_was_learned_by_heart(held):
    unseen, seen = fit_blend(held).unseen.weights, fit_blend(held).seen.weights
    assert (unseen[-3:].tolist(), (seen > 0).all()) == ([0.0, 0.0, 0.0], True)


def test_blended_weights_can_be_read_and_keep_each_needs_shifts(held):
    start = {**json.loads(default_weights()), "history": {KEY: [0.5, 0.0, -1.0]}}
    blend = fit_blend(held)
    weights = read_weights(blended(json.dumps(start), blend))
    one, two, three = weights.history[KEY]
    assert len(weights.tuned) == 4
    assert (one - two, two - three) == pytest.approx((0.5 * blend.seen.shift, blend.seen.shift), abs=2e-3)


def test_kind_of_needs_with_hardly_a_pair_is_fitted_with_the_others(held):
    few = Held(held.rows[:30], held.shifts[:30], np.arange(30) < 29, held.grades[:30])
    assert (fit_blend(few).unseen.weights[0] > 0, np.isfinite(fit_blend(few).unseen.thresholds).all()) == (True, True)
