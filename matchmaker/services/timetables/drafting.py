"""The draft of an event's timetable: making one, taking over what the solver found, throwing it away."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.errors import Conflict, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from matchmaker.domain.timetables import Placement, Timetable, TimetableState
from matchmaker.services.events.loading import lock_event, require_runner
from matchmaker.services.timetables.board import Board
from matchmaker.services.timetables.building import OWN, Plan, is_open, staff_id_of, standing
from matchmaker.services.timetables.participants import MEETING_STATES
from matchmaker.timetable.problem import Assignment

LARGEST_ID = 2**63 - 1


def draft_of(session: Session, event: Event) -> Timetable | None:
    """Return the present draft with its meetings, None where there is none."""
    return session.scalars(_of(event, TimetableState.DRAFT)).one_or_none()


def released_of(session: Session, event: Event) -> Timetable | None:
    """Return what was released last, None where nothing was yet."""
    return session.scalars(_of(event, TimetableState.RELEASED)).one_or_none()


def versions_of(session: Session, event: Event) -> list[Timetable]:
    """Return everything that was ever released, the newest first."""
    shown = TimetableState.RELEASED, TimetableState.REPLACED
    rows = sa.select(Timetable).where(Timetable.event_id == event.id, Timetable.state.in_(shown))
    return list(session.scalars(rows.options(selectinload(Timetable.released_by)).order_by(Timetable.number.desc())))


def get_draft(session: Session, actor: Actor, event: Event, version: int | None = None) -> Timetable:
    """Return the draft to be changed by hand; `version` is the one that the actor has seen.

    Raises:
        Forbidden: the actor does not run the event. NotFound: there is no draft.
        Conflict: the solver is at it, or a colleague has changed it meanwhile.
    """
    require_runner(actor, event)
    lock_event(session, event)
    draft = draft_of(session, event)
    if draft is None:
        raise NotFound(N_("现在没有排期草稿，请先生成一份。"))
    if draft.is_solving:
        raise Conflict(N_("正在自动排期，完成或停止之后才能调整。"))
    if version is not None and draft.version != version:
        raise Conflict(N_("同事刚刚调整了这份排期，请查看最新的排期后再改。"))
    return draft


def begin_draft(session: Session, actor: Actor, event: Event, board: Board, mode: str) -> Timetable:
    """Return the draft, or a new one that begins with what stands now.

    Raises:
        Forbidden: the actor does not run the event. Conflict: nothing is planned in its present state.
    """
    require_runner(actor, event)
    lock_event(session, event)
    require_plannable(event)
    draft = draft_of(session, event)
    if draft is not None:
        return draft
    last = session.scalar(sa.select(sa.func.max(Timetable.number)).where(Timetable.event_id == event.id)) or 0
    draft = Timetable(event_id=event.id, number=last + 1, mode=mode, made_by_id=actor.user_id)
    draft.placements = _standing_placements(session, board)
    session.add(draft)
    session.flush()
    record(session, actor, "create", "timetable", draft.id, event=event.id, mode=mode)
    return draft


def require_plannable(event: Event) -> None:
    """Let pass only an event whose meetings are planned now.

    Raises:
        Conflict: it is too early, or over, or there are no slots.
    """
    if event.state not in MEETING_STATES:
        raise Conflict(N_("活动开放报名之后、举办之前才能排期。"))
    if not event.slot_minutes:
        raise Conflict(N_("请先在活动设置中填写每场洽谈的时长。"))


def discard_draft(session: Session, actor: Actor, event: Event) -> None:
    """Throw the draft away; what was released stays as it is.

    Raises:
        Forbidden, NotFound, Conflict: see `get_draft`.
    """
    draft = get_draft(session, actor, event)
    move(session, draft, TimetableState.DISCARDED, actor)
    session.execute(sa.delete(Placement).where(Placement.timetable_id == draft.id))
    session.flush()


def adopt(session: Session, draft: Timetable, plan: Plan, assignments: Iterable[Assignment]) -> None:
    """Let the draft hold exactly these meetings; what was locked stays locked."""
    locked = {(row.one_id, row.other_id) for row in draft.placements if row.locked}
    draft.placements = []
    session.flush()
    draft.placements = [_placement(plan, assignment, locked) for assignment in assignments]
    draft.version += 1
    session.flush()


def packed(plan: Plan, assignments: Iterable[Assignment]) -> list[list[Any]]:
    """Return assignments as JSON that still means the same when tables or people have changed: by ids of rows."""
    return [
        [*plan.pair_of(each.meeting), each.slot, plan.board.table_at(each.table), staff_id_of(each.interpreter)]
        for each in assignments
    ]


def _placement(plan: Plan, assignment: Assignment, locked: set[tuple[int, int]]) -> Placement:
    pair = plan.pair_of(assignment.meeting)
    row = plan.candidates[pair]
    return Placement(
        one_id=pair[0],
        other_id=pair[1],
        slot=assignment.slot,
        table_id=plan.board.table_at(assignment.table),
        interpreter_id=staff_id_of(assignment.interpreter),
        broker_id=row.broker_id,
        origin=row.origin,
        match_id=row.match_id,
        locked=pair in locked,
    )


def _standing_placements(session: Session, board: Board) -> list[Placement]:
    return [
        Placement(
            one_id=row.one_id,
            other_id=row.other_id,
            slot=row.slot,
            table_id=row.table_id,
            interpreter_id=row.interpreter_id,
            broker_id=row.broker_id,
            origin=row.origin,
            match_id=row.match_id,
            locked=row.locked and row.origin not in OWN,
        )
        for row in standing(session, board.event)
        if is_open(board, row)
    ]


def _of(event: Event, state: str) -> sa.Select[Timetable]:
    return (
        sa.select(Timetable)
        .where(Timetable.event_id == event.id, Timetable.state == state)
        .options(selectinload(Timetable.placements), selectinload(Timetable.job))
    )
