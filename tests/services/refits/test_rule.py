"""When a refit may serve: enough, better, surely not worse, and its grades no less right."""

import pytest

from matchmaker.search.training.bootstrap import Interval
from matchmaker.services.refits.rule import judge_refit, too_few

BEFORE = {"ndcg_10": 0.700, "contest_score": 0.800}


@pytest.mark.parametrize(
    ("gain", "contest", "state"),
    [
        (Interval(0.020, 0.010, 0.030), 0.810, "promoted"),
        (Interval(0.020, -0.009, 0.050), 0.799, "promoted"),
        (Interval(0.004, 0.003, 0.005), 0.810, "refused"),
        (Interval(0.020, -0.011, 0.050), 0.810, "refused"),
        (Interval(0.020, 0.010, 0.030), 0.797, "refused"),
        (Interval(-0.100, -0.200, -0.010), 0.810, "refused"),
    ],
)
def test_refit_serves_only_if_better_and_surely_not_worse(gain: Interval, contest: float, state: str) -> None:
    outcome = judge_refit(BEFORE, {"ndcg_10": 0.7 + gain.mean, "contest_score": contest}, gain)
    assert (outcome.state, outcome.promotes) == (state, state == "promoted")


def test_refit_says_why_with_its_figures() -> None:
    outcome = judge_refit(BEFORE, {"ndcg_10": 0.72, "contest_score": 0.81}, Interval(0.02, -0.03, 0.05))
    assert outcome.why == (
        "没有启用：在没有学过的需求上，nDCG@10 平均提高 +0.020，"
        "但 95% 区间 -0.030 至 +0.050 低于 -0.010，可能只是碰巧。"
    )


def test_pairs_of_equal_grades_and_of_one_family_are_too_few() -> None:
    telling = {f"need {n}": {"a": 3, "b": 0, "c": 1, "d": 2} for n in range(5)}
    own = {need: need for need in telling}
    assert too_few(telling, own) is None
    assert too_few(telling, dict.fromkeys(telling, "one")) is not None
    assert too_few({need: {"a": 2, "b": 2, "c": 2, "d": 2} for need in telling}, own) is not None
    assert too_few({need: {"a": 3, "b": 0} for need in telling}, own) is not None
