"""How well predicted grades agree with those that professionals gave."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

Tables = NDArray[np.float64]

LEVELS = 4


RESAMPLES = 400
COVERED = (2.5, 97.5)
"""Percentiles of the resamples that an interval lies between: 95 of 100."""


@dataclass(frozen=True, slots=True)
class Kappa:
    """Quadratic weighted kappa of several people over the same pairs, with an interval by resampling the pairs."""

    value: float
    low: float
    high: float
    pairs: int


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
    return float(_kappas(table))


def measure_kappa(given: Sequence[Sequence[int]], *, ordered: bool) -> Kappa:
    """Return how far people agree, from the grades of each pair that two or more have graded.

    `ordered`: each holds the grades of the same two people in the same order, and how generous either is on the whole
    counts as chance; else any two of a pair count both ways, whoever they are. Raises ValueError for no pair.
    """
    if not given:
        raise ValueError("no pair was graded twice")
    # Pairs that were graded alike are one kind: a resample is how often each kind is drawn.
    kinds = Counter(tuple(grades) for grades in given)
    tables = np.stack([_table(grades, ordered=ordered) for grades in kinds])
    counts = np.array(list(kinds.values()), dtype=np.float64)
    drawn = np.random.default_rng(0).multinomial(len(given), counts / len(given), size=RESAMPLES)
    low, high = np.percentile(_kappas(np.tensordot(drawn, tables, axes=1)), COVERED)
    value = float(_kappas(np.tensordot(counts, tables, axes=1)))
    return Kappa(value, float(low), float(high), len(given))


def _table(grades: Sequence[int], *, ordered: bool) -> Tables:
    """One pair's grades against one another; it weighs the same however many have graded it."""
    table = np.zeros((LEVELS, LEVELS))
    couples = [(grades[0], grades[1])] if ordered else list(permutations(grades, 2))
    for couple in couples:
        table[couple] += 1 / len(couples)
    return table


def _kappas(tables: Tables) -> Tables:
    """Cohen's kappa of tables of counts, the last two axes of an array; 0 where either side has one grade only."""
    apart = np.subtract.outer(np.arange(LEVELS), np.arange(LEVELS)) ** 2.0
    rows, columns = tables.sum(axis=-1), tables.sum(axis=-2)
    chance = (rows[..., :, None] * columns[..., None, :] * apart).sum(axis=(-2, -1)) / tables.sum(axis=(-2, -1))
    said = (tables * apart).sum(axis=(-2, -1))
    is_told = ((rows > 0).sum(axis=-1) > 1) & ((columns > 0).sum(axis=-1) > 1)
    return np.where(is_told, 1 - said / np.where(is_told, chance, 1.0), 0.0)


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
