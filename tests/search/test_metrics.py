"""Measures of a ranking, by hand and by their bounds."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.search.metrics import calibration_error, mrr, ndcg, ranked, recall, relevant_from

QRELS = {"q": {"a": 3, "b": 2, "c": 1, "d": 0}}


def run(order):
    return {"q": {found: float(-place) for place, found in enumerate(order)}}


def test_ndcg_of_the_ideal_order_is_one():
    assert ndcg(QRELS, run("abcd")) == 1.0


def test_ndcg_uses_the_exponential_gain():
    ideal = 7 + 3 / math.log2(3) + 1 / math.log2(4)
    reversed_order = 0 + 1 / math.log2(3) + 3 / math.log2(4) + 7 / math.log2(5)
    assert ndcg(QRELS, run("dcba")) == pytest.approx(reversed_order / ideal)


def test_ndcg_looks_no_deeper_than_asked():
    assert ndcg(QRELS, run("dabc"), depth=1) == 0.0


def test_ndcg_leaves_out_queries_without_a_positive_grade():
    assert ndcg(QRELS | {"none": {"a": 0}}, run("abcd")) == 1.0


def test_ndcg_counts_a_query_that_was_not_answered_as_nothing():
    assert ndcg(QRELS | {"silent": {"a": 1}}, run("abcd")) == 0.5


def test_ndcg_gives_unjudged_documents_no_gain():
    assert ndcg({"q": {"a": 1}}, run("xa")) == pytest.approx(1 / math.log2(3))


def test_recall_and_mrr_take_grade_two_as_relevant_where_grades_go_beyond_one():
    assert (relevant_from(QRELS), recall(QRELS, run("acbd"), 1), mrr(QRELS, run("cbad"))) == (2, 0.5, 0.5)


def test_recall_and_mrr_take_grade_one_as_relevant_where_there_is_no_other():
    plain = {"q": {"a": 1, "b": 0}}
    assert (relevant_from(plain), recall(plain, run("ba"), 1), mrr(plain, run("ba"))) == (1, 0.0, 0.5)


def test_mrr_is_nothing_beyond_its_depth():
    assert mrr({"q": {"k": 1}}, run("abcdefghijk")) == 0.0


def test_equal_scores_are_ordered_by_id():
    assert ranked({"b": 1.0, "a": 1.0, "c": 2.0}) == ["c", "a", "b"]


def test_measures_of_nothing_are_nothing():
    assert (ndcg({}, {}), recall({}, {}, 10), mrr({}, {}), calibration_error([], [])) == (0.0, 0.0, 0.0, 0.0)


def test_calibration_error_is_the_distance_of_promise_from_outcome():
    assert calibration_error([0.9, 0.9, 0.9, 0.9], [True, True, False, False]) == pytest.approx(0.4)


def test_calibration_error_of_a_kept_promise_is_nothing():
    assert calibration_error([0.25] * 4 + [1.0], [True, False, False, False, True]) == 0.0


IDS = st.sampled_from("abcdefghijklmnop")
GRADES = st.dictionaries(IDS, st.integers(0, 3), min_size=1)
SCORES = st.dictionaries(IDS, st.floats(-5, 5))


@given(GRADES, SCORES)
def test_measures_lie_between_nothing_and_one(grades, scores):
    qrels, results = {"q": grades}, {"q": scores}
    values = [ndcg(qrels, results), mrr(qrels, results), *(recall(qrels, results, depth) for depth in (1, 10, 100))]
    assert [value for value in values if not 0 <= value <= 1 + 1e-12] == []


@given(GRADES)
def test_ranking_by_grade_is_ideal(grades):
    expected = 1.0 if any(grades.values()) else 0.0
    assert ndcg({"q": grades}, {"q": {found: float(grade) for found, grade in grades.items()}}) == pytest.approx(
        expected
    )


@given(GRADES, SCORES)
def test_deeper_recall_is_no_less(grades, scores):
    values = [recall({"q": grades}, {"q": scores}, depth) for depth in (1, 2, 5, 10)]
    assert values == sorted(values)
