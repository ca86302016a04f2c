"""One refit from beginning to end, in steps: read, prepare, measure on held-out needs, fit, write, promote.

Nothing that serves is touched before the last step, which is one transaction; killed anywhere before it, what served
serves on, and the next refit begins anew and clears away what was left.
"""

from collections.abc import Generator, Mapping
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.errors import Conflict, DomainError
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence, pack
from matchmaker.domain.permissions import Actor
from matchmaker.domain.rankers import RankerSource
from matchmaker.domain.refits import Refit, RefitCause, RefitState
from matchmaker.domain.states import move
from matchmaker.services.job_runner import JobContext, Steps
from matchmaker.services.leases import holder_name, release_dead_holders, release_leases, take_leases
from matchmaker.services.rankers.choosing import put
from matchmaker.services.rankers.folder import open_model
from matchmaker.services.rankers.serving import serving_ranker
from matchmaker.services.refits.ground import MEASURED_FROM, Ground, prepare_ground, read_ground
from matchmaker.services.refits.measuring import Measured, measure
from matchmaker.services.refits.models import carry_networks, clear_unfinished, learned_name, write_learned
from matchmaker.services.refits.months import month_figures, shown_scores
from matchmaker.services.refits.rule import Outcome, judge_refit, nothing_new, too_few
from matchmaker.services.refits.switch import require_may_refit
from matchmaker.services.showings.reading import shown_lists
from matchmaker.services.teaching.pairs import LOOKED_BACK

LEASE = "refit"
Progress = Generator[tuple[int, int], None, Refit]


def refit_as_job(context: JobContext) -> Steps:
    """Fit anew in the worker; one that was cut off is begun anew."""
    cause = RefitCause(context.arguments.get("cause", RefitCause.PAGE))
    steps = refit(context.database, context.settings, context.actor, cause)
    while True:
        try:
            done, expected = next(steps)
        except StopIteration as end:
            with context.database.transaction() as session:
                context.advance(session, 1, 1, {"refit": end.value.id})
            return
        with context.database.transaction() as session:
            context.advance(session, done, expected)
        yield


def refit(
    database: Database, settings: Settings, actor: Actor, cause: RefitCause, holder: str | None = None
) -> Progress:
    """Fit the ranker anew to what people taught and let it serve if it is better; yields (steps done, steps in all).

    Raises:
        Forbidden, Conflict: the actor may not, the configuration decides, or another refit is running.
        Invalid: no embedding model serves yet.
    """
    require_may_refit(settings, actor)
    holder = holder or holder_name()
    with database.transaction() as session:
        row = _begin(session, actor, cause, holder)
    try:
        yield from _Run(database, settings, actor, row.id, holder).steps()
    except Exception as fault:
        _fail(database, actor, row.id, fault)
        raise
    finally:
        with database.transaction() as session:
            release_leases(session, [LEASE], holder)
    with database.read() as session:
        return session.get_one(Refit, row.id)


def _begin(session: Session, actor: Actor, cause: RefitCause, holder: str) -> Refit:
    release_dead_holders(session)
    if not take_leases(session, [LEASE], holder):
        raise Conflict(N_("排序正在重新学习，请等它结束。"))
    for cut in session.scalars(sa.select(Refit).where(Refit.state == RefitState.RUNNING)):
        _end(session, actor, cut, RefitState.FAILED, Sentence(N_("中途被打断，原来的排序继续使用；已经重新开始。")))
    session.flush()
    row = Refit(cause=cause, started_by_id=actor.user_id)
    session.add(row)
    session.flush()
    record(session, actor, "begin", Refit.subject_kind, row.id, cause=cause)
    return row


def _end(session: Session, actor: Actor, row: Refit, state: RefitState, why: Sentence) -> None:
    move(session, row, state, actor)
    row.ended_at, row.why = utc_now(), pack(why)


def _fail(database: Database, actor: Actor, refit_id: int, fault: Exception) -> None:
    why = Sentence(N_("没有完成，原来的排序继续使用：%(fault)s"), fault=str(fault)[:200] or type(fault).__name__)
    if isinstance(fault, DomainError):
        why = Sentence(fault.sentence, **fault.values)
    with database.transaction() as session:
        row = session.get_one(Refit, refit_id)
        if row.state == RefitState.RUNNING:
            _end(session, actor, row, RefitState.FAILED, why)


