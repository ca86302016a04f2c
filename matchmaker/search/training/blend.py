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

# A pull towards the proportions below: a handful of held-out pairs must not turn the order over.
RIDGE = 0.02
ADDITIVE, TUNED_UNSEEN, TUNED_SEEN, READ_UNSEEN, READ_SEEN = range(5)
# Found on the public contest's pairs, every need and pair predicted by models that had not seen it: what each column
# weighs in spreads of the additive score. Needs never seen gain from a small part only.
PRIOR = (0.8, 0.15, 0.5, 0.15, 0.5)


@dataclass(frozen=True, slots=True)
class Held:
    """Held-out pairs: additive score, tuned cosine, the reader's number and whether the need was learned from, shape
    (n, 4), and grades, shape (n,)."""

    rows: Array
    grades: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Blend:
    """Weights of the five columns with new thresholds, the centres of cosine and reading, and the line that estimates
    a reading from the sum of all other terms."""

    fit: OrdinalFit
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
    score, cosine, reading, known = held.rows.T
    tuned_centre, read_centre = float(cosine.mean()), float(reading.mean())
    cosine, reading = cosine - tuned_centre, reading - read_centre
    unseen = 1 - known
    columns = np.stack([score, cosine * unseen, cosine * known, reading * unseen, reading * known], axis=1)
    of_score, of_cosine, of_reading = (float(max(each.std(), LEAST_SPREAD)) for each in (score, cosine, reading))
    spread = np.array([of_score, of_cosine, of_cosine, of_reading, of_reading])
    fit = fit_ordinal(columns / spread, held.grades, np.array(PRIOR) * of_score, RIDGE)
    weights = fit.weights / spread
    others = columns[:, :READ_UNSEEN] @ weights[:READ_UNSEEN] - fit.thresholds[1]
    slope = max(0.0, float(np.cov(others, reading)[0, 1] / max(others.var(), LEAST_SPREAD)))
    intercept = -slope * float(others.mean())
    return Blend(OrdinalFit(weights, fit.thresholds), tuned_centre, read_centre, slope, intercept)


def blended(weights: str, blend: Blend) -> str:
    """Return a weights file's text with all terms in the proportions of `blend`."""
    data: dict[str, Any] = json.loads(weights)
    by_column, thresholds = blend.fit.weights, blend.fit.thresholds
    scale = float(by_column[ADDITIVE])
    for row in data["similarities"].values():
        for part in (row, row.get("across", {})):
            part |= {"weight": round(part["weight"] * scale, 4)} if part else {}
    data |= {
        "base": round(scale * data["base"] - float(thresholds[1]), 4),
        "thresholds": {str(k): round(float(thresholds[k - 1] - thresholds[1]), 4) for k in (1, 2, 3)},
        "facets": {name: round(weight * scale, 4) for name, weight in data["facets"].items()},
        "history": {key: round(shift * scale, 3) for key, shift in data["history"].items()},
        "tuned": _term(by_column[TUNED_UNSEEN], by_column[TUNED_SEEN], blend.tuned_centre),
        "reading": {
            **_term(by_column[READ_UNSEEN], by_column[READ_SEEN], blend.read_centre),
            "slope": round(blend.slope, 4),
            "intercept": round(blend.intercept, 4),
        },
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _term(unseen: float, seen: float, centre: float) -> dict[str, float]:
    return {"weight": round(float(unseen), 4), "known": round(float(seen), 4), "centre": round(centre, 4)}
