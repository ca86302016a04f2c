"""Training: learn from graded pairs, see on held-out ones what was gained, write a model directory."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from matchmaker.search.beir import Dataset
from matchmaker.search.encoder import Encoder
from matchmaker.search.evaluate import Progress, Report, Texts, evaluate_texts, prepare_texts
from matchmaker.search.gauge import Gauge
from matchmaker.search.ranker import Ranker, default_weights
from matchmaker.search.rankers import gauge_for, ranker_for
from matchmaker.search.statistics import load_statistics
from matchmaker.search.trained import write_trained
from matchmaker.search.training.additive import fit_additive
from matchmaker.search.training.bootstrap import Interval, gain_interval
from matchmaker.search.training.judgements import Grades, fingerprint, hold_out

# Of the families of needs, and of the pairs of the needs that are left.
HELD_OUT = 0.2
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


def train(dataset: Dataset, split: str, encoder: Encoder, out: Path, seed: int, say: Progress) -> Training:
    """Learn from one split of `dataset` and write the model directory `out`.

    Two fits: one without a fifth of the families of needs and a fifth of the pairs of all others, on which it is
    measured; and one on everything, which is kept.
    """
    untrained, gauge = ranker_for(encoder), gauge_for(encoder)
    texts = prepare_texts(dataset, "judged", encoder, untrained, say)
    parts = hold_out(dataset, HELD_OUT, seed)
    trial = _fit(parts.learned, texts, gauge, "trial")[1]
    gains = tuple(
        _gain(part, qrels, texts, encoder.model_id, untrained, trial)
        for part, qrels in ((SEEN, parts.seen), (UNSEEN, parts.unseen))
        if qrels
    )
    pairs = sum(map(len, dataset.qrels.values()))
    provenance = f"fitted to {pairs} graded pairs of {len(dataset.qrels)} needs, split {split}"
    weights, ranker = _fit(dataset.qrels, texts, gauge, provenance)
    training = Training(ranker.version, len(dataset.qrels), pairs, gains)
    write_trained(out, weights, _manifest(training, dataset, split, seed, encoder))
    return training


def _fit(qrels: Grades, texts: Texts, gauge: Gauge | None, provenance: str) -> tuple[str, Ranker]:
    weights = fit_additive(default_weights(), qrels, texts, gauge, provenance)
    return weights, Ranker(weights, load_statistics(), gauge)


def _gain(part: str, qrels: Grades, texts: Texts, model: str, untrained: Ranker, trained: Ranker) -> Gain:
    before, after = (evaluate_texts(qrels, texts, part, "judged", model, ranker) for ranker in (untrained, trained))
    return Gain(
        part=part,
        needs=len(qrels),
        pairs=sum(map(len, qrels.values())),
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
