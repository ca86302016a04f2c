"""A fit beside what serves, on needs that it has not seen."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from matchmaker.config import Settings
from matchmaker.search.evaluate import Report, report_of
from matchmaker.search.gauge import Gauge
from matchmaker.search.metrics import Results
from matchmaker.search.ranker import Ranker, default_weights
from matchmaker.search.rankers import kept_gauge
from matchmaker.search.statistics import load_statistics
from matchmaker.search.training.bootstrap import Interval, gain_interval
from matchmaker.search.training.folds import deal, hold_out_each
from matchmaker.search.training.judgements import Grades
from matchmaker.search.training.taught import Taught, fit_taught
from matchmaker.search.training.train import UNSEEN
from matchmaker.services.engine import GAUGES
from matchmaker.services.rankers.serving import Serving
from matchmaker.services.refits.ground import Ground, Pair

ORIGIN, TAUGHT = "origin", "taught"
"""Where a learned model's manifest keeps the weights that it was drawn to, and what it learned from: [need id,
achievement id, grade, weight]."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured on needs held out: figures of what serves and of the fits, what is gained, and both runs."""

    before: dict[str, float]
    after: dict[str, float]
    gain: Interval
    served: Results
    held: Results
    folds: int


def origin_of(serving: Serving) -> str:
    """Return the weights that a refit is drawn to: those that served before any refit. Drawn to the last refit, the
    same evidence would count once more every night."""
    if serving.model is None:
        return default_weights()
    return str(serving.model.manifest.get(ORIGIN, serving.model.trained.weights))


def gauge_of(settings: Settings, ground: Ground) -> Gauge | None:
    """Return the gauge of the vectors, where they are not of the model that the weights were set for."""
    return kept_gauge(ground.model_id, settings.indexes / GAUGES)


def fit_ground(settings: Settings, ground: Ground, grades: Grades) -> str:
    """Fit the additive part to these grades and return the weights file's text."""
    return _fit(settings, ground, grades, ground.importance)


def measure(ground: Ground, settings: Settings, grades: Grades) -> Iterator[Measured]:
    """Measure on `grades`, fold by fold; the last one yielded knows all.

    Neither side has seen the needs that it is measured on: where a refit serves, what it learned from is fitted once
    more without them. Else it would look better than anything new, having learned the answers.
    """
    gauge, folds = gauge_of(settings, ground), deal(ground.family)
    former, importance = _former(ground)

    def ranker(learned: Grades, weights: Mapping[Pair, float]) -> Ranker:
        content = _fit(settings, ground, learned, weights) if learned else origin_of(ground.serving)
        return Ranker(content, load_statistics(), gauge)

    one = hold_out_each(former, grades, ground.texts, folds, lambda learned: ranker(learned, importance))
    other = hold_out_each(
        ground.grades(), grades, ground.texts, folds, lambda learned: ranker(learned, ground.importance)
    )
    for served, held in zip(one, other, strict=True):
        known = {need: row for need, row in grades.items() if need in held.results}
        before, after = (
            _figures(report_of(known, run.results, run.predictions, UNSEEN, "judged", ground.model_id, ""))
            for run in (served, held)
        )
        gain = gain_interval(known, served.results, held.results)
        yield Measured(before, after, gain, dict(served.results), dict(held.results), len(folds))


def _fit(settings: Settings, ground: Ground, grades: Grades, importance: Mapping[Pair, float]) -> str:
    pairs = sum(map(len, grades.values()))
    provenance = f"fitted to {pairs} pairs of {len(grades)} needs that people taught"
    taught = Taught(importance, ground.keys)
    origin = origin_of(ground.serving)
    return fit_taught(origin, grades, ground.texts, gauge_of(settings, ground), provenance, taught)


def _former(ground: Ground) -> tuple[Grades, dict[Pair, float]]:
    """Return what the serving refit learned from, as far as its texts are at hand; nothing where no refit serves."""
    grades: Grades = {}
    importance: dict[Pair, float] = {}
    model = ground.serving.model
    for need, other, grade, weight in model.manifest.get(TAUGHT, []) if model else ():
        pair = str(need), str(other)
        if set(pair) <= ground.sides.keys():
            grades.setdefault(pair[0], {})[pair[1]] = int(grade)
            importance[pair] = float(weight)
    return grades, importance


def _figures(report: Report) -> dict[str, float]:
    figures = {"ndcg_10": report.ndcg_10}
    if report.agreement is not None and report.calibration is not None:
        figures |= {"calibration": report.calibration, **asdict(report.agreement)}
    return figures