class _Run:
    """The steps of one refit."""

    def __init__(self, database: Database, settings: Settings, actor: Actor, refit_id: int, holder: str) -> None:
        self._database, self._settings, self._actor = database, settings, actor
        self._id, self._holder = refit_id, holder

    def steps(self) -> Generator[tuple[int, int], None, None]:
        """Do everything; each yield is a place where it may be cut off."""
        with self._database.read() as session:
            clear_unfinished(session, self._settings)
            ground = read_ground(session, self._settings)
            yield 1, len(ground.listings) + 8
            for done in prepare_ground(session, self._settings, ground):
                self._beat()
                yield 1 + done, len(ground.listings) + 8
        done, expected = 1 + len(ground.listings), len(ground.listings) + 8
        measured_pairs = ground.grades(MEASURED_FROM)
        outcome = nothing_new(ground) or too_few(measured_pairs, ground.family)
        measured: Measured | None = None
        if outcome is None:
            for found in measure(ground, self._settings, measured_pairs):
                self._beat()
                measured = found
                done += 1
                yield done, expected
            assert measured is not None, "there are families to be held out"  # noqa: S101
            outcome = judge_refit(measured.before, measured.after, measured.gain)
        figures = self._figures(ground, measured, promoted=outcome.promotes)
        name = None
        if outcome.promotes and measured is not None:
            name = learned_name(self._id)
            write_learned(self._settings, name, ground, measured, self._id)
            yield expected - 1, expected
        self._finish(ground, outcome, figures, name)

    def _beat(self) -> None:
        with self._database.transaction() as session:
            if not take_leases(session, [LEASE], self._holder):
                raise Conflict(N_("排序正在重新学习，请等它结束。"))

    def _figures(self, ground: Ground, measured: Measured | None, *, promoted: bool) -> dict[str, Any]:
        grades = ground.grades(MEASURED_FROM)
        figures: dict[str, Any] = {
            "sources": _by_source(ground),
            "pairs": len(ground.pairs),
            "needs": len({pair.need_id for pair in ground.pairs}),
            "unready": len(ground.pairs) - len(ground.ready),
            "examination": {**asdict(ground.exposure.examination), "lists": ground.exposure.lists},
        }
        if measured is None:
            return figures
        with self._database.read() as session:
            now = utc_now()
            shown = shown_scores(shown_lists(session, now - LOOKED_BACK, now))
        run = measured.held if promoted else measured.served
        months = month_figures(shown, grades, run)
        held = {"needs": len(grades), "pairs": sum(map(len, grades.values())), "folds": measured.folds}
        measures = {"before": measured.before, "after": measured.after, "gain": asdict(measured.gain)}
        return figures | measures | {"held_out": held, "months": [asdict(month) for month in months]}

    def _finish(self, ground: Ground, outcome: Outcome, figures: Mapping[str, Any], name: str | None) -> None:
        """Write how it ended, and let the new model serve where it may: all of it or nothing."""
        with self._database.transaction() as session:
            row = session.get_one(Refit, self._id)
            serving, former = serving_ranker(session, self._settings), ground.serving
            if name is not None and serving.choice_id != former.choice_id:
                why = N_("没有启用：学习期间有人换过排序，这一次的结果不再作数。")
                outcome = Outcome(RefitState.REFUSED, Sentence(why))
            row.figures, row.evidence = dict(figures), ground.fingerprint
            row.against_model = former.model.name if former.model else None
            row.against_mark = former.model.mark if former.model else None
            if outcome.promotes and name is not None:
                model = open_model(self._settings, name)
                row.model, row.mark = model.name, model.mark
                carry_networks(session, row.against_mark, model)
                put(session, self._actor, model, RankerSource.LEARNING)
            _end(session, self._actor, row, outcome.state, outcome.why)


def _by_source(ground: Ground) -> dict[str, dict[str, float]]:
    """How many pairs each source decided or helped to decide, and their weight."""
    found: dict[str, dict[str, float]] = {}
    for pair in ground.pairs:
        for source in pair.sources:
            cell = found.setdefault(source, {"pairs": 0, "weight": 0.0})
            cell["pairs"] += 1
            cell["weight"] = round(cell["weight"] + pair.weight / len(pair.sources), 4)
    return found
