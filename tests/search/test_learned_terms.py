"""Terms that only trained weights have: history, tuned meaning and reading, and what known needs make of them."""

import json
from dataclasses import replace

import numpy as np
import pytest

from matchmaker.search.history import need_key
from matchmaker.search.ranker import Ranker, RankerError, default_weights
from matchmaker.search.statistics import load_statistics
from tests.prepared_listings import prepared

KNOWN, NEW = prepared("风机叶片前缘涂层", "耐风沙"), prepared("风机叶片前缘防护", "耐风沙")
ACHIEVEMENT = prepared("聚氨酯叶片防护漆", "耐沙粒冲蚀")
LEARNED = {
    "history": {need_key(KNOWN.document): 0.25},
    "known_factor": 0.5,
    "known_thresholds": {"1": -9.0, "2": 0.0, "3": 9.0},
    "tuned": {"weight": 1.0, "known": 4.0, "centre": 0.5},
    "reading": {"weight": 0.5, "known": 1.0, "centre": 0.2, "slope": 0.1, "intercept": 0.3},
}


def ranker(**changes):
    content = {**json.loads(default_weights()), **LEARNED, **changes}
    return Ranker(json.dumps(content), load_statistics())


def tuned(side, cosine):
    return replace(side, tuned_vector=np.array([cosine, (1 - cosine**2) ** 0.5], dtype=np.float32))


def terms(score):
    return {term.name: (term.value, term.contribution) for term in score.terms}


ALONG = tuned(ACHIEVEMENT, 1.0)


@pytest.mark.parametrize("need", [KNOWN, NEW])
@pytest.mark.parametrize("readings", [None, [None], [1.7]])
def test_learned_terms_add_up_to_the_score(need, readings):
    score = ranker().score(tuned(need, 0.9), [ALONG], readings)[0]
    assert sum(term.contribution for term in score.terms) == pytest.approx(score.score, abs=1e-9)


def test_learned_terms_weigh_by_whether_the_need_was_learned_from():
    for need, meaning, read in ((KNOWN, 4.0, 1.0), (NEW, 1.0, 0.5)):
        found = terms(ranker().score(tuned(need, 0.9), [ALONG], [1.2])[0])
        assert found["meaning_tuned"] == (pytest.approx(0.9, abs=1e-6), pytest.approx(meaning * 0.4, abs=1e-6))
        assert found["reading"] == (1.2, pytest.approx(read))


def test_similarities_count_less_for_needs_that_were_learned_from():
    plain = terms(Ranker(default_weights(), load_statistics()).score(KNOWN, [ACHIEVEMENT])[0])
    known, new = (terms(ranker().score(need, [ACHIEVEMENT])[0]) for need in (KNOWN, NEW))
    assert known["words_texts"][1] == pytest.approx(plain["words_texts"][1] / 2)
    assert (known["history"], new["history"]) == ((0.25, 0.25), (None, 0.0))


def test_grades_of_known_needs_have_their_own_thresholds():
    known, new = (ranker().score(need, [ACHIEVEMENT])[0] for need in (KNOWN, NEW))
    assert known.grades[3] == pytest.approx(1 / (1 + np.exp(9.0 - known.score)))
    assert new.grades[3] > known.grades[3]


def test_grades_of_a_known_need_follow_its_own_shifts():
    """Where grade 3 was given seldom, a pair needs a higher score for it; the score itself has the second shift."""
    key = need_key(KNOWN.document)
    plain, rarely = (
        ranker(history={key: shifts}).score(KNOWN, [ACHIEVEMENT])[0] for shifts in (0.25, [0.25, 0.25, -1.75])
    )
    assert (rarely.score, rarely.grades[0]) == (plain.score, plain.grades[0])
    assert rarely.grades[3] == pytest.approx(1 / (1 + np.exp(9.0 + 2.0 - rarely.score)))


def test_thresholds_of_a_known_need_never_cross():
    score = ranker(history={need_key(KNOWN.document): [-30.0, 0.0, 30.0]}).score(KNOWN, [ACHIEVEMENT])[0]
    assert (score.grades[1], score.grades[2]) == (0.0, 0.0)


def test_each_member_of_a_tuned_model_weighs_for_itself():
    rules = [{"weight": 2.0, "known": 0.0, "centre": 0.5}, {"weight": 0.0, "known": 3.0, "centre": 0.0}]
    both = np.array([0.6, 0.8, 1.0, 0.0], dtype=np.float32) / np.float32(2**0.5)
    achievement = replace(ACHIEVEMENT, tuned_vector=np.array([1, 0, 1, 0], np.float32) / np.float32(2**0.5))
    for need, added in ((KNOWN, 3.0), (NEW, 2 * (0.6 - 0.5))):
        found = terms(ranker(tuned=rules).score(replace(need, tuned_vector=both), [achievement])[0])
        assert found["meaning_tuned"] == (pytest.approx(0.8, abs=1e-6), pytest.approx(added, abs=1e-6))


def test_unread_pair_gets_what_reading_would_likely_say():
    score = ranker().score(tuned(NEW, 0.9), [ALONG])[0]
    value, added = terms(score)["reading"]
    others = score.score - added
    assert (value, added) == (None, pytest.approx(0.5 * (0.1 * others + 0.3)))


def test_either_direction_scores_a_pair_alike():
    one = ranker().score(tuned(KNOWN, 0.9), [ALONG], [0.4])[0]
    other = ranker().score_needs([tuned(KNOWN, 0.9)], ALONG, [0.4])[0]
    assert one.score == pytest.approx(other.score, abs=1e-9)


def test_side_without_a_tuned_vector_adds_nothing():
    assert terms(ranker().score(KNOWN, [ALONG])[0])["meaning_tuned"] == (None, 0.0)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"known_factor": -0.1}, "must not count against"),
        ({"tuned": {"weight": 1.0, "known": -1.0, "centre": 0.5}}, "must not count against"),
        ({"reading": {**LEARNED["reading"], "weight": -1.0}}, "must not count against"),
        ({"reading": {**LEARNED["reading"], "slope": -0.1}}, "must not fall"),
        ({"known_thresholds": {"1": -1.0, "2": 0.5, "3": 1.0}}, "threshold of grade 2 must be 0"),
        ({"reading": {"weight": 1.0}}, "not a ranker's weights"),
    ],
)
def test_weights_that_turn_a_learned_term_round_are_refused(changes, said):
    with pytest.raises(RankerError, match=said):
        ranker(**changes)
