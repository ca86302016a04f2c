"""Evaluation of the site's own ranking on a tiny invented data set."""

import json

import pytest

from matchmaker.search.beir import Dataset, TextRow
from matchmaker.search.evaluate import evaluate
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.search.ranker import default_ranker

QUERIES = {
    "q1": TextRow("q1", "高温含尘煤气除尘", "需要陶瓷滤管在高温下长期除尘。"),
    "q2": TextRow("q2", "驼乳低温杀菌", "保持活性的除菌工艺。"),
}
CORPUS = {
    "a": TextRow("a", "陶瓷 滤管 高温 除尘 器", ""),
    "b": TextRow("b", "烟气 除尘 布袋", ""),
    "c": TextRow("c", "驼乳 膜 除菌 工艺", ""),
    "d": TextRow("d", "葡萄 采摘 机器人", ""),
}
DATA = Dataset(QUERIES, CORPUS, {"q1": {"a": 3, "b": 1, "d": 0}, "q2": {"c": 2, "d": 0}})


def run(mode):
    said = []
    report = evaluate(DATA, "dev", mode, HashingEncoder(), default_ranker(), lambda *row: said.append(row))
    return report, said


@pytest.mark.parametrize("mode", ["judged", "corpus"])
def test_good_answers_come_first(mode):
    report, _ = run(mode)
    assert (report.ndcg_10, report.recall[1], report.mrr_10) == (1.0, 1.0, 1.0)


def test_judged_mode_ranks_the_judged_documents_only():
    report, _ = run("judged")
    assert {query: set(row) for query, row in report.results.items()} == {"q1": {"a", "b", "d"}, "q2": {"c", "d"}}


def test_corpus_mode_ranks_what_both_legs_find():
    report, _ = run("corpus")
    assert {query: set(row) for query, row in report.results.items()} == {"q1": set(CORPUS), "q2": set(CORPUS)}


def test_modes_score_a_pair_alike():
    judged, corpus = run("judged")[0], run("corpus")[0]
    assert judged.results["q1"]["a"] == pytest.approx(corpus.results["q1"]["a"], abs=1e-9)


def test_calibration_is_measured_on_judged_documents_only():
    assert (run("judged")[0].calibration is not None, run("corpus")[0].calibration) == (True, None)


def test_report_has_a_text_and_a_json_form():
    report, said = run("judged")
    figures = json.loads(report.to_json())
    assert (figures["ndcg_10"], figures["recall"]["10"], figures["queries"], figures["pairs"]) == (1.0, 1.0, 2, 5)
    assert [line.split()[0] for line in report.lines()][2:4] == ["nDCG@10", "Recall@1"]
    assert ({row[0] for row in said}, said[-1][1] == said[-1][2]) == ({"queries", "documents"}, True)
