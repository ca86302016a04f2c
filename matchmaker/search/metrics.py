"""Measures of a ranking against graded judgements, in the shapes of BEIR: {query id: {document id: grade or score}}."""

import math
from collections.abc import Mapping, Sequence

Qrels = Mapping[str, Mapping[str, int]]
Results = Mapping[str, Mapping[str, float]]
RECALL_DEPTHS = (1, 10, 50, 100)
NDCG_DEPTH = 10
MRR_DEPTH = 10


def ranked(scores: Mapping[str, float]) -> list[str]:
    """Return document ids best first; equal scores in the order of their ids, so that a run can be repeated."""
    return sorted(scores, key=lambda found: (-scores[found], found))


def ndcg(qrels: Qrels, results: Results, depth: int = NDCG_DEPTH) -> float:
    """nDCG with exponential gain 2^grade - 1, the mean over queries that have a positive grade (0 to 1)."""
    judged = {query: grades for query, grades in qrels.items() if any(grade > 0 for grade in grades.values())}
    return _mean([_ndcg(grades, ranked(results.get(query, {})), depth) for query, grades in judged.items()])


def recall(qrels: Qrels, results: Results, depth: int) -> float:
    """Share of relevant documents among the first `depth`, the mean over queries that have one (0 to 1)."""
    least = relevant_from(qrels)
    values = []
    for query, grades in qrels.items():
        relevant = {found for found, grade in grades.items() if grade >= least}
        if relevant:
            values.append(len(relevant & set(ranked(results.get(query, {}))[:depth])) / len(relevant))
    return _mean(values)


def mrr(qrels: Qrels, results: Results, depth: int = MRR_DEPTH) -> float:
    """Mean of 1 / place of the first relevant document, 0 where it is not among the first `depth`."""
    least = relevant_from(qrels)
    values = []
    for query, grades in qrels.items():
        if any(grade >= least for grade in grades.values()):
            first = ranked(results.get(query, {}))[:depth]
            places = (place for place, found in enumerate(first, start=1) if grades.get(found, 0) >= least)
            values.append(1 / next(places, math.inf))
    return _mean(values)


def relevant_from(qrels: Qrels) -> int:
    """The least grade that counts as relevant: 2 where grades go beyond 1, else 1."""
    return 2 if any(grade > 1 for grades in qrels.values() for grade in grades.values()) else 1


def calibration_error(probabilities: Sequence[float], outcomes: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error: the mean distance, over equal-width bins weighted by size, of mean probability from
    the share of true outcomes (0 to 1)."""
    sums = [[0.0, 0.0, 0.0] for _ in range(bins)]
    for probability, outcome in zip(probabilities, outcomes, strict=True):
        cell = sums[min(bins - 1, int(probability * bins))]
        cell[0] += 1
        cell[1] += probability
        cell[2] += outcome
    total = max(1, len(probabilities))
    return sum(abs(expected - seen) for _, expected, seen in sums) / total


def _ndcg(grades: Mapping[str, int], order: Sequence[str], depth: int) -> float:
    gains = [grades.get(found, 0) for found in order[:depth]]
    return _dcg(gains) / _dcg(sorted(grades.values(), reverse=True)[:depth])


def _dcg(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
