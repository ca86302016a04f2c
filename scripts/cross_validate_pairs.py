"""How well a trained model grades further pairs of the needs it learned from: each pair is graded by one that learned
from others.

    python scripts/cross_validate_pairs.py DIR [--splits train] [--folds 5] [--only K ...] [--work FOLDER]

Each need's pairs are dealt into folds. For each fold everything that `matchmaker train` makes is learned from all other
pairs; the fold's pairs are scored, and the blend's scale and thresholds, fitted on the fold's pairs of every second
need, grade those of the others. Printed for the shipped ranker, the additive part, the reader beside it, half and half,
and the blend: 1 / (1 + mean absolute error) of whole grades with a 95 % interval over needs, nDCG@10 of a need's pairs
within a fold (some six, so higher than among all of a need), and quadratic weighted kappa. A call that was cut short
goes on from what lies in FOLDER; with --only it learns these folds only, so that folds can be learned side by side. A
fold of 4,492 pairs takes some 55 minutes of a core.
"""

import argparse
import random
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from cross_validate import prepared, say
from numpy.typing import NDArray

from matchmaker.search.agreement import contest_score, quadratic_kappa
from matchmaker.search.beir import Dataset
from matchmaker.search.encoder import Encoder
from matchmaker.search.evaluate import Texts, rank_judged
from matchmaker.search.metrics import ndcg
from matchmaker.search.ordinal import Array
from matchmaker.search.ranker import Ranker, default_weights
from matchmaker.search.rankers import gauge_for, ranker_for
from matchmaker.search.statistics import load_statistics
from matchmaker.search.training.additive import fit_additive
from matchmaker.search.training.blend import Held, fit_blend, held_pairs, probe_weights, proportions
from matchmaker.search.training.judgements import Grades, HeldOut
from matchmaker.search.training.networks import SEATS, Networks
from matchmaker.search.training.reading import ReadingPlan
from matchmaker.search.training.tuning import TuningPlan

RESAMPLES = 2000
HALVES = np.array([[0.5, *[0.0] * len(SEATS), 0.5]] * 2)


@dataclass(frozen=True, slots=True)
class Graded:
    """One fold's pairs as a ranker grades them: the needs' ids, and scores, predicted and given grades, shape (n,)."""

    needs: Sequence[str]
    scores: Array
    predicted: NDArray[np.int64]
    given: NDArray[np.int64]


def main() -> None:
    """Parse the arguments, learn fold by fold, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=Path)
    parser.add_argument("--splits", nargs="+", default=["train"])
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--only", nargs="+", type=int)
    parser.add_argument("--work", type=Path, default=Path("cross-validation-of-pairs"))
    options = parser.parse_args()
    dataset, texts, encoder, base = prepared(options.directory, options.splits)
    chosen = options.only or range(1, options.folds + 1)
    done: dict[str, list[Graded]] = {}
    for place in chosen:
        parts = fold(dataset, options.folds, place)
        held = learned_fold(options.work / f"fold-{place}", parts, texts, encoder, base)
        for name, graded in graded_by_part(parts, held, texts, encoder).items():
            done.setdefault(name, []).append(graded)
        print(f"fold {place} of {options.folds}", flush=True)
        report(done)


def fold(dataset: Dataset, count: int, place: int) -> HeldOut:
    """Keep out one fold of each need's pairs, dealt the same way in each call; `place` counts from 1."""
    learned: Grades = {}
    seen: Grades = {}
    for query, row in sorted(dataset.qrels.items()):
        mixer = random.Random(f"pairs of {query}")
        order, first = mixer.sample(sorted(row), len(row)), mixer.randrange(count)
        out = {document for at, document in enumerate(order) if (first + at) % count == place - 1}
        if len(out) < len(row):
            learned[query] = {document: grade for document, grade in row.items() if document not in out}
            if out:
                seen[query] = {document: row[document] for document in row if document in out}
    return HeldOut(learned, seen, {})


def learned_fold(folder: Path, parts: HeldOut, texts: Texts, encoder: Encoder, base: Path) -> Held:
    """Return the fold's pairs as networks and weights show them that learned from all others."""
    kept = folder.with_suffix(".npz")
    if not kept.is_file():
        networks = Networks(base, folder, TuningPlan(), ReadingPlan())
        shown = networks.learn(parts.learned, texts, say).show(texts, parts.seen, say)
        held = held_pairs(additive_ranker(parts, texts, encoder, probe_weights), shown, parts.seen, {})
        kept.parent.mkdir(parents=True, exist_ok=True)
        np.savez(kept, rows=held.rows, shifts=held.shifts, known=held.known, grades=held.grades)
        shutil.rmtree(folder, ignore_errors=True)
    with np.load(kept) as found:
        return Held(found["rows"], found["shifts"], found["known"], found["grades"])


