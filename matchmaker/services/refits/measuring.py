"""A fit beside what serves, on needs that it has not seen."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from matchmaker.config import Settings
from matchmaker.search.evaluate import Report, rank_judged, report_of
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
from matchmaker.services.refits.ground import Ground

ORIGIN = "origin"
"""Where a learned model's manifest keeps the weights that it was drawn to."""


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
    pairs = sum(map(len, grades.values()))
    provenance = f"fitted to {pairs} pairs of {len(grades)} needs that people taught"
    taught = Taught(ground.importance, ground.keys)
    origin = origin_of(ground.serving)
    return fit_taught(origin, grades, ground.texts, gauge_of(settings, ground), provenance, taught)


def measure(ground: Ground, settings: Settings, grades: Grades) -> Iterator[Measured]:
    """Measure on `grades`, fold by fold; the last one yielded knows all."""
    gauge = gauge_of(settings, ground)

    def fit(learned: Grades) -> Ranker:
        return Ranker(fit_ground(settings, ground, learned), load_statistics(), gauge)

    serving = Ranker(_unlearned(ground.serving), load_statistics(), gauge)
    served, scores = rank_judged(grades, ground.texts, serving)
    before = _figures(report_of(grades, served, scores, UNSEEN, "judged", ground.model_id, serving.version))
    folds = deal(ground.family)
    for held in hold_out_each(ground.grades(), grades, ground.texts, folds, fit):
        known = {need: row for need, row in grades.items() if need in held.results}
        report = report_of(known, held.results, held.predictions, UNSEEN, "judged", ground.model_id, "")
        gain = gain_interval(known, served, held.results)
        yield Measured(before, _figures(report), gain, served, dict(held.results), len(folds))


def _unlearned(serving: Serving) -> str:
    """What serves, without the shifts of needs that earlier refits learned: fits that have not seen a need have none of
    it either."""
    if serving.model is None:
        return default_weights()
    data = json.loads(serving.model.trained.weights)
    data["history"] = json.loads(origin_of(serving)).get("history", {})
    return json.dumps(data, ensure_ascii=False)


def _figures(report: Report) -> dict[str, float]:
    figures = {"ndcg_10": report.ndcg_10}
    if report.agreement is not None and report.calibration is not None:
        figures |= {"calibration": report.calibration, **asdict(report.agreement)}
    return figures
