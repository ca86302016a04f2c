"""Training: learn from graded pairs, see on held-out ones what was gained, write a model directory."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from matchmaker.search.beir import Dataset, DatasetError
from matchmaker.search.encoder import Encoder
from matchmaker.search.evaluate import (
    Progress,
    Report,
    Texts,
    evaluate_texts,
    prepare_texts,
    rank_judged,
    report_of,
)
from matchmaker.search.gauge import Gauge
from matchmaker.search.ranker import Ranker, default_weights
from matchmaker.search.rankers import gauge_for, ranker_for
from matchmaker.search.statistics import load_statistics
from matchmaker.search.trained import write_trained
from matchmaker.search.training.additive import fit_additive
from matchmaker.search.training.blend import blended, fit_blend, held_pairs, probe_weights
from matchmaker.search.training.bootstrap import Interval, gain_interval
from matchmaker.search.training.judgements import Grades, HeldOut, fingerprint, halves, hold_out
from matchmaker.search.training.networks import Learned, Networks

# Of the families of needs, and of the pairs of the needs that are left. On fewer pairs the thresholds would be guessed:
# those fitted to some 150 cost 0.003 of 1 / (1 + MAE) against those fitted to a thousand, to some 650 nearly nothing.
HELD_OUT = 0.2
# Held-out pairs without which the proportions of networks would be guessed.
FEWEST = 30
SEEN, UNSEEN = "pairs of known needs", "needs never seen"
LABELS = {
    "ndcg_10": "nDCG@10",
    "calibration": "calibration error",
    "contest_score": "1 / (1 + MAE)",
    "kappa": "quadratic kappa",
    "spearman": "Spearman",
}


@dataclass(frozen=True, slots=True)
class Gain:
    """Figures on one held-out part, by name (see LABELS), of the untrained ranker and of the one trained without that
    part. `interval` is that of the difference in nDCG@10, over needs."""

    part: str
    needs: int
    pairs: int
    untrained: dict[str, float]
    trained: dict[str, float]
    interval: Interval


@dataclass(frozen=True, slots=True)
class Training:
    """What came of a training: the version of the ranker kept, and what held-out pairs say of its like."""

    ranker: str
    needs: int
    pairs: int
    gains: tuple[Gain, ...]

    def lines(self) -> list[str]:
        """The figures for a terminal."""
        rows = [f"ranker {self.ranker}, learned from {self.pairs} pairs of {self.needs} needs"]
        for gain in self.gains:
            rows.append(f"held out, {gain.part}: {gain.pairs} pairs of {gain.needs} needs")
            rows += [
                f"  {label:<18} {gain.untrained[name]:.4f} -> {gain.trained[name]:.4f}"
                for name, label in LABELS.items()
                if name in gain.trained
            ]
            low, high = gain.interval.low, gain.interval.high
            rows.append(f"  nDCG@10 gained     {gain.interval.mean:+.4f}, 95 % interval {low:+.4f} to {high:+.4f}")
        return rows


def train(
    dataset: Dataset,
    split: str,
    encoder: Encoder,
    out: Path,
    seed: int,
    say: Progress,
    networks: Networks | None = None,
    held_out: float = HELD_OUT,
    keeps_held_out: bool = False,
) -> Training:
    """Learn from one split of `dataset` and write the model directory `out`.

    A share `held_out` of the families of needs and of the pairs of all others is kept out: what was learned without it
    is measured there. The additive part is then fitted to everything. With `networks` the embedding model is tuned and
    a pair reader trained on what is not held out, and what they weigh is fitted on what is; then they learn anew, from
    everything, unless `keeps_held_out`. A call that was cut short goes on from its checkpoints.

    Raises:
        DatasetError: too few pairs are held out to weigh networks by.
    """
    untrained, gauge = ranker_for(encoder), gauge_for(encoder)
    texts = prepare_texts(dataset, "judged", encoder, untrained, say)
    parts = hold_out(dataset, held_out, seed)
    if networks is not None:
        _require_enough(parts)
    trial = _fit(parts.learned, texts, gauge, "trial")
    weights = _fit(dataset.qrels, texts, gauge, _provenance(dataset, split))
    trials, learned = [(parts, trial)], Learned()
    if networks is not None:
        learned = networks.learn(parts.learned, texts, say)
        whole, texts = texts, learned.show(texts, {**parts.unseen, **parts.seen}, say)
        trials = _blends(parts, trial, texts, gauge)
        weights = _blend(weights, trial, parts, texts, gauge)
        if not keeps_held_out:
            del learned  # half a gigabyte, before as much is learned again
            learned = networks.anew().learn(dataset.qrels, whole, say)
    gains = _gains(parts, trials, texts, gauge, encoder.model_id, untrained)
    training = Training(_ranker(weights, gauge).version, len(dataset.qrels), _pairs(dataset.qrels), gains)
    manifest = _manifest(training, dataset, split, seed, encoder)
    manifest |= {"held_out": held_out, "keeps_held_out": keeps_held_out}
    write_trained(out, weights, manifest, learned.layers())
    if networks is not None:
        networks.clear()
    return training


def _pairs(qrels: Grades) -> int:
    return sum(map(len, qrels.values()))


def _provenance(dataset: Dataset, split: str) -> str:
    return f"fitted to {_pairs(dataset.qrels)} graded pairs of {len(dataset.qrels)} needs, {split}"


def _require_enough(parts: HeldOut) -> None:
    count = _pairs(parts.seen) + _pairs(parts.unseen)
    if count < FEWEST:
        raise DatasetError(
            f"{count} held-out pairs are too few to weigh networks by: give more pairs or use --additive"
        )


# Which weights measure which held-out pairs.
Trials = list[tuple[HeldOut, str]]


def _blends(parts: HeldOut, trial: str, texts: Texts, gauge: Gauge | None) -> Trials:
    """Blend on each half of the held-out needs and measure on the other: nothing is measured where it was fitted."""
    one, other = halves(parts)
    return [(other, _blend(trial, trial, one, texts, gauge)), (one, _blend(trial, trial, other, texts, gauge))]


def _blend(weights: str, trial: str, fitted_on: HeldOut, texts: Texts, gauge: Gauge | None) -> str:
    probe = _ranker(probe_weights(trial), gauge)
    return blended(weights, fit_blend(held_pairs(probe, texts, fitted_on.seen, fitted_on.unseen)))


def _fit(qrels: Grades, texts: Texts, gauge: Gauge | None, provenance: str) -> str:
    return fit_additive(default_weights(), qrels, texts, gauge, provenance)


def _ranker(weights: str, gauge: Gauge | None) -> Ranker:
    return Ranker(weights, load_statistics(), gauge)


def _gains(
    parts: HeldOut, trials: Trials, texts: Texts, gauge: Gauge | None, model: str, untrained: Ranker
) -> tuple[Gain, ...]:
    seen = [(part.seen, _ranker(weights, gauge)) for part, weights in trials]
    unseen = [(part.unseen, _ranker(weights, gauge)) for part, weights in trials]
    rows = ((SEEN, parts.seen, seen), (UNSEEN, parts.unseen, unseen))
    return tuple(_gain(part, qrels, trained, texts, model, untrained) for part, qrels, trained in rows if qrels)


def _gain(
    part: str,
    qrels: Grades,
    trained: Sequence[tuple[Grades, Ranker]],
    texts: Texts,
    model: str,
    untrained: Ranker,
) -> Gain:
    before = evaluate_texts(qrels, texts, part, "judged", model, untrained)
    runs = [rank_judged(row, texts, ranker) for row, ranker in trained]
    results = {query: found for run, _ in runs for query, found in run.items()}
    predictions = {pair: score for _, found in runs for pair, score in found.items()}
    after = report_of(qrels, results, predictions, part, "judged", model, trained[0][1].version)
    return Gain(
        part=part,
        needs=len(qrels),
        pairs=_pairs(qrels),
        untrained=_figures(before),
        trained=_figures(after),
        interval=gain_interval(qrels, before.results, after.results),
    )


def _figures(report: Report) -> dict[str, float]:
    figures = {"ndcg_10": report.ndcg_10}
    if report.agreement is not None and report.calibration is not None:
        figures |= {"calibration": report.calibration, **asdict(report.agreement)}
    return figures


def _manifest(training: Training, dataset: Dataset, split: str, seed: int, encoder: Encoder) -> dict[str, Any]:
    return {
        **asdict(training),
        "split": split,
        "judgements": fingerprint(dataset, dataset.qrels),
        "seed": seed,
        "model": encoder.model_id,
    }
