"""Fitting to what people taught: few pairs change little, many do, light ones hardly, and hidden shifts stay out."""

import json
from collections.abc import Mapping

import numpy as np
import pytest

from matchmaker.search.beir import TextRow
from matchmaker.search.evaluate import Texts, prepare_rows, rank_judged
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.search.metrics import ndcg
from matchmaker.search.ranker import Ranker, default_ranker, default_weights
from matchmaker.search.rankers import gauge_for, ranker_for
from matchmaker.search.statistics import load_statistics
from matchmaker.search.training.judgements import Grades
from matchmaker.search.training.taught import LEAST_TOLD, Taught, fit_taught

WORDS = "叶片除冰涂层棉秆还田机械骆驼奶冻干工艺盐碱地改良菌剂葡萄藤埋土矿井瓦斯监测光伏板清洗番茄皮渣提取油田回注水处理"

GAUGE = gauge_for(HashingEncoder())


@pytest.fixture(scope="module")
def market() -> tuple[Texts, Grades]:
    """Needs whose people want what is near in the text, whatever the title says; six offers each."""
    random, encoder, say = np.random.default_rng(3), HashingEncoder(), lambda *_: None
    needs, offers, grades = [], [], {}
    for number in range(24):
        title = "".join(random.choice(list(WORDS), 8))
        needs.append(TextRow(f"n{number}", title, "".join(random.choice(list(WORDS), 30))))
        row = {}
        for place in range(6):
            kept = int(random.integers(0, 9))
            heading = title[:kept] + "".join(random.choice(list(WORDS), 8 - kept))
            told = int(random.integers(0, 31))
            text = needs[-1].text[:told] + "".join(random.choice(list(WORDS), 30 - told))
            offers.append(TextRow(f"a{number}-{place}", heading, text))
            row[offers[-1].id] = min(3, told // 8)
        grades[f"n{number}"] = row
    ranker = ranker_for(encoder)
    return Texts(
        prepare_rows(needs, encoder, ranker, "needs", say), prepare_rows(offers, encoder, ranker, "offers", say)
    ), grades


def _fit(texts: Texts, grades: Grades, weight: float = 1.0, keys: Mapping[str, str] | None = None) -> dict[str, object]:
    importance = {(need, name): weight for need, row in grades.items() for name in row}
    found: dict[str, object] = json.loads(
        fit_taught(default_weights(), grades, texts, GAUGE, "test", Taught(importance, keys or {}))
    )
    return found


def _gain(texts: Texts, grades: Grades, weights: dict[str, object]) -> float:
    fitted = Ranker(json.dumps(weights), load_statistics(), GAUGE)
    before, after = (rank_judged(grades, texts, ranker)[0] for ranker in (default_ranker(GAUGE), fitted))
    return ndcg(grades, after) - ndcg(grades, before)


def _moved(texts: Texts, grades: Grades, weights: dict[str, object]) -> float:
    """How far scores moved against one another, in log-odds, as a standard deviation."""
    fitted = Ranker(json.dumps({**weights, "history": {}}), load_statistics(), GAUGE)
    before, after = (rank_judged(grades, texts, ranker)[1] for ranker in (default_ranker(GAUGE), fitted))
    return float(np.std([after[pair].score - before[pair].score for pair in before]))


def test_fit_follows_the_taste_of_many_pairs_on_needs_that_it_never_saw(market: tuple[Texts, Grades]) -> None:
    texts, grades = market
    learned = {need: row for need, row in grades.items() if int(need[1:]) < 16}
    rest = {need: row for need, row in grades.items() if need not in learned}
    assert _gain(texts, rest, _fit(texts, learned)) > 0.03


def test_thirty_pairs_and_light_ones_change_little(market: tuple[Texts, Grades]) -> None:
    texts, grades = market
    few, many, light = (
        _moved(texts, grades, fitted)
        for fitted in (
            _fit(texts, {need: grades[need] for need in ("n0", "n1", "n2", "n3", "n4")}),
            _fit(texts, grades),
            _fit(texts, grades, weight=0.02),
        )
    )
    assert light < few < many
    assert few < 0.6 * many


def test_shift_of_a_need_is_kept_only_by_a_key_and_from_enough_pairs(market: tuple[Texts, Grades]) -> None:
    texts, grades = market
    some = {"n0": grades["n0"], "n1": dict(list(grades["n1"].items())[: LEAST_TOLD - 1]), "n2": grades["n2"]}
    found = _fit(texts, some, keys={"n0": "0" * 16, "n1": "1" * 16})
    assert list(found["history"]) == ["0" * 16]  # type: ignore[call-overload]


def test_scores_of_a_fitted_ranker_are_the_sums_of_their_terms(market: tuple[Texts, Grades]) -> None:
    texts, grades = market
    ranker = Ranker(json.dumps(_fit(texts, grades)), load_statistics(), GAUGE)
    assert ranker.version.startswith("learned-")
    for score in rank_judged(grades, texts, ranker)[1].values():
        assert sum(term.contribution for term in score.terms) == pytest.approx(score.score, abs=1e-6)
