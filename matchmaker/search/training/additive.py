"""Fitting the additive ranker: each similarity's weight on graded pairs, drawn to the weights that it starts from.

What unrelated texts share (centres and slopes) and the facets stay as they are: graded pairs of titles hold no
knowledge of them. No weight falls below 0, so a score never falls as two texts draw nearer.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.evaluate import Texts
from matchmaker.search.features import SIMILARITIES, features, setting
from matchmaker.search.gauge import Gauge
from matchmaker.search.history import Shifts, need_key
from matchmaker.search.metrics import Qrels
from matchmaker.search.ordinal import Array, OrdinalFit, fit_ordinal, fit_shift, fit_shifts
from matchmaker.search.weights import Weights, read_weights

NAME = "trained"
# Chosen on held-out families of needs: a weaker pull follows the noise of the labels, a stronger one learns nothing.
RIDGE = 0.3
LEAST_SPREAD = 1e-6
# Of needs' shifts, in log-odds; measured on held-out pairs it matters little between 0.5 and 2.
SHIFT_SPREAD = 1.0
TURNS = 4


@dataclass(frozen=True, slots=True)
class Judged:
    """Pairs with what each similarity adds by the weights to start from, shape (n, 8), their grades and the places of
    their needs, both of shape (n,)."""

    added: Array
    grades: NDArray[np.int64]
    needs: NDArray[np.int64]


def fit_additive(content: str, qrels: Qrels, texts: Texts, gauge: Gauge | None, provenance: str) -> str:
    """Return a weights file's text fitted to graded pairs, starting from another's (`content`).

    A weight changes by one factor in one script and across scripts, so what holds between them stays. `gauge` is that
    of the model which the vectors are from, where it is not the weights' own.
    """
    judged = _judged(read_weights(content), qrels, texts, gauge)
    fit, factors, shifts = _fit(judged)
    keys = [need_key(texts.needs[query].document) for query in qrels]
    data = json.loads(content)
    data |= {
        "name": NAME,
        "provenance": provenance,
        **fitted(data, fit, factors),
        "history": {key: [round(each, 3) for each in row] for key, row in zip(keys, shifts, strict=True)},
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _fit(judged: Judged) -> tuple[OrdinalFit, dict[str, float], list[Shifts]]:
    """Return thresholds, each similarity's factor and each need's shifts, fitted by turns.

    Needs differ in how high they are graded; were their shifts left out, the weights would follow that difference
    instead of the one between a need's own pairs.
    """
    spread = judged.added.std(axis=0).clip(LEAST_SPREAD)
    columns, shifts = judged.added / spread, np.zeros(judged.needs.max() + 1)
    for _turn in range(TURNS):
        fit = fit_ordinal(columns, judged.grades, spread, RIDGE, shifts[judged.needs])
        scores = columns @ fit.weights
        for need in range(len(shifts)):
            own = judged.needs == need
            shifts[need] = fit_shift(scores[own], judged.grades[own], fit.thresholds, SHIFT_SPREAD)
    own_shifts = [
        fit_shifts(scores[own], judged.grades[own], fit.thresholds, SHIFT_SPREAD)
        for own in (judged.needs == need for need in range(len(shifts)))
    ]
    return fit, dict(zip(SIMILARITIES, (fit.weights / spread).tolist(), strict=True)), own_shifts


def _judged(weights: Weights, qrels: Qrels, texts: Texts, gauge: Gauge | None) -> Judged:
    parts: list[Array] = []
    for query, row in qrels.items():
        need, others = texts.needs[query], [texts.documents[name] for name in row]
        added = weights.contributions(features(need, others), setting(need, others), gauge)
        parts.append(np.stack([added[name] for name in SIMILARITIES], axis=1))
    grades = np.array([grade for row in qrels.values() for grade in row.values()], dtype=np.int64)
    places = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return Judged(np.concatenate(parts), grades, places)


def fitted(data: Mapping[str, Any], fit: OrdinalFit, factors: Mapping[str, float]) -> dict[str, Any]:
    """Return what a fit changes of a weights file: base, thresholds, and each similarity by its factor."""
    base = -float(fit.thresholds[1])
    return {
        "base": round(base, 4),
        "thresholds": {str(k): round(float(fit.thresholds[k - 1]) + base, 4) for k in (1, 2, 3)},
        "similarities": {name: scaled(row, factors[name]) for name, row in data["similarities"].items()},
    }


def scaled(row: Mapping[str, Any], factor: float) -> dict[str, Any]:
    """Return a similarity of a weights file with another weight, in one script and across scripts alike."""
    made = {**row, "weight": round(row["weight"] * factor, 4)}
    if "across" in row:
        made["across"] = {**row["across"], "weight": round(row["across"]["weight"] * factor, 4)}
    return made
