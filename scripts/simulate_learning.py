"""Let an invented city teach the ranker, month by month, and measure it against the truth that nobody tells it.

    python scripts/simulate_learning.py --needs 48 --months 6 --html FILE

Every course begins with the shipped ranker and goes on with its own lists: people look down them, open and decide by a
hidden taste (learning_world.py, learning_people.py), and each month ends with a refit as the site does it, promoted by
the site's own rule or refused. Measured is nDCG@10 against the truth on needs that nobody ever decided about.
"""

import argparse
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from learning_page import write_page
from learning_people import LISTS_MONTHLY, History, evidence_of, grade_some, show_and_decide, thought_of
from learning_world import OVERSHOWN, World, hidden_ranker, make_world

from matchmaker.config import Settings, load_settings
from matchmaker.domain.teaching import Source
from matchmaker.search.evaluate import rank_judged
from matchmaker.search.graders import Grader
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.search.history import need_key
from matchmaker.search.metrics import ndcg, ranked
from matchmaker.search.ranker import Ranker
from matchmaker.search.rankers import keep_gauge, ranker_for
from matchmaker.services.engine import GAUGES
from matchmaker.services.rankers.folder import Model, open_model
from matchmaker.services.rankers.serving import Serving
from matchmaker.services.refits.ground import MEASURED_FROM, Ground
from matchmaker.services.refits.measuring import fit_ground, measure
from matchmaker.services.refits.models import learned_name, write_learned
from matchmaker.services.refits.rule import judge_refit, too_few
from matchmaker.services.teaching.exposure import Exposure, exposure_of
from matchmaker.services.teaching.pairs import TaughtPair
from matchmaker.services.teaching.settling import settle

BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Course:
    """What one course learns from: with lists' places corrected or not, with graders or not, weighed or not."""

    name: str
    learns: bool = True
    corrects: bool = True
    judges: bool = False
    weighs: bool = True


COURSES = (
    Course("untrained", learns=False),
    Course("naive", corrects=False),
    Course("corrected"),
    Course("poisoned, not weighed", judges=True, weighs=False),
    Course("poisoned, weighed", judges=True),
)


@dataclass(slots=True)
class Way:
    """How a course went: nDCG@10 and the over-shown fields' share of the first ten after each month, from month 0 on;
    nDCG@10 of each month's fit, promoted or not (`fitted`); what each refit came to; what was found of places and
    graders."""

    course: Course
    ndcg: list[float] = field(default_factory=list)
    fitted: list[float] = field(default_factory=list)
    overshown: list[float] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    eta: float | None = None
    graders: Mapping[str, Grader] = field(default_factory=dict)


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--needs", type=int, default=48)
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--html", type=Path)
    chosen = parser.parse_args()
    world = make_world(chosen.needs, chosen.seed)
    paths = simulate(world, chosen.months, chosen.seed, say=print)
    best, share = ceiling(world)
    print("\n".join(table(paths, best, share)))
    if chosen.html:
        about = f"{chosen.needs} needs, a third of them fresh; {chosen.months} months; seed {chosen.seed}."
        write_page(chosen.html, about, paths, best, share, table(paths, best, share))
        print(f"written to {chosen.html}")


def simulate(
    world: World,
    months: int,
    seed: int,
    courses: tuple[Course, ...] = COURSES,
    say: Callable[[str], None] = lambda _: None,
) -> list[Way]:
    """Let each course run; the same seed gives the same people."""
    paths = []
    for course in courses:
        with tempfile.TemporaryDirectory() as folder:
            settings = load_settings({"MATCHMAKER_DATA": folder, "MATCHMAKER_INDEXES": f"{folder}/indexes"})
            keep_gauge(HashingEncoder(), settings.indexes / GAUGES)
            paths.append(_run(course, world, months, seed, settings))
        say(f"{course.name:<24}" + " ".join(f"{value:.3f}" for value in paths[-1].ndcg))
    return paths


