"""The quality half of evaluate_matching.py: each part of the ranking on pairs that nothing was fitted to."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from matchmaker.search.beir import read_dataset
from matchmaker.search.encoder import Encoder
from matchmaker.search.evaluate import (
    Progress,
    Report,
    Texts,
    evaluate,
    evaluate_texts,
    prepare_texts,
    rank_judged,
    report_of,
    with_readings,
    with_tuned,
)
from matchmaker.search.metrics import Qrels, ndcg
from matchmaker.search.pair_reader import PairReader
from matchmaker.search.ranker import RELEVANT, Ranker, default_weights
from matchmaker.search.rankers import gauge_for, ranker_for
from matchmaker.search.statistics import load_statistics
from matchmaker.search.trained import TrainedModel
from matchmaker.search.training.additive import fit_additive
from matchmaker.search.training.blend import blended, fit_blend, held_pairs, probe_weights, proportions
from matchmaker.search.training.bootstrap import Interval, gain_interval
from matchmaker.search.training.judgements import HeldOut, fingerprint, halves, hold_out
from matchmaker.search.tuned import TunedEncoder

LEGS = {
    "words_titles": "words of titles",
    "words_texts": "words of texts",
    "characters_titles": "characters of titles",
    "characters_texts": "characters of texts",
    "meaning_title_title": "meaning, title to title",
    "meaning_full_title": "meaning, text to title",
}
# Where the learned terms stand among the columns of a blend.
COLUMNS = {"tuned": slice(1, -1), "reading": slice(-1, None)}
MEASURES = ("1/(1+MAE)", "kappa", "Spearman", "calibration")
Rankers = Sequence[tuple[HeldOut, Ranker]]


@dataclass(frozen=True, slots=True)
class Row:
    """One part's figures; `report` is None for a single similarity, which knows no grades."""

    name: str
    ndcg: float
    gain: Interval | None
    report: Report | None

    def shown(self) -> tuple[str, ...]:
        """The figures after nDCG, in the order of MEASURES."""
        if self.report is None or self.report.agreement is None:
            return ("",) * len(MEASURES)
        found = self.report.agreement
        return tuple(
            f"{value:.4f}" for value in (found.contest_score, found.kappa, found.spearman, self.report.calibration or 0)
        )


@dataclass(frozen=True, slots=True)
class Table:
    """All parts on one set of pairs, with the outcomes (P(grade >= 2), reached) and nDCG by need for plots."""

    title: str
    rows: list[Row]
    qrels: Qrels = field(repr=False)
    measures: tuple[str, ...] = MEASURES

    def reliability(self, place: int) -> tuple[list[float], list[bool]]:
        """Return the predicted chances of a 较强 grade by one part, and whether it was reached."""
        report = self.rows[place].report
        found = report.predictions if report else {}
        return [s.probability for s in found.values()], [self.qrels[q][d] >= RELEVANT for q, d in found]

    def by_need(self, place: int) -> dict[str, float]:
        """Return nDCG@10 of each need that has a positive grade."""
        report = self.rows[place].report
        results = report.results if report else {}
        return {q: ndcg({q: row}, results) for q, row in self.qrels.items() if any(row.values())}


def held_out_table(
    folder: Path, split: str, base: Path, trained: TrainedModel, encoder: Encoder, say: Progress
) -> list[Table]:
    """Measure every part on what the training of `trained` held out: pairs of known needs, and needs never seen."""
    dataset = read_dataset(folder, split)
    if fingerprint(dataset, dataset.qrels) != trained.manifest["judgements"]:
        raise SystemExit(f"{folder}, {split}: the model was trained on other judgements")
    if trained.tuned is not None and not trained.manifest.get("keeps_held_out", True):
        raise SystemExit("the model has learned from what was held out: train it with --keep-held-out")
    parts = hold_out(dataset, trained.manifest["held_out"], trained.manifest["seed"])
    texts, gauge = prepare_texts(dataset, "judged", encoder, ranker_for(encoder), say), gauge_for(encoder)
    trial = fit_additive(default_weights(), parts.learned, texts, gauge, "trial")
    ranker_of = lambda weights: Ranker(weights, load_statistics(), gauge)  # noqa: E731
    texts = _read(texts, {**parts.unseen, **parts.seen}, base, trained, say)
    stages: list[tuple[str, Rankers]] = [("additive, trained", [(parts, ranker_of(trial))])]
    for name, terms in (("+ tuned model", {"tuned"}), ("+ pair reader", {"reading"}), ("blend of all", set(COLUMNS))):
        stages.append((name, _crossed(parts, trial, texts, ranker_of, terms)))
    return [
        _table(title, of, texts, encoder, stages)
        for title, of in (
            ("known needs: held-out pairs", lambda part: part.seen),
            ("needs never seen", lambda part: part.unseen),
        )
    ]


