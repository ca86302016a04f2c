"""Set the default ranker's numbers from graded pairs: writes matchmaker/search/weights.json.

    python scripts/fit_ranker.py DIR [--split train]

Proportions between the similarities (PROPORTIONS) and the facets (FACETS) are fixed by hand: nothing about the order of
pairs is learned. Measured are: what unrelated texts share (random pairs of the graded data, whose achievements are bare
titles, and of the demo listings, which have full texts, cut to several lengths), and on the graded pairs one scale for
all similarities and three thresholds, by maximum likelihood of the cumulative logit model (McCullagh 1980), so that a
score is the log-odds of grade 2 or better. What meaning counts for across scripts is a first guess here: run
fit_across.py afterwards.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from demo_documents import demo_documents, shortened
from numpy.typing import NDArray
from scipy.optimize import minimize

from matchmaker.config import load_settings
from matchmaker.search.beir import Dataset, read_dataset
from matchmaker.search.document import Document
from matchmaker.search.encoder import Encoder, load_encoder
from matchmaker.search.evaluate import prepare_rows
from matchmaker.search.features import MEANINGS, SIMILARITIES, features, setting
from matchmaker.search.gauge import measure_gauge
from matchmaker.search.prepared import Prepared
from matchmaker.search.ranker import default_ranker

TARGET = Path(__file__).parents[1] / "matchmaker" / "search" / "weights.json"
NAME = "additive-2"
# In standard deviations over judged pairs. Meaning as much as wording; of the wording the full texts more than titles.
PROPORTIONS = dict.fromkeys(MEANINGS, 0.5) | {
    "words_titles": 0.3,
    "words_texts": 0.7,
    "characters_titles": 0.3,
    "characters_texts": 0.7,
}
# In log-odds, by judgement: the graded pairs hold no facets to learn from.
FACETS = {"field": 0.25, "industry": 0.2, "region": 0.1, "stage": 0.25, "budget": 0.2, "cooperation": 0.15}
# Similarities that rise with the length of both texts; titles are all about as long.
DEEPENING = ("meaning_full_full", "words_texts", "characters_texts")
# Across scripts meaning stands alone and so weighs more; of all that is missing only a part, for it is less sure there.
ACROSS = 1.5
SAMPLE = 300
# Characters of body left to the demo listings, to see how similarity grows with length.
LENGTHS = (0, 80, 320, 2000)

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Similarities (pairs, 8) of pairs, their depth (pairs,) and whether they cross scripts (pairs,)."""

    values: Array
    depth: Array
    across: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Baseline:
    """What unrelated texts share: centre, slope with depth, and the centre across scripts, each (8,)."""

    centre: Array
    slope: Array
    across: Array

    def remove(self, pairs: Pairs) -> Array:
        """Return how far each similarity lies above what unrelated texts share, (pairs, 8)."""
        return pairs.values - self.centre - self.slope * pairs.depth[:, None]


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--split", default="train")
    chosen = parser.parse_args()
    settings = load_settings()
    encoder = load_encoder(settings.model, settings.indexes / "model", settings.runtime)
    dataset = read_dataset(chosen.directory, chosen.split)
    needs = prepare_rows(list(dataset.queries.values()), encoder, default_ranker(), "queries", _say)
    documents = prepare_rows(list(dataset.corpus.values()), encoder, default_ranker(), "documents", _say)
    content = fit(dataset, needs, documents, _demo(encoder))
    content["provenance"] = (
        f"proportions and facets by hand; scale and thresholds from the {chosen.split} split of the public contest "
        "CCF BDCI 2019; centres from random pairs of it and of the demo listings"
    )
    content["model"] = encoder.model_id
    content["gauge"] = asdict(measure_gauge(encoder))
    TARGET.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(TARGET.read_text(encoding="utf-8"))


def fit(
    dataset: Dataset,
    needs: Mapping[str, Prepared],
    documents: Mapping[str, Prepared],
    demo: Sequence[tuple[list[Prepared], list[Prepared]]],
) -> dict[str, object]:
    """Return the content of the weights file but for its origin."""
    judged, grades = _judged(dataset, needs, documents)
    baseline = _baseline([_unrelated(list(needs.values()), list(documents.values())), *(_strangers(*s) for s in demo)])
    spread = judged.values.std(axis=0)
    parts = np.array([PROPORTIONS[name] for name in SIMILARITIES]) / spread
    above = baseline.remove(judged) * parts
    scale, thresholds = _fit_ordinal(above.sum(axis=1), grades)
    base = -thresholds[1]
    rows = {}
    for place, name in enumerate(SIMILARITIES):
        row: dict[str, object] = {
            "weight": round(scale * parts[place], 4),
            "centre": round(baseline.centre[place], 4),
            "slope": round(baseline.slope[place], 5),
        }
        if name in MEANINGS:
            row["across"] = {
                "weight": round(ACROSS * scale * parts[place], 4),
                "centre": round(baseline.across[place], 4),
            }
        rows[name] = row
    return {
        "name": NAME,
        "base": round(base, 4),
        "thresholds": {str(grade): round(thresholds[grade - 1] + base, 4) for grade in (1, 2, 3)},
        "similarities": rows,
        "facets": FACETS,
    }


