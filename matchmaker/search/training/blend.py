"""What the tuned model adds to the additive ranker, fitted where neither has learned: on held-out pairs and needs."""

import json

import numpy as np

from matchmaker.search.evaluate import Texts
from matchmaker.search.features import TUNED
from matchmaker.search.metrics import Qrels
from matchmaker.search.ordinal import Array, OrdinalFit, fit_ordinal
from matchmaker.search.ranker import Ranker
from matchmaker.search.training.additive import LEAST_SPREAD

# A pull towards the additive score alone, in its own spread: a handful of held-out pairs must not turn the order over.
RIDGE = 0.003
ADDITIVE, UNSEEN, SEEN = range(3)


def probe_weights(weights: str) -> str:
    """Return weights with a tuned term that only shows the cosine: it adds nothing."""
    return json.dumps({**json.loads(weights), "tuned": {"weight": 0.0, "known": 0.0, "centre": 0.0}})


def fit_blend(trial: Ranker, texts: Texts, seen: Qrels, unseen: Qrels) -> tuple[OrdinalFit, float]:
    """Return the weights of the additive score and of the tuned cosine (for needs never seen, for needs seen) with new
    thresholds, and the centre of the cosine.

    `trial` has `probe_weights` that were fitted without the pairs of `seen` and `unseen`.
    """
    rows, grades = [], []
    for known, qrels in ((True, seen), (False, unseen)):
        for query, row in qrels.items():
            scores = trial.score(texts.needs[query], [texts.documents[name] for name in row])
            cosines = [score.values[score.names.index(TUNED)] or 0.0 for score in scores]
            rows += [(score.score, cosine, known) for score, cosine in zip(scores, cosines, strict=True)]
            grades += list(row.values())
    table = np.array(rows, dtype=np.float64)
    centre = float(table[:, 1].mean())
    columns = _columns(table, centre)
    spread = columns.std(axis=0).clip(LEAST_SPREAD)
    prior = np.array([spread[ADDITIVE], 0.0, 0.0])
    fit = fit_ordinal(columns / spread, np.array(grades), prior, RIDGE)
    return OrdinalFit(fit.weights / spread, fit.thresholds), centre


def blended(weights: str, fit: OrdinalFit, centre: float) -> str:
    """Return a weights file's text with all terms in the proportions of `fit`."""
    data, scale = json.loads(weights), float(fit.weights[ADDITIVE])
    base = scale * data["base"] - float(fit.thresholds[1])
    for row in data["similarities"].values():
        for part in (row, row.get("across", {})):
            part |= {"weight": round(part["weight"] * scale, 4)} if part else {}
    data |= {
        "base": round(base, 4),
        "thresholds": {str(k): round(float(fit.thresholds[k - 1] - fit.thresholds[1]), 4) for k in (1, 2, 3)},
        "facets": {name: round(weight * scale, 4) for name, weight in data["facets"].items()},
        "history": {key: round(shift * scale, 3) for key, shift in data["history"].items()},
        "tuned": {
            "weight": round(float(fit.weights[UNSEEN]), 4),
            "known": round(float(fit.weights[SEEN]), 4),
            "centre": round(centre, 4),
        },
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _columns(table: Array, centre: float) -> Array:
    score, cosine, known = table.T
    return np.stack([score, (cosine - centre) * (1 - known), (cosine - centre) * known], axis=1)
