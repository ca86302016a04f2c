"""Releasing a draft: its meetings become appointments in one transaction, and those are told whose meetings changed."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict
from matchmaker.domain.events import Event, EventState
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import can_move, move
from matchmaker.domain.timetables import Placement, TimetableState
from matchmaker.services.timetables.board import Board, load_board
from matchmaker.services.timetables.building import standing
from matchmaker.services.timetables.checking import clashes
from matchmaker.services.timetables.differences import Change, ChangeKind, changes, concerned, stamp_of
from matchmaker.services.timetables.drafting import get_draft, released_of
from matchmaker.services.timetables.occupying import occupy_anew, set_free
from matchmaker.services.timetables.telling import tell_changes

STALE = N_("您查看差异之后，又有人约定、取消或调整了洽谈。请核对最新的差异后再发布。")


def release(session: Session, actor: Actor, event: Event, *, stamp: str) -> list[Change]:
    """Make the draft the event's timetable; return what changed by it. `stamp` marks what the actor has looked at.

    Raises:
        Forbidden: the actor does not run the event. NotFound: there is no draft.
        Conflict: something has changed since he looked, or the draft breaks a rule.
    """
    draft = get_draft(session, actor, event)
    _hold_still(session, event)
    board = load_board(session, event)
    if stamp_of(session, board, draft) != stamp:
        raise Conflict(STALE)
    if found := clashes(session, board, draft):
        raise Conflict(N_("草稿中还有 %(count)d 处冲突，解决之后才能发布。"), count=len(found))
    different = changes(session, board, draft)
    if not draft.placements and not different:
        raise Conflict(N_("草稿中还没有任何洽谈，没有可以发布的内容。"))
    try:
        _write(session, actor, board, different)
    except IntegrityError as error:
        raise Conflict(STALE) from error
    before = released_of(session, event)
    if before is not None:
        move(session, before, TimetableState.REPLACED, actor)
        session.flush()
    draft.released_at, draft.released_by_id = utc_now(), actor.user_id
    move(session, draft, TimetableState.RELEASED, actor, None, changes=len(different))
    if can_move(event, EventState.FINAL):
        move(session, event, EventState.FINAL, actor)
    session.flush()
    tell_changes(session, board, concerned(different))
    return different


def _hold_still(session: Session, event: Event) -> None:
    """Let nobody change the event's appointments until this transaction is over, and read them anew."""
    rows = sa.select(Appointment).where(Appointment.event_id == event.id).order_by(Appointment.id)
    session.scalars(rows.with_for_update().execution_options(populate_existing=True)).all()


def _write(session: Session, actor: Actor, board: Board, different: Iterable[Change]) -> None:
    for change in different:
        if change.kind is ChangeKind.CANCELLED and change.before is not None:
            _cancel(session, actor, change.before)
        elif change.before is not None and change.after is not None:
            _shift(session, actor, board, change.before, change.after)
        elif change.after is not None:
            _create(session, actor, board, change.after)
    session.flush()
    occupy_anew(session, standing(session, board.event))
    session.flush()


def _cancel(session: Session, actor: Actor, row: Appointment) -> None:
    move(session, row, AppointmentState.CANCELLED, actor)
    _touch(row)
    set_free(session, row)


def _shift(session: Session, actor: Actor, board: Board, row: Appointment, to: Placement) -> None:
    record(session, actor, "reschedule", "appointment", row.id, slot_before=row.slot, slot_after=to.slot)
    _place(board, row, to)
    _touch(row)


def _create(session: Session, actor: Actor, board: Board, placement: Placement) -> None:
    row = Appointment(
        event_id=board.event.id,
        one_id=placement.one_id,
        other_id=placement.other_id,
        origin=placement.origin,
        match_id=placement.match_id,
    )
    _place(board, row, placement)
    session.add(row)
    session.flush()
    record(session, actor, "create", "appointment", row.id, after=row.state)


def _place(board: Board, row: Appointment, to: Placement) -> None:
    slot = board.slots[to.slot]
    row.slot, row.starts_at, row.ends_at = slot.number, slot.starts_at, slot.ends_at
    row.table_id, row.interpreter_id, row.broker_id = to.table_id, to.interpreter_id, to.broker_id
    row.locked = to.locked


def _touch(row: Appointment) -> None:
    row.version += 1
    row.sequence += 1
    row.changed_at = utc_now()
