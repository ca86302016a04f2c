"""When the people of an event cannot meet: its agenda, their own times, and where else they are expected that day."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.appointments import OCCUPYING, Appointment
from matchmaker.domain.events import Event, EventKind, EventStaff, EventState
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.domain.slots import Slot, Span, absent, blocked, slots_of, taken

GONE = (EventState.CANCELLED, EventState.DRAFT)


def busy_of(
    session: Session, event: Event, people: Collection[Registration], now: datetime
) -> dict[int, frozenset[int]]:
    """Return, by registration, the slots in which each of `people` is not to be had.

    That is while the agenda occupies everybody, before he arrives and after he leaves, in his absences, while he is at
    another event, and in whatever slot has begun.
    """
    slots = slots_of(event)
    common = blocked(event) | begun(slots, now)
    elsewhere = _elsewhere(session, event, {person.user_id for person in people if person.user_id is not None})
    return {
        person.id: common | absent(event, person) | taken(slots, elsewhere.get(person.user_id or 0, ()))
        for person in people
    }


def busy_of_staff(
    session: Session, event: Event, staff: Collection[EventStaff], now: datetime
) -> dict[int, frozenset[int]]:
    """Return, by member of the staff, the slots in which he cannot be counted on; he may himself be registered."""
    slots = slots_of(event)
    users = {member.user_id for member in staff if member.user_id is not None}
    elsewhere = _elsewhere(session, event, users)
    return {
        member.id: begun(slots, now) | absent(event, member) | taken(slots, elsewhere.get(member.user_id or 0, ()))
        for member in staff
    }


def begun(slots: Collection[Slot], now: datetime) -> frozenset[int]:
    """Return the slots that have begun: nothing can be planned into them any more."""
    return frozenset(slot.number for slot in slots if slot.starts_at <= now)


def _elsewhere(session: Session, event: Event, users: Collection[int]) -> Mapping[int, list[Span]]:
    """Return, by user, when he is expected at other events during this one."""
    found: dict[int, list[Span]] = defaultdict(list)
    if not users:
        return found
    during = Event.starts_at < event.ends_at, Event.ends_at > event.starts_at, Event.state.not_in(GONE)
    rows = session.scalars(
        sa.select(Registration)
        .join(Event, Registration.event_id == Event.id)
        .where(
            Registration.user_id.in_(users),
            Registration.event_id != event.id,
            Registration.state == RegistrationState.ACCEPTED,
            *during,
        )
        .options(joinedload(Registration.event).selectinload(Event.agenda))
    ).all()
    for row in rows:
        found[row.user_id or 0] += _expected(row)
    own = {row.id: row.user_id or 0 for row in rows}
    for appointment in _appointments(session, own.keys()):
        for registration_id in {appointment.one_id, appointment.other_id} & own.keys():
            found[own[registration_id]].append((appointment.starts_at, appointment.ends_at))
    return found


def _expected(row: Registration) -> list[Span]:
    """Where there are meetings or stands a person comes and goes; a roadshow or a training has him from end to end."""
    other = row.event
    agenda = [(item.starts_at, item.ends_at) for item in other.agenda if item.blocking]
    if other.is_session or other.kind == EventKind.EXHIBITION:
        return agenda
    return [(row.arrives_at or other.starts_at, row.departs_at or other.ends_at)]


def _appointments(session: Session, registrations: Collection[int]) -> Collection[Appointment]:
    if not registrations:
        return ()
    own = sa.or_(Appointment.one_id.in_(registrations), Appointment.other_id.in_(registrations))
    return session.scalars(sa.select(Appointment).where(own, Appointment.state.in_(OCCUPYING))).all()
