"""A candidate beside what serves now, on pairs that people have decided about: a job of the worker, or a command."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.errors import Invalid
from matchmaker.domain.jobs import ENDED, Job, JobKind
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.rankers import RankerComparison
from matchmaker.search.networks import LoadedNetworks
from matchmaker.search.prepared import Prepared
from matchmaker.search.weights import RankerError
from matchmaker.services import jobs
from matchmaker.services.embedding_models import active_model
from matchmaker.services.job_runner import JobContext, Steps
from matchmaker.services.projection import full_scope
from matchmaker.services.rankers.choosing import base_of, require_may_compare
from matchmaker.services.rankers.decided import DecidedPair, decided_pairs, unlearned
from matchmaker.services.rankers.folder import Model, open_model
from matchmaker.services.rankers.judging import learned_by
from matchmaker.services.rankers.serving import serving_ranker

ENCODED_AT_ONCE, READ_AT_ONCE = 8, 16
PART = "decisions"
Grades = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class _Field:
    """What both rankers are measured on: grades of pairs by the ids of their listings, and the listings' texts."""

    model_id: str
    grades: Grades
    sides: Mapping[str, Prepared]
    learned: int
    unready: int

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every graded pair."""
        return [(need, achievement) for need, row in self.grades.items() for achievement in row]


def order_comparison(session: Session, settings: Settings, actor: Actor, name: str) -> Job:
    """Have a candidate compared with what serves now.

    Raises:
        Forbidden: not an administrator.
        Invalid: there is no such model.
    """
    require_may_compare(actor)
    _open(settings, name)
    return running_comparison(session, name) or jobs.order(session, actor, JobKind.COMPARE_RANKER, name=name)


def running_comparison(session: Session, name: str) -> Job | None:
    """Return the job that compares a candidate at this moment, or waits to; None where there is none."""
    query = sa.select(Job).where(Job.kind == JobKind.COMPARE_RANKER, Job.state.not_in(ENDED)).order_by(Job.id)
    return next((job for job in session.scalars(query) if job.arguments.get("name") == name), None)


def compare_as_job(context: JobContext) -> Steps:
    """Compare in the worker; one that was cut off is begun anew."""
    require_may_compare(context.actor)
    steps = compare(context.database, context.settings, context.actor, context.arguments["name"])
    while True:
        try:
            done, expected = next(steps)
        except StopIteration as end:
            with context.database.transaction() as session:
                context.advance(session, end.value.pairs, max(end.value.pairs, 1), {"comparison": end.value.id})
            return
        with context.database.transaction() as session:
            context.advance(session, done, expected)
        yield


def compare(
    database: Database, settings: Settings, actor: Actor, name: str
) -> Generator[tuple[int, int], None, RankerComparison]:
    """Measure both on all usable decisions and store the figures; yields (steps done, steps in all) on the way.

    Raises:
        Invalid: there is no such model, or no embedding model serves yet.
    """
    candidate = _open(settings, name)
    with database.read() as session:
        serving = serving_ranker(session, settings)
        field = _field(session, settings, learned_by(candidate, serving))
    total = 2 * (len(field.sides) + len(field.pairs))
    figures: dict[str, Any] = {"learned": field.learned, "unready": field.unready}
    runs: dict[str, Any] = {}
    for place, (part, model) in enumerate((("serving", serving.model), ("candidate", candidate))):
        before = place * total // 2
        for done in (steps := _Run(settings, field, model)).steps():
            yield before + done, total
        report = steps.report()
        figures[part], runs[part] = _figures(report), report.results
    figures["gain"] = _gain(field.grades, runs)
    with database.transaction() as session:
        comparison = RankerComparison(
            name=candidate.name,
            mark=candidate.mark,
            against_name=serving.model.name if serving.model else None,
            against_mark=serving.model.mark if serving.model else None,
            needs=len(field.grades),
            pairs=len(field.pairs),
            figures=figures,
            made_by_id=actor.user_id,
        )
        session.add(comparison)
    return comparison


class _Run:
    """One ranker on the field: its networks' work in steps, then the report."""

    def __init__(self, settings: Settings, field: _Field, model: Model | None) -> None:
        self._settings, self._field, self._model = settings, field, model
        self._sides = dict(field.sides)
        self._readings: dict[tuple[str, str], float] = {}

    def steps(self) -> Iterator[int]:
        """Encode and read what the model's networks are needed for; yields how many texts and pairs are done."""
        if self._model is None:
            return
        networks = LoadedNetworks(base_of(self._settings), self._model.trained)
        try:
            yield from self._encode(networks)
            yield from self._read(networks)
        except RankerError as error:
            raise Invalid(N_("这个排序模型不能使用：%(fault)s"), fault=error) from error

    def report(self) -> Any:
        """Measure."""
        from matchmaker.search.evaluate import Texts, evaluate_texts
        from matchmaker.search.rankers import ranker_of
        from matchmaker.services.engine import GAUGES

        weights = self._model.trained.weights if self._model else None
        ranker = ranker_of(self._field.model_id, self._settings.indexes / GAUGES, weights)
        texts = Texts(self._sides, self._sides, self._readings)
        return evaluate_texts(self._field.grades, texts, PART, "judged", self._field.model_id, ranker)

    def _encode(self, networks: LoadedNetworks) -> Iterator[int]:
        encoder = networks.tuned
        for batch in _batches(list(self._sides), ENCODED_AT_ONCE) if encoder is not None else ():
            vectors = encoder.encode([self._sides[found].document for found in batch])  # type: ignore[union-attr]
            for found, vector in zip(batch, vectors, strict=True):
                self._sides[found] = replace(self._sides[found], tuned_vector=vector)
            yield self._sides_done(batch)

    def _read(self, networks: LoadedNetworks) -> Iterator[int]:
        reader = networks.reader
        for batch in _batches(self._field.pairs, READ_AT_ONCE) if reader is not None else ():
            documents = [(self._sides[need].document, self._sides[other].document) for need, other in batch]
            numbers = reader.read(documents).tolist()  # type: ignore[union-attr]
            self._readings |= dict(zip(batch, numbers, strict=True))
            yield len(self._sides) + len(self._readings)

    def _sides_done(self, batch: Sequence[str]) -> int:
        return list(self._sides).index(batch[-1]) + 1


