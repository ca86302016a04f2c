"""Fitting the additive ranker anew to what a site's people taught: weighted pairs, and often few of them.

Each similarity and each facet is scaled by one factor of 0 or more, drawn to 1; the thresholds are drawn to what they
were. The pull is that of training (see additive.py), and more of it the fewer pairs there are: PRIOR_PAIRS pairs of
full weight pull as strongly as the start does beside training's own ridge. What networks add stays as it is.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.evaluate import Texts
from matchmaker.search.facets import FACETS
from matchmaker.search.features import SIMILARITIES
from matchmaker.search.gauge import Gauge
from matchmaker.search.history import read_shifts
from matchmaker.search.metrics import Qrels
from matchmaker.search.ordinal import Array, Lean, OrdinalFit, fit_ordinal, fit_shift
from matchmaker.search.ranker import PairScore, Ranker
from matchmaker.search.statistics import load_statistics
from matchmaker.search.training.additive import RIDGE, SHIFT_SPREAD, TURNS, fitted

NAME = "learned"
TERMS = (*SIMILARITIES, *FACETS)
PRIOR_PAIRS = 300.0
THRESHOLD_RIDGE = 0.05
LEAST_SPREAD = 0.005
"""What a term must differ by between pairs, in log-odds: of one that says the same of all, nothing can be learned."""
LEAST_TOLD = 5
"""Pairs of one need below which nothing is kept of how high it is graded all over."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Taught:
    """How much each graded pair counts, in (0, 1], and by which key a need's shift is kept (see history.py); a need
    that has none here keeps no shift."""

    importance: Mapping[Pair, float]
    keys: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Told:
    """Pairs: the names of the m terms that are fitted, what each adds by the start's weights, shape (n, m), and all
    else of their scores but the base; grades, places of needs and importance, each of shape (n,)."""

    names: tuple[str, ...]
    added: Array
    fixed: Array
    grades: NDArray[np.int64]
    needs: NDArray[np.int64]
    importance: Array


def fit_taught(content: str, qrels: Qrels, texts: Texts, gauge: Gauge | None, provenance: str, taught: Taught) -> str:
    """Return a weights file's text fitted to graded pairs, drawn to another's (`content`).

    `gauge` is that of the model which the vectors are from, where it is not the weights' own.
    """
    data: dict[str, Any] = json.loads(content)
    told = _told(Ranker(content, load_statistics(), gauge), qrels, texts, taught)
    before = np.array([data["thresholds"][str(grade)] for grade in (1, 2, 3)]) - data["base"]
    fit, factors, shifts = _fit(told, before)
    data |= {
        "name": NAME,
        "provenance": provenance,
        **fitted(data, fit, factors),
        "facets": {name: round(weight * factors[name], 4) for name, weight in data["facets"].items()},
    }
    # A need in the history is one that networks have seen: no other may be put there.
    if "tuned" not in data and "reading" not in data:
        data["history"] = _history(data.get("history", {}), qrels, shifts, taught)
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _history(before: Mapping[str, Any], qrels: Qrels, shifts: list[float], taught: Taught) -> dict[str, Any]:
    found = dict(before)
    for (need, row), shift in zip(qrels.items(), shifts, strict=True):
        if need in taught.keys and len(row) >= LEAST_TOLD:
            key = taught.keys[need]
            found[key] = [round(each + shift, 3) for each in read_shifts(before.get(key, 0.0))]
    return found


def _fit(told: _Told, before: Array) -> tuple[OrdinalFit, dict[str, float], list[float]]:
    """Return thresholds, each term's factor and each need's shift, fitted by turns, as in additive.py."""
    spread = told.added.std(axis=0)
    columns, shifts = told.added / spread, np.zeros(told.needs.max() + 1)
    pull = 1 + PRIOR_PAIRS / float(told.importance.sum())
    lean = Lean(told.importance, before, THRESHOLD_RIDGE * pull)
    for _turn in range(TURNS):
        offset = told.fixed + shifts[told.needs]
        fit = fit_ordinal(columns, told.grades, spread, RIDGE * pull, offset, lean)
        scores = columns @ fit.weights + told.fixed
        for need in range(len(shifts)):
            own = told.needs == need
            shifts[need] = fit_shift(scores[own], told.grades[own], fit.thresholds, SHIFT_SPREAD, told.importance[own])
    factors = dict.fromkeys(TERMS, 1.0) | dict(zip(told.names, (fit.weights / spread).tolist(), strict=True))
    return fit, factors, shifts.tolist()


def _told(ranker: Ranker, qrels: Qrels, texts: Texts, taught: Taught) -> _Told:
    rows: list[PairScore] = []
    for query, row in qrels.items():
        others = [texts.documents[name] for name in row]
        rows += ranker.score(texts.needs[query], others, texts.read(query, row))
    known = [name for name in TERMS if name in rows[0].names]
    every = np.array([[row.contributions[row.names.index(name)] for name in known] for row in rows])
    telling = every.std(axis=0) > LEAST_SPREAD
    names, added = tuple(name for name, tells in zip(known, telling, strict=True) if tells), every[:, telling]
    fixed = np.array([row.score - row.contributions[-1] for row in rows]) - added.sum(axis=1)
    grades = np.array([grade for row in qrels.values() for grade in row.values()], dtype=np.int64)
    places = np.repeat(np.arange(len(qrels)), [len(row) for row in qrels.values()])
    importance = np.array([taught.importance[query, name] for query, row in qrels.items() for name in row])
    return _Told(names, added, fixed, grades, places, importance)