def unseen_table(folder: Path, split: str, base: Path, trained: TrainedModel, encoder: Encoder, say: Progress) -> Table:
    """Measure the finished model on a split of needs that it never saw."""
    dataset = read_dataset(folder, split)
    texts = prepare_texts(dataset, "judged", encoder, ranker_for(encoder), say)
    texts = _read(texts, dataset.qrels, base, trained, say)
    part = HeldOut({}, {}, dataset.qrels)
    stages = [("finished model", [(part, ranker_for(encoder, trained.weights))])]
    return _table(f"needs never seen: split {split}", lambda each: each.unseen, texts, encoder, stages, part)


def language_table(folder: Path, base: Path, trained: TrainedModel, encoder: Encoder, say: Progress) -> dict[str, str]:
    """Return recall@1 of the right document among all, by the plain model, the shipped ranker and the trained one."""
    split = next(iter(sorted(path.stem for path in (folder / "qrels").glob("*.tsv"))))
    dataset = read_dataset(folder, split)
    tuned = None if trained.tuned is None else TunedEncoder.load(base, trained.tuned)
    shipped = evaluate(dataset, split, "corpus", encoder, ranker_for(encoder), say)
    learned = evaluate(dataset, split, "corpus", encoder, ranker_for(encoder, trained.weights), say, tuned)
    return {
        "data": folder.name,
        "shipped": f"{shipped.recall[1]:.3f}",
        "trained": f"{learned.recall[1]:.3f}",
        "shipped@10": f"{shipped.recall[10]:.3f}",
        "trained@10": f"{learned.recall[10]:.3f}",
    }


def _read(texts: Texts, qrels: Qrels, base: Path, trained: TrainedModel, say: Progress) -> Texts:
    wanted = {document for row in qrels.values() for document in row}
    documents = {name: row for name, row in texts.documents.items() if name in wanted}
    texts = replace(texts, needs={name: texts.needs[name] for name in qrels}, documents=documents)
    if trained.tuned is not None:
        texts = with_tuned(texts, TunedEncoder.load(base, trained.tuned), say)
    if trained.reader is not None:
        texts = with_readings(texts, qrels, PairReader.load(base, trained.reader), say)
    return texts


def _crossed(
    parts: HeldOut, trial: str, texts: Texts, ranker_of: Callable[[str], Ranker], terms: Collection[str]
) -> Rankers:
    """Blend the additive score with some of the learned terms, on either half for the other."""
    one, other = halves(parts)
    probe, wanted = ranker_of(probe_weights(trial)), proportions()
    for term in COLUMNS.keys() - set(terms):
        wanted[:, COLUMNS[term]] = 0.0
    found = []
    for fitted, measured in ((one, other), (other, one)):
        held = held_pairs(probe, texts, fitted.seen, fitted.unseen)
        data = json.loads(blended(trial, fit_blend(held, wanted)))
        weights = json.dumps({name: row for name, row in data.items() if name not in COLUMNS.keys() - set(terms)})
        found.append((measured, ranker_of(weights)))
    return found


def _table(
    title: str,
    of: Callable[[HeldOut], Qrels],
    texts: Texts,
    encoder: Encoder,
    stages: Sequence[tuple[str, Rankers]],
    whole: HeldOut | None = None,
) -> Table:
    first = stages[0][1][0][0] if whole is None else whole
    qrels = of(first)
    shipped = evaluate_texts(qrels, texts, title, "judged", encoder.model_id, ranker_for(encoder))
    rows = [_leg(name, label, qrels, shipped) for name, label in LEGS.items()]
    rows.append(Row("hybrid: shipped ranker", shipped.ndcg_10, None, shipped))
    for name, rankers in stages:
        runs = [rank_judged(of(part), texts, ranker) for part, ranker in rankers]
        results = {query: row for run, _ in runs for query, row in run.items()}
        predictions = {pair: score for _, found in runs for pair, score in found.items()}
        report = report_of(qrels, results, predictions, title, "judged", encoder.model_id, name)
        rows.append(Row(name, report.ndcg_10, gain_interval(qrels, shipped.results, results), report))
    pairs = sum(map(len, qrels.values()))
    return Table(f"{title}: {pairs} pairs of {len(qrels)} needs", rows, qrels)


def _leg(name: str, label: str, qrels: Qrels, shipped: Report) -> Row:
    place = next(iter(shipped.predictions.values())).names.index(name)
    results: dict[str, dict[str, float]] = {query: {} for query in qrels}
    for (query, document), score in shipped.predictions.items():
        value = score.values[place]
        results[query][document] = 0.0 if value is None or np.isnan(value) else value
    return Row(label, ndcg(qrels, results), gain_interval(qrels, shipped.results, results), None)
