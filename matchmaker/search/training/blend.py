"""What tuned model and pair reader add to the additive ranker, fitted where none of them has learned: on held-out pairs
and needs."""

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.evaluate import Texts
from matchmaker.search.features import READING, TUNED
from matchmaker.search.metrics import Qrels
from matchmaker.search.ordinal import Array, OrdinalFit, fit_ordinal
from matchmaker.search.ranker import Ranker
from matchmaker.search.training.additive import LEAST_SPREAD

# A pull towards the proportions below: likelihood over a few hundred held-out pairs would cost needs never seen their
# order.
RIDGE = 0.1
# Held-out pairs of one kind of needs, known or not, without which they are fitted with the others.
FEWEST = 20
# Columns: additive score, tuned cosine and reading, of needs never seen and then of needs that were learned from.
ADDITIVE, TUNED_COSINE, READ, KNOWN = range(4)
# Found on the public contest's pairs, every need and pair predicted by networks that had not seen it: what each column
# weighs in spreads of the additive score. Needs never seen gain from a small part of the tuned meaning only.
PRIOR = np.array([[0.8, 0.2, 0.0], [0.35, 0.75, 0.35]])


@dataclass(frozen=True, slots=True)
class Held:
    """Held-out pairs: additive score, tuned cosine, the reader's number and whether the need was learned from, shape
    (n, 4), and grades, shape (n,)."""

    rows: Array
    grades: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Blend:
    """Fits of additive score, tuned cosine and reading: for needs never seen, for needs learned from; the centres of
    cosine and reading, and the line that estimates a reading from the sum of all other terms."""

    unseen: OrdinalFit
    seen: OrdinalFit
    tuned_centre: float
    read_centre: float
    slope: float
    intercept: float


def probe_weights(weights: str) -> str:
    """Return weights with learned terms that only show their values: they add nothing."""
    nothing = {"weight": 0.0, "known": 0.0, "centre": 0.0}
    shown = {"tuned": nothing, "reading": {**nothing, "slope": 0.0, "intercept": 0.0}}
    return json.dumps({**json.loads(weights), **shown})


def held_pairs(trial: Ranker, texts: Texts, seen: Qrels, unseen: Qrels) -> Held:
    """Return held-out pairs as `trial` scores them; it has `probe_weights` fitted without them, `texts` have tuned
    vectors and readings."""
    rows, grades = [], []
    for known, qrels in ((True, seen), (False, unseen)):
        for query, row in qrels.items():
            scores = trial.score(texts.needs[query], [texts.documents[name] for name in row], texts.read(query, row))
            for score in scores:
                values = dict(zip(score.names, score.values, strict=True))
                rows.append((score.score, values[TUNED] or 0.0, values[READING] or 0.0, known))
            grades += list(row.values())
    return Held(np.array(rows, dtype=np.float64).reshape(-1, 4), np.array(grades, dtype=np.int64))


def fit_blend(held: Held) -> Blend:
    """Fit the proportions and, after them, how a reading is estimated."""
    centres = held.rows[:, :KNOWN].mean(axis=0) * np.array([0.0, 1.0, 1.0])
    columns, known = held.rows[:, :KNOWN] - centres, held.rows[:, KNOWN] > 0
    unseen, seen = (_fit(columns, held.grades, rows, prior) for rows, prior in zip((~known, known), PRIOR, strict=True))
    own = np.where(known[:, None], seen.weights, unseen.weights)
    second = np.where(known, seen.thresholds[1], unseen.thresholds[1])
    others = (columns * own)[:, :READ].sum(axis=1) - second
    slope = max(0.0, float(np.cov(others, columns[:, READ])[0, 1] / max(others.var(), LEAST_SPREAD)))
    intercept = -slope * float(others.mean())
    return Blend(unseen, seen, float(centres[1]), float(centres[2]), slope, intercept)


def _fit(columns: Array, grades: NDArray[np.int64], rows: NDArray[np.bool_], prior: Array) -> OrdinalFit:
    """Fit one kind of needs; where hardly a pair of it is held out, thresholds are those of all pairs."""
    chosen = rows if rows.sum() >= FEWEST else np.ones_like(rows)
    spread = columns[chosen].std(axis=0).clip(LEAST_SPREAD)
    fit = fit_ordinal(columns[chosen] / spread, grades[chosen], prior * spread[ADDITIVE], RIDGE)
    return OrdinalFit(fit.weights / spread, fit.thresholds)


def blended(weights: str, blend: Blend) -> str:
    """Return a weights file's text with all terms in the proportions of `blend`."""
    data: dict[str, Any] = json.loads(weights)
    (scale, tuned, reading), (known_scale, known_tuned, known_reading) = (
        fit.weights.tolist() for fit in (blend.unseen, blend.seen)
    )
    for row in data["similarities"].values():
        for part in (row, row.get("across", {})):
            part |= {"weight": round(part["weight"] * scale, 4)} if part else {}
    base, known_base = (
        factor * data["base"] - float(fit.thresholds[1])
        for factor, fit in ((scale, blend.unseen), (known_scale, blend.seen))
    )
    data |= {
        "base": round(base, 4),
        "thresholds": _thresholds(blend.unseen),
        "facets": {name: round(weight * scale, 4) for name, weight in data["facets"].items()},
        "known_factor": round(known_scale / max(scale, LEAST_SPREAD), 4),
        "known_thresholds": _thresholds(blend.seen),
        # The other base of known needs lies in their shifts.
        "history": {k: round(shift * known_scale + known_base - base, 3) for k, shift in data["history"].items()},
        "tuned": _term(tuned, known_tuned, blend.tuned_centre),
        "reading": {
            **_term(reading, known_reading, blend.read_centre),
            "slope": round(blend.slope, 4),
            "intercept": round(blend.intercept, 4),
        },
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _thresholds(fit: OrdinalFit) -> dict[str, float]:
    return {str(grade): round(float(fit.thresholds[grade - 1] - fit.thresholds[1]), 4) for grade in (1, 2, 3)}


def _term(unseen: float, seen: float, centre: float) -> dict[str, float]:
    return {"weight": round(unseen, 4), "known": round(seen, 4), "centre": round(centre, 4)}
