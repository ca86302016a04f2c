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
from matchmaker.search.ordinal import Array, fit_ordinal
from matchmaker.search.ranker import Ranker
from matchmaker.search.training.additive import LEAST_SPREAD

# A pull towards the proportions below: likelihood over a few hundred held-out pairs would cost needs never seen their
# order.
RIDGE = 0.1
# Columns: additive score, tuned cosine and reading, of needs never seen and then of needs that were learned from.
ADDITIVE, TUNED_COSINE, READ, KNOWN = range(4)
# Found on the public contest's pairs, every need and pair predicted by networks that had not seen it: what each column
# weighs in spreads of the additive score. Needs never seen gain from a small part only.
PRIOR = np.array([[0.8, 0.2, 0.05], [0.4, 0.95, 0.25]])


@dataclass(frozen=True, slots=True)
class Held:
    """Held-out pairs: additive score, tuned cosine, the reader's number and whether the need was learned from, shape
    (n, 4), and grades, shape (n,)."""

    rows: Array
    grades: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Blend:
    """Weights of additive score, tuned cosine and reading, shape (2, 3): of needs never seen, of needs learned from;
    the new thresholds of grades 1 to 3, the centres of cosine and reading, and the line that estimates a reading from
    the sum of all other terms."""

    weights: Array
    thresholds: Array
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
    parts, known = held.rows[:, :KNOWN] - centres, held.rows[:, KNOWN]
    columns = np.concatenate([parts * (1 - known)[:, None], parts * known[:, None]], axis=1)
    spread = parts.std(axis=0).clip(LEAST_SPREAD)
    fit = fit_ordinal(columns / np.tile(spread, 2), held.grades, PRIOR.ravel() * spread[ADDITIVE], RIDGE)
    weights = (fit.weights / np.tile(spread, 2)).reshape(2, 3)
    own = weights[known.astype(int)]
    others = (parts * own)[:, :READ].sum(axis=1) - fit.thresholds[1]
    slope = max(0.0, float(np.cov(others, parts[:, READ])[0, 1] / max(others.var(), LEAST_SPREAD)))
    intercept = -slope * float(others.mean())
    return Blend(weights, fit.thresholds, float(centres[1]), float(centres[2]), slope, intercept)


def blended(weights: str, blend: Blend) -> str:
    """Return a weights file's text with all terms in the proportions of `blend`."""
    data: dict[str, Any] = json.loads(weights)
    (scale, tuned, reading), (known_scale, known_tuned, known_reading) = blend.weights.tolist()
    for row in data["similarities"].values():
        for part in (row, row.get("across", {})):
            part |= {"weight": round(part["weight"] * scale, 4)} if part else {}
    # What the base loses or gains by the other scale of known needs lies in their shifts.
    moved = (known_scale - scale) * data["base"]
    second = float(blend.thresholds[1])
    data |= {
        "base": round(scale * data["base"] - second, 4),
        "thresholds": {str(k): round(float(blend.thresholds[k - 1]) - second, 4) for k in (1, 2, 3)},
        "facets": {name: round(weight * scale, 4) for name, weight in data["facets"].items()},
        "known_factor": round(known_scale / max(scale, LEAST_SPREAD), 4),
        "history": {key: round(shift * known_scale + moved, 3) for key, shift in data["history"].items()},
        "tuned": _term(tuned, known_tuned, blend.tuned_centre),
        "reading": {
            **_term(reading, known_reading, blend.read_centre),
            "slope": round(blend.slope, 4),
            "intercept": round(blend.intercept, 4),
        },
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _term(unseen: float, seen: float, centre: float) -> dict[str, float]:
    return {"weight": round(unseen, 4), "known": round(seen, 4), "centre": round(centre, 4)}