def _judged(
    dataset: Dataset, needs: Mapping[str, Prepared], documents: Mapping[str, Prepared]
) -> tuple[Pairs, NDArray[np.int64]]:
    parts = [_compare(needs[query], [documents[name] for name in row]) for query, row in dataset.qrels.items()]
    return _joined(parts), np.array([grade for row in dataset.qrels.values() for grade in row.values()])


def _unrelated(needs: Sequence[Prepared], documents: Sequence[Prepared]) -> Pairs:
    random = np.random.default_rng(0)
    sample = [documents[place] for place in random.choice(len(documents), min(SAMPLE, len(documents)), replace=False)]
    return _joined([_compare(need, sample) for need in needs])


def _strangers(needs: Sequence[Prepared], achievements: Sequence[Prepared]) -> Pairs:
    """Pairs of demo listings of different fields and industries."""
    parts = []
    for need in needs:
        mine = need.document
        others = [
            other
            for other in achievements
            if other.document.field != mine.field and other.document.industry != mine.industry
        ]
        parts.append(_compare(need, others))
    return _joined(parts)


def _compare(need: Prepared, others: Sequence[Prepared]) -> Pairs:
    # Wordings are NaN across scripts; there they count for nothing.
    values = np.stack([features(need, others)[name] for name in SIMILARITIES], axis=1)
    where = setting(need, others)
    return Pairs(np.nan_to_num(values), where.depth, where.across)


def _joined(parts: Sequence[Pairs]) -> Pairs:
    return Pairs(
        np.concatenate([part.values for part in parts]),
        np.concatenate([part.depth for part in parts]),
        np.concatenate([part.across for part in parts]),
    )


def _baseline(sources: Sequence[Pairs]) -> Baseline:
    """Fit mean similarity to depth by least squares, every source weighing the same."""
    pairs = _joined(sources)
    weights = np.concatenate([np.full(len(source.depth), 1 / np.sqrt(len(source.depth))) for source in sources])
    alike = ~pairs.across
    centre, slope = np.zeros(len(SIMILARITIES)), np.zeros(len(SIMILARITIES))
    for place, name in enumerate(SIMILARITIES):
        terms = np.stack([np.ones(alike.sum()), pairs.depth[alike] * (name in DEEPENING)], axis=1)
        line = weights[alike, None]
        found, *_ = np.linalg.lstsq(terms * line, pairs.values[alike, place] * line[:, 0], rcond=None)
        centre[place], slope[place] = found
    return Baseline(centre, slope, pairs.values[pairs.across].mean(axis=0))


def _fit_ordinal(raw: Array, grades: NDArray[np.int64]) -> tuple[float, Array]:
    """Return the scale of `raw` and the thresholds of grades 1 to 3 that make the grades most likely."""
    spread = float(raw.std())

    def loss(parameters: Array) -> float:
        edges = np.cumsum([parameters[1], *np.exp(parameters[2:])])
        at_least = 1 / (1 + np.exp(edges[:, None] - parameters[0] * raw / spread))
        bounds = np.vstack([np.ones_like(raw), at_least, np.zeros_like(raw)])
        shares = (bounds[:-1] - bounds[1:]).clip(1e-9)
        return float(-np.log(shares[grades, np.arange(len(grades))]).mean())

    found = minimize(loss, [1.0, 0.0, 0.5, 0.5], method="Nelder-Mead", options={"maxiter": 5000, "fatol": 1e-10}).x
    return float(found[0]) / spread, np.cumsum([found[1], *np.exp(found[2:])])


def _demo(encoder: Encoder) -> list[tuple[list[Prepared], list[Prepared]]]:
    needs, achievements = demo_documents()
    return [(_prepared(needs, encoder, most), _prepared(achievements, encoder, most)) for most in LENGTHS]


def _prepared(documents: Sequence[Document], encoder: Encoder, most: int) -> list[Prepared]:
    _say(f"demo texts of up to {most} characters", 0, len(documents))
    short = [shortened(document, most) for document in documents]
    titles = encoder.encode_queries([document.title for document in short])
    fulls = encoder.encode_queries([f"{document.title}\n{document.body}".strip() for document in short])
    rows = zip(short, titles, fulls, strict=True)
    return [default_ranker().prepare(document, title, full) for document, title, full in rows]


def _say(what: str, done: int, total: int) -> None:
    print(f"{what}: {done} of {total}", flush=True)


if __name__ == "__main__":
    main()
