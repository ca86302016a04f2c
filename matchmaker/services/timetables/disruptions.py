"""What goes wrong on the day: somebody does not come, comes late or leaves early, a table is lost; and its repair."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Invalid, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_run_event
from matchmaker.domain.registrations import Registration
from matchmaker.domain.slots import slots_of
from matchmaker.domain.timetables import SolveMode, Timetable
from matchmaker.services.actors import load_member
from matchmaker.services.events.loading import lock_event, require_runner
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.building import is_open, standing
from matchmaker.services.timetables.candidates import candidates
from matchmaker.services.timetables.drafting import draft_of, released_of
from matchmaker.services.timetables.participants import MEETING_STATES, participants
from matchmaker.services.timetables.solving import order_solving


def report_no_show(session: Session, actor: Actor, event: Event, registration_id: int) -> Timetable:
    """Count on somebody no more from now on, and order a repair.

    Raises:
        Forbidden: the actor does not run the event. NotFound: nobody such comes. Conflict: see `order_solving`.
    """
    person = _person(session, actor, event, registration_id)
    end = max(event.ends_at, event.meetings_until or event.ends_at)
    person.absences = [*person.absences, [min(utc_now(), end).isoformat(), end.isoformat()]]
    return _repair(session, actor, event, "no_show", registration=person.id)


def propose_repair(session: Session, event: Event, gone: Registration) -> Timetable | None:
    """Order a repair after somebody who was expected has left, in the name of whoever answers for the event; it is a
    draft that he may release or not. None where nothing was released or could be held, a draft is at hand, or nobody
    answers.
    """
    if event.state not in MEETING_STATES or not event.slot_minutes or released_of(session, event) is None:
        return None
    organizer = load_member(session, event.owner_id, event.organization_id)
    if organizer is None or not can_run_event(organizer, event) or draft_of(session, event) is not None:
        return None
    board = load_board(session, event)
    if not candidates(session, board) and not any(is_open(board, row) for row in standing(session, event)):
        return None
    return order_solving(session, organizer, event, SolveMode.REPAIR, proposed_for=gone.name)


def report_late(session: Session, actor: Actor, event: Event, registration_id: int, slot: int) -> Timetable:
    """Count on somebody only from a slot on, and order a repair.

    Raises:
        Forbidden, NotFound, Conflict: as `report_no_show`. Invalid: no such slot.
    """
    person = _person(session, actor, event, registration_id)
    person.arrives_at = _begin(event, slot)
    return _repair(session, actor, event, "late", registration=person.id, slot=slot)


def report_leaving(session: Session, actor: Actor, event: Event, registration_id: int, slot: int) -> Timetable:
    """Count on somebody no more from a slot on, and order a repair.

    Raises:
        Forbidden, NotFound, Conflict: as `report_no_show`. Invalid: no such slot.
    """
    person = _person(session, actor, event, registration_id)
    person.departs_at = _begin(event, slot)
    return _repair(session, actor, event, "leaving", registration=person.id, slot=slot)


def close_table(session: Session, actor: Actor, event: Event, table_id: int, slot: int) -> Timetable:
    """Use a table no more from a slot on, and order a repair.

    Raises:
        Forbidden, Conflict: as `report_no_show`. NotFound: there is no such table. Invalid: no such slot.
    """
    require_runner(actor, event)
    lock_event(session, event)
    table = next((each for each in event.tables if each.id == table_id), None)
    if table is None:
        raise NotFound(N_("没有找到这张桌。"))
    table.closed_from = _begin(event, slot)
    return _repair(session, actor, event, "close_table", table=table.id, slot=slot)


def _person(session: Session, actor: Actor, event: Event, registration_id: int) -> Registration:
    require_runner(actor, event)
    lock_event(session, event)
    person = next((each for each in participants(session, event) if each.id == registration_id), None)
    if person is None:
        raise NotFound(N_("没有找到这位参会人。"))
    return person


def _begin(event: Event, slot: int) -> datetime:
    slots = slots_of(event)
    if not 0 <= slot < len(slots):
        raise Invalid(N_("请选择一个时段。"), {"slot": N_("请选择一个时段。")})
    return slots[slot].starts_at


def _repair(session: Session, actor: Actor, event: Event, what: str, **data: Any) -> Timetable:
    session.flush()
    record(session, actor, what, "event", event.id, **data)
    return order_solving(session, actor, event, SolveMode.REPAIR)
