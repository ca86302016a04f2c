"""Calibrate the default ranker on graded pairs: `fit_ranker.py DIR [SPLIT]` writes matchmaker/search/weights.json.

The proportions between the features are fixed by hand (PROPORTIONS, FACETS) and nothing about the order of pairs is
learned. What is fitted: one scale for all similarities and three thresholds, by maximum likelihood of the cumulative
logit model (McCullagh 1980), so that a score is the log-odds of grade 2 or better.
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

from matchmaker.config import load_settings
from matchmaker.search.beir import Dataset, read_dataset
from matchmaker.search.encoder import load_encoder
from matchmaker.search.evaluate import prepare_rows
from matchmaker.search.features import SIMILARITIES, features
from matchmaker.search.prepared import Prepared
from matchmaker.search.ranker import default_ranker

TARGET = Path(__file__).parents[1] / "matchmaker" / "search" / "weights.json"
# In standard deviations over judged pairs; the two texts of a side share the weight of one similarity.
PROPORTIONS = {
    "meaning_title_title": 0.5,
    "meaning_title_full": 0.5,
    "meaning_full_title": 0.75,
    "meaning_full_full": 0.75,
    "words_titles": 1.0,
    "words_texts": 1.0,
    "characters_titles": 0.25,
    "characters_texts": 0.5,
}
# In log-odds, by judgement: the graded pairs hold no facets to learn from.
FACETS = {"field": 0.2, "industry": 0.15, "region": 0.1, "stage": 0.2, "budget": 0.2, "cooperation": 0.1}


def main(folder: Path, split: str) -> None:
    """Fit, and write the weights with their provenance."""
    settings = load_settings()
    encoder = load_encoder(settings.model, settings.indexes / "model", settings.runtime)
    dataset = read_dataset(folder, split)
    needs = prepare_rows(list(dataset.queries.values()), encoder, default_ranker(), "queries", lambda *_: None)
    documents = prepare_rows(list(dataset.corpus.values()), encoder, default_ranker(), "documents", lambda *_: None)
    values, grades = _judged_values(dataset, needs, documents)
    centres = _unrelated_means(needs, documents)
    spread = {name: float(values[name].std()) for name in SIMILARITIES}
    raw = sum(PROPORTIONS[name] * (values[name] - centres[name]) / spread[name] for name in SIMILARITIES)
    scale, thresholds = _fit(raw, grades)
    weights = {
        name: {"weight": round(scale * PROPORTIONS[name] / spread[name], 4), "centre": round(centres[name], 4)}
        for name in SIMILARITIES
    }
    weights |= {name: {"weight": weight, "centre": 0.0} for name, weight in FACETS.items()}
    content = {
        "name": "additive-1",
        "provenance": f"proportions and facets by hand; scale, centres and thresholds fitted on the {split} split "
        "(public contest CCF BDCI 2019)",
        "model": encoder.model_id,
        "base": round(-thresholds[1], 4),
        "thresholds": {
            str(grade): round(float(t - thresholds[1]), 4) for grade, t in zip((1, 2, 3), thresholds, strict=True)
        },
        "weights": weights,
    }
    TARGET.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(TARGET.read_text())


def _judged_values(
    dataset: Dataset, needs: dict[str, Prepared], documents: dict[str, Prepared]
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    parts = [features(needs[query], [documents[name] for name in grades]) for query, grades in dataset.qrels.items()]
    values = {name: np.concatenate([part[name] for part in parts]) for name in SIMILARITIES}
    return values, np.array([grade for grades in dataset.qrels.values() for grade in grades.values()])


def _unrelated_means(needs: dict[str, Prepared], documents: dict[str, Prepared]) -> dict[str, float]:
    """Mean of each similarity over random pairs: what a pair has that shares nothing but being a listing."""
    rng = np.random.default_rng(0)
    sample = [list(documents.values())[place] for place in rng.choice(len(documents), 200, replace=False)]
    parts = [features(need, sample) for need in needs.values()]
    return {name: float(np.mean([part[name] for part in parts])) for name in SIMILARITIES}


def _fit(raw: np.ndarray, grades: np.ndarray) -> tuple[float, np.ndarray]:
    spread = float(raw.std())

    def loss(parameters: np.ndarray) -> float:
        scale, first, *steps = parameters
        thresholds = np.array([first, first + np.exp(steps[0]), first + np.exp(steps[0]) + np.exp(steps[1])])
        at_least = 1 / (1 + np.exp(thresholds[:, None] - scale * raw / spread))
        edges = np.vstack([np.ones_like(raw), at_least, np.zeros_like(raw)])
        shares = (edges[:-1] - edges[1:]).clip(1e-9)
        return float(-np.log(shares[grades, np.arange(len(grades))]).mean())

    found = minimize(loss, [1.0, 0.0, 0.5, 0.5], method="Nelder-Mead", options={"maxiter": 5000, "fatol": 1e-10}).x
    steps = np.exp(found[2:])
    return float(found[0]) / spread, np.array([found[1], found[1] + steps[0], found[1] + steps.sum()])


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "train")
