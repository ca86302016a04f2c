"""What goes wrong on the day: somebody does not come, comes late or leaves early, a table is lost; and its repair."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Invalid, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.domain.slots import slots_of
from matchmaker.domain.timetables import SolveMode, Timetable
from matchmaker.services.events.loading import lock_event, require_runner
from matchmaker.services.timetables.participants import participants
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
