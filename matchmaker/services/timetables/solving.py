"""Solving a timetable in the worker: the solver runs in a child process, so that mails and vectors never wait.

The best timetable so far is written to the draft as it is found: whoever kills the worker loses nothing, and the next
one goes on from there. Stopping keeps it; calling off leaves the draft as it was before.
"""

import time
from collections.abc import Iterator

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import AppointmentState
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Invalid, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.jobs import JobKind
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.timetables import SolveMode, Timetable, TimetableState
from matchmaker.services import jobs
from matchmaker.services.events.loading import load_run_event
from matchmaker.services.job_runner import WAITING, JobContext, Steps
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.building import Plan, build, key, solution_of, standing
from matchmaker.services.timetables.drafting import adopt, begin_draft, draft_of, packed
from matchmaker.services.timetables.explaining import explain
from matchmaker.services.timetables.figures import figures_of
from matchmaker.services.timetables.proposed_repairs import settle_proposal
from matchmaker.services.timetables.solver_process import SolverProcess
from matchmaker.timetable.problem import Solution
from matchmaker.timetable.process import Order

SECONDS = (10, 30, 60, 180)
REPAIR_SECONDS = 3
WAIT_SECONDS = 0.05
WRITE_SECONDS = 1.0
SEED = 1
INFEASIBLE = "infeasible"
REPLACED = N_("这份排期草稿已被放弃或换成了新的。")


def order_solving(
    session: Session, actor: Actor, event: Event, mode: str, seconds: int = 30, *, proposed_for: str = ""
) -> Timetable:
    """Have the worker solve the event's draft, which is made where there is none.

    `proposed_for` names whose leaving has caused it, where the actor has not asked for it himself: he is told of what
    is found, and it is thrown away where nothing would change.

    Raises:
        Forbidden: the actor does not run the event. Invalid: no such mode or time.
        Conflict: nothing is planned in the event's present state, or the solver is at it already.
    """
    if mode not in set(SolveMode) or seconds not in SECONDS:
        raise Invalid(N_("请从列表中选择。"))
    draft = begin_draft(session, actor, event, load_board(session, event), mode)
    if draft.is_solving:
        raise Conflict(N_("正在自动排期，请等待完成，或先停止它。"))
    draft.mode, draft.seconds = mode, REPAIR_SECONDS if mode == SolveMode.REPAIR else seconds
    draft.stop_asked_at, draft.found, draft.conflict = None, {}, {}
    draft.job = jobs.order(
        session, actor, JobKind.SOLVE_TIMETABLE, event=event.id, timetable=draft.id, **_cause(proposed_for)
    )
    draft.job.expected = draft.seconds
    session.flush()
    return draft


def _cause(proposed_for: str) -> dict[str, str]:
    return {"proposed_for": proposed_for} if proposed_for else {}


def stop_solving(session: Session, actor: Actor, event: Event) -> None:
    """Let the solver end at once and keep the best that it has found; asking twice changes nothing.

    Raises:
        Forbidden: the actor does not run the event. NotFound: there is no draft.
    """
    load_run_event(session, actor, event.id)
    draft = draft_of(session, event)
    if draft is None:
        raise NotFound(N_("现在没有排期草稿，请先生成一份。"))
    if draft.is_solving and draft.stop_asked_at is None:
        draft.stop_asked_at = utc_now()
        session.flush()


def solve_as_job(context: JobContext) -> Steps:
    """Solve a draft in the worker; what an earlier attempt has found is gone on from."""
    with context.database.read() as session:
        plan, order = _begin(session, context)
    process = SolverProcess(order)
    try:
        process.start()
        yield from _follow(context, plan, process)
    finally:
        process.close()
    with context.database.transaction() as session:
        _end(session, context, plan, process)


def _begin(session: Session, context: JobContext) -> tuple[Plan, Order]:
    event = load_run_event(session, context.actor, context.arguments["event"])
    draft = draft_of(session, event)
    if draft is None or draft.id != context.arguments["timetable"] or draft.job_id != context.job_id:
        raise Conflict(REPLACED)
    plan = build(session, load_board(session, event), draft.mode, draft.placements)
    if not plan.problem.meetings:
        raise Conflict(N_("还没有可以安排的洽谈：没有人提交意向，平台也没有达到门槛的匹配。"))
    repairs = draft.mode == SolveMode.REPAIR
    return plan, Order(plan.problem, earlier_of(plan, draft), repairs, confirmed_of(session, plan), draft.seconds, SEED)


def confirmed_of(session: Session, plan: Plan) -> tuple[str, ...]:
    """Return the meetings of the plan that people were told of."""
    rows = standing(session, plan.board.event)
    return tuple(key((row.one_id, row.other_id)) for row in rows if row.state == AppointmentState.CONFIRMED)


def earlier_of(plan: Plan, draft: Timetable) -> Solution:
    """Return what to begin with: what was found before the worker was cut off, else what the draft holds."""
    if found := draft.found.get("assignments"):
        return solution_of(plan, (((one, other), *place) for one, other, *place in found))
    held = (((row.one_id, row.other_id), row.slot, row.table_id, row.interpreter_id) for row in draft.placements)
    return solution_of(plan, held)


def _follow(context: JobContext, plan: Plan, process: SolverProcess) -> Iterator[str]:
    """Wait in small pieces; write now and then how far it is, and look whether it is to stop."""
    begun, due = time.monotonic(), 0.0
    while not process.wait(WAIT_SECONDS):
        if time.monotonic() >= due:
            due = time.monotonic() + WRITE_SECONDS
            with context.database.transaction() as session:
                _write(session, context, plan, process, int(time.monotonic() - begun))
        yield WAITING


def _write(session: Session, context: JobContext, plan: Plan, process: SolverProcess, seconds: int) -> None:
    draft = session.get_one(Timetable, context.arguments["timetable"])
    if draft.stop_asked_at is not None or draft.state != TimetableState.DRAFT:
        process.stop()
    best, stage = process.best, process.progress.stage if process.progress is not None else ""
    if best is not None and best.assignments:
        draft.found = {"assignments": packed(plan, best.assignments)}
    figures = figures_of(plan, best, stage) if best is not None else None
    context.advance(session, min(draft.seconds, seconds), draft.seconds, figures)


def _end(session: Session, context: JobContext, plan: Plan, process: SolverProcess) -> None:
    """Write what was found into the draft; where nothing can be, say why."""
    solution, draft = process.solution, draft_of(session, plan.board.event)
    if draft is None or draft.job_id != context.job_id or solution is None:
        raise Conflict(REPLACED)
    if solution.status == INFEASIBLE:
        draft.conflict = explain(plan)
    elif solution.assignments:
        adopt(session, draft, plan, solution.assignments)
    draft.figures, draft.found = figures_of(plan, solution, ""), {}
    context.advance(session, draft.seconds, draft.seconds, draft.figures)
    session.flush()
    if cause := context.arguments.get("proposed_for"):
        settle_proposal(session, context.actor, draft, cause)