def table(paths: list[Way], best: float, share: float) -> list[str]:
    """The figures for a terminal."""
    months = len(paths[0].ndcg)
    rows = [
        "",
        "nDCG@10 against the truth, fresh needs, after month",
        " " * 24 + "".join(f"{n:>7}" for n in range(months)),
    ]
    rows += [f"{path.course.name:<24}" + "".join(f"{value:>7.3f}" for value in path.ndcg) for path in paths]
    rows += ["", "the same of each month's fit, promoted or not"]
    rows += [f"{way.course.name:<31}" + "".join(f"{one:>7.3f}" for one in way.fitted) for way in paths if way.fitted]
    rows += [
        f"{'all that terms can tell':<24}{best:>7.3f}",
        "",
        "share of over-shown fields among the first ten, last month",
    ]
    rows += [f"{path.course.name:<24}{path.overshown[-1]:>7.3f}" for path in paths]
    rows += [f"{'truth':<24}{share:>7.3f}", ""]
    for path in paths:
        if path.course.learns:
            count = {name: path.outcomes.count(name) for name in dict.fromkeys(path.outcomes)}
            found = f", eta {path.eta:.2f}" if path.course.corrects and path.eta is not None else ""
            rows.append(f"{path.course.name:<24}" + ", ".join(f"{name} {n}" for name, n in count.items()) + found)
    for path in paths:
        if path.course.judges and path.course.weighs:
            weights = ", ".join(f"{name} {one.reliability:.2f}" for name, one in path.graders.items())
            rows += ["", f"graders' weights: {weights}"]
    return rows


def ceiling(world: World) -> tuple[float, float]:
    """Return what the hidden taste itself reaches on fresh needs, and the over-shown fields' share by the truth."""
    by_truth = {need: {name: float(grade) for name, grade in world.truth[need].items()} for need in world.fresh}
    return _worth(world, hidden_ranker()), _share(world, by_truth)


def _run(course: Course, world: World, months: int, seed: int, settings: Settings) -> Way:
    random = np.random.default_rng(seed)
    path, history, model = Way(course), History(), None
    _measure(path, world, _ranker(model))
    for month in range(months):
        at = BEGIN + month * MONTH
        for turn in range(LISTS_MONTHLY):
            show_and_decide(world, _ranker(model), history, at + turn * MONTH / LISTS_MONTHLY, random)
        grade_some(world, history, random)
        if course.learns:
            model = _refit(course, world, history, settings, model, path, month + 1, at)
        _measure(path, world, _ranker(model))
    return path


def _refit(
    course: Course,
    world: World,
    history: History,
    settings: Settings,
    model: Model | None,
    path: Way,
    number: int,
    at: datetime,
) -> Model | None:
    """Do what the site does at night, with what this course has."""
    exposure = exposure_of(history.lists, history.moments)
    path.eta = exposure.examination.eta
    path.graders = thought_of(history) if course.judges else {}
    graders = path.graders if course.weighs else None
    found = evidence_of(history, exposure if course.corrects else None, graders, judges=course.judges, now=at)
    pairs = []
    for pair, pieces in sorted(found.items()):
        if (settled := settle(pieces)) is not None:
            pairs.append(
                TaughtPair(*pair, settled.grade, settled.weight, settled.belief, (Source.DECISIONS,), len(pieces), at)
            )
    ground = _ground(world, model, tuple(pairs), exposure)
    grades = ground.grades(MEASURED_FROM)
    outcome = too_few(grades, ground.family)
    path.fitted.append(path.ndcg[-1])
    if outcome is None:
        *_, measured = measure(ground, settings, grades)
        outcome = judge_refit(measured.before, measured.after, measured.gain)
        path.fitted[-1] = _worth(world, ranker_for(HashingEncoder(), fit_ground(settings, ground, ground.grades())))
        if outcome.promotes:
            write_learned(settings, learned_name(number), ground, measured, number)
            model = open_model(settings, learned_name(number))
    path.outcomes.append(outcome.state)
    return model


def _ground(world: World, model: Model | None, pairs: tuple[TaughtPair, ...], exposure: Exposure) -> Ground:
    serving = Serving(None, model.name if model else None, model)
    sides = dict(world.texts.needs)
    keys = {need: need_key(sides[need].document) for need in world.taught}
    return Ground(HashingEncoder().model_id, serving, pairs, exposure, (), sides, {}, keys)


def _ranker(model: Model | None) -> Ranker:
    return ranker_for(HashingEncoder(), model.trained.weights if model else None)


def _measure(path: Way, world: World, ranker: Ranker) -> None:
    path.ndcg.append(_worth(world, ranker))
    path.overshown.append(_share(world, _results(world, ranker)))


def _worth(world: World, ranker: Ranker) -> float:
    return ndcg({need: world.truth[need] for need in world.fresh}, _results(world, ranker))


def _results(world: World, ranker: Ranker) -> dict[str, dict[str, float]]:
    return rank_judged({need: world.truth[need] for need in world.fresh}, world.texts, ranker)[0]


def _share(world: World, results: Mapping[str, Mapping[str, float]]) -> float:
    heads = [name for row in results.values() for name in ranked(row)[:10]]
    return sum(world.fields[name] in OVERSHOWN for name in heads) / len(heads)


if __name__ == "__main__":
    main()
