"""How sure a gain is: intervals by drawing needs anew (Efron 1979)."""

from dataclasses import dataclass

import numpy as np

from matchmaker.search.metrics import Qrels, Results, ndcg

DRAWS = 2000
LEVEL = 95


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over needs and its 95 % interval."""

    mean: float
    low: float
    high: float


def gain_interval(qrels: Qrels, before: Results, after: Results, seed: int = 0) -> Interval:
    """Return what `after` gains on `before` in nDCG@10, the mean over needs that have a positive grade."""
    judged = {query: row for query, row in qrels.items() if any(row.values())}
    if not judged:
        return Interval(0.0, 0.0, 0.0)
    gains = np.array([ndcg({q: row}, after) - ndcg({q: row}, before) for q, row in judged.items()])
    random = np.random.default_rng(seed)
    means = gains[random.integers(0, len(gains), (DRAWS, len(gains)))].mean(axis=1)
    low, high = np.percentile(means, [(100 - LEVEL) / 2, (100 + LEVEL) / 2])
    return Interval(float(gains.mean()), float(low), float(high))
