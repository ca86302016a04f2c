"""How well predicted grades agree with those that professionals gave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

LEVELS = 4


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement over all judged pairs.

    `contest_score` is 1 / (1 + mean absolute error) of whole grades (CCF BDCI 2019); `kappa` Cohen's with quadratic
    weights; `spearman` the mean over needs of the rank correlation of expected with given grades, of those needs that
    have two different grades.
    """

    contest_score: float
    kappa: float
    spearman: float


def measure_agreement(
    qrels: Mapping[str, Mapping[str, int]],
    grades: Mapping[tuple[str, str], int],
    expected: Mapping[tuple[str, str], float],
) -> Agreement:
    """Compare predictions, by (need id, achievement id), with the judgements of every pair."""
    pairs = [(query, document) for query, row in qrels.items() for document in row]
    given = [qrels[query][document] for query, document in pairs]
    predicted = [grades[pair] for pair in pairs]
    return Agreement(contest_score(predicted, given), quadratic_kappa(predicted, given), mean_spearman(qrels, expected))


def contest_score(predicted: Sequence[int], given: Sequence[int]) -> float:
    """Return 1 / (1 + mean absolute error), 0.25 to 1."""
    return float(1 / (1 + np.abs(np.subtract(predicted, given)).mean()))


def quadratic_kappa(predicted: Sequence[int], given: Sequence[int]) -> float:
    """Return Cohen's kappa with quadratic weights, -1 to 1; 0 where either side has one grade only (Cohen 1968)."""
    table = np.zeros((LEVELS, LEVELS))
    np.add.at(table, (np.asarray(predicted), np.asarray(given)), 1)
    apart = np.subtract.outer(np.arange(LEVELS), np.arange(LEVELS)) ** 2.0
    chance = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    if min((table.sum(axis=0) > 0).sum(), (table.sum(axis=1) > 0).sum()) < 2:
        return 0.0
    return float(1 - (apart * table).sum() / (apart * chance).sum())


def mean_spearman(qrels: Mapping[str, Mapping[str, int]], expected: Mapping[tuple[str, str], float]) -> float:
    """Return the mean rank correlation within needs (ties share their mean rank), -1 to 1; 0 without such a need."""
    from scipy.stats import rankdata

    found = []
    for query, row in qrels.items():
        given, guessed = list(row.values()), [expected[query, document] for document in row]
        if len(set(given)) > 1:
            constant = len(set(guessed)) == 1
            found.append(0.0 if constant else float(np.corrcoef(rankdata(given), rankdata(guessed))[0, 1]))
    return sum(found) / len(found) if found else 0.0