def graded_by_part(parts: HeldOut, held: Held, texts: Texts, encoder: Encoder) -> dict[str, Graded]:
    """Return the fold as the shipped ranker, the additive part, the reader beside it and the blend of all grade it."""
    needs = [query for query, row in parts.seen.items() for _ in row]
    return {
        "shipped ranker": graded(parts, texts, ranker_for(encoder)),
        "additive, trained": graded(parts, texts, additive_ranker(parts, texts, encoder)),
        "half additive, half reader": crossed(needs, held, HALVES),
        "blend of all": crossed(needs, held, proportions()),
    }


def additive_ranker(parts: HeldOut, texts: Texts, encoder: Encoder, change: Callable[[str], str] = str) -> Ranker:
    """Return the additive part that learned from all other pairs, its weights changed."""
    gauge = gauge_for(encoder)
    weights = fit_additive(default_weights(), parts.learned, texts, gauge, "trial")
    return Ranker(change(weights), load_statistics(), gauge)


def graded(parts: HeldOut, texts: Texts, ranker: Ranker) -> Graded:
    """Grade the fold's pairs by a ranker without networks."""
    _, found = rank_judged(parts.seen, texts, ranker)
    scores = np.array([score.score for score in found.values()])
    predicted = np.array([score.grade for score in found.values()])
    return Graded([query for query, _ in found], scores, predicted, np.array([parts.seen[q][d] for q, d in found]))


def crossed(needs: Sequence[str], held: Held, wanted: Array) -> Graded:
    """Grade the pairs of either half of the needs by a blend of `wanted` proportions, fitted on the other half."""
    places = {query: at for at, query in enumerate(sorted(set(needs)))}
    half = np.array([places[query] % 2 for query in needs])
    scores, predicted = np.zeros(len(needs)), np.zeros(len(needs), dtype=np.int64)
    for turn in (0, 1):
        fitted, own = half != turn, half == turn
        blend = fit_blend(Held(*(part[fitted] for part in (held.rows, held.shifts, held.known, held.grades))), wanted)
        found = (held.rows[own] - blend.centres) @ blend.seen.weights
        margins = found[:, None] + blend.seen.shift * held.shifts[own] - blend.seen.thresholds
        scores[own], predicted[own] = margins[:, 1], (margins >= 0).sum(axis=1)
    return Graded(needs, scores, predicted, held.grades)


def report(done: dict[str, list[Graded]]) -> None:
    """Print the figures of the folds that are done."""
    first = next(iter(done.values()))
    count, needs = sum(len(each.needs) for each in first), {query for each in first for query in each.needs}
    title = f"{count} pairs of {len(needs)} needs"
    print(f"{title:<28}  1/(1+MAE)                  nDCG@10 in a fold  kappa", flush=True)
    for name, folds in done.items():
        predicted, given = (np.concatenate([getattr(each, part) for each in folds]) for part in ("predicted", "given"))
        errors = np.abs(predicted - given)
        of = [query for each in folds for query in each.needs]
        score, low, high = contest_score(predicted.tolist(), given.tolist()), *error_interval(of, errors)
        kappa = quadratic_kappa(predicted.tolist(), given.tolist())
        print(f"  {name:<26}  {score:.4f} ({low:.4f} to {high:.4f})  {ndcg_of(folds):<17.4f}  {kappa:.4f}", flush=True)


def error_interval(needs: Sequence[str], errors: NDArray[np.int64]) -> tuple[float, float]:
    """Return the 95 % interval of 1 / (1 + mean error), by drawing needs anew."""
    names = sorted(set(needs))
    at = {query: place for place, query in enumerate(names)}
    places = np.array([at[query] for query in needs])
    summed, counted = np.bincount(places, errors), np.bincount(places)
    drawn = np.random.default_rng(0).integers(0, len(names), (RESAMPLES, len(names)))
    scores = 1 / (1 + summed[drawn].sum(axis=1) / counted[drawn].sum(axis=1))
    low, high = np.percentile(scores, (2.5, 97.5))
    return float(low), float(high)


def ndcg_of(folds: Sequence[Graded]) -> float:
    """Return the mean nDCG@10 over needs and folds: members of two folds have other scales."""
    qrels: Grades = {}
    results: dict[str, dict[str, float]] = {}
    for turn, each in enumerate(folds):
        for at, query in enumerate(each.needs):
            qrels.setdefault(f"{query} {turn}", {})[str(at)] = int(each.given[at])
            results.setdefault(f"{query} {turn}", {})[str(at)] = float(each.scores[at])
    return ndcg(qrels, results)


if __name__ == "__main__":
    main()