def _open(settings: Settings, name: str) -> Model:
    try:
        return open_model(settings, name)
    except RankerError as error:
        raise Invalid(N_("这个排序模型不能使用：%(fault)s"), fault=error) from error


def _field(session: Session, settings: Settings, learned: frozenset[str]) -> _Field:
    from matchmaker.services.engine import Engine

    embedding = active_model(session)
    if embedding is None:
        raise Invalid(N_("语义模型还没有准备好，请等后台进程运行之后再比较。"))
    every = decided_pairs(session)
    found = unlearned(every, learned)
    listings = {row.id: row for pair in found for row in (pair.need, pair.achievement)}
    prepared = Engine(settings).prepare(session, list(listings.values()), embedding.model_id)
    sides = {str(row.id): prepared[key] for row in listings.values() if (key := _full(row)) in prepared}
    grades = _grades([pair for pair in found if {str(pair.need.id), str(pair.achievement.id)} <= sides.keys()])
    scored = sum(map(len, grades.values()))
    used = {found for need, row in grades.items() for found in (need, *row)}
    sides = {found: side for found, side in sides.items() if found in used}
    return _Field(embedding.model_id, grades, sides, len(every) - len(found), len(found) - scored)


def _full(listing: Any) -> tuple[int, str]:
    return listing.id, full_scope(listing.current)


def _grades(pairs: Sequence[DecidedPair]) -> Grades:
    grades: Grades = {}
    for pair in pairs:
        grades.setdefault(str(pair.need.id), {})[str(pair.achievement.id)] = pair.grade
    return grades


def _figures(report: Any) -> dict[str, float]:
    figures: dict[str, float] = {"ndcg_10": report.ndcg_10}
    if report.agreement is not None:
        figures |= {"calibration": report.calibration, **asdict(report.agreement)}
    return figures


def _gain(grades: Grades, runs: Mapping[str, Any]) -> dict[str, float]:
    from matchmaker.search.training.bootstrap import gain_interval

    return asdict(gain_interval(grades, runs["serving"], runs["candidate"]))


def _batches(rows: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (rows[start : start + size] for start in range(0, len(rows), size))
