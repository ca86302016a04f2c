"""Appointments made directly: what tests of meetings and of what comes of them begin with."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import OCCUPYING, Appointment, AppointmentState, Occupancy
from matchmaker.domain.base import utc_now
from matchmaker.domain.events import Event, EventTable
from matchmaker.domain.matches import Match
from matchmaker.domain.registrations import Registration
from matchmaker.domain.slots import slots_of
from tests.cast import Cast, Member
from tests.events import make_event, make_registration
from tests.pairs import pair, publish


def make_appointment(
    session: Session,
    event: Event,
    one: Registration,
    other: Registration,
    *,
    slot: int = 0,
    table: EventTable | None = None,
    match: Match | None = None,
    state: AppointmentState = AppointmentState.CONFIRMED,
    **columns: Any,
) -> Appointment:
    """Write an appointment of two registrations, whichever comes first, with what it occupies; without a table online.

    Times are those of the event's slot; further columns by name.
    """
    first, second = sorted((one, other), key=lambda person: person.id)
    times = slots_of(event)[slot]
    values: dict[str, Any] = {"starts_at": times.starts_at, "ends_at": times.ends_at, "origin": "match", **columns}
    appointment = Appointment(
        event=event, one=first, other=second, state=state, slot=slot, table=table, match=match, **values
    )
    session.add(appointment)
    session.flush()
    if state in OCCUPYING:
        resources = [f"person:{first.id}", f"person:{second.id}", *([f"table:{table.id}"] if table else [])]
        resources += [f"staff:{staff}" for staff in (appointment.interpreter_id, appointment.broker_id) if staff]
        session.add_all(
            Occupancy(event_id=event.id, slot=slot, resource=resource, appointment_id=appointment.id)
            for resource in resources
        )
        session.flush()
    return appointment


def an_hour_ago() -> datetime:
    """Return when an event began whose first meetings are over."""
    return utc_now().replace(microsecond=0) - timedelta(hours=1)


def make_meeting(
    session: Session,
    cast: Cast,
    *,
    need: dict[str, Any] | None = None,
    achievement: dict[str, Any] | None = None,
    state: str = "final",
    organizer: Member | None = None,
    **values: Any,
) -> Appointment:
    """Write a session of carol's that began an hour ago, in which alice met bob at table 1 about a pair of theirs.

    `need` and `achievement` are columns of their revisions, `values` of the event.
    """
    begins = an_hour_ago()
    times = {"starts_at": begins, "ends_at": begins + timedelta(hours=4), **values}
    event = make_event(session, (organizer or cast.carol).actor, "session", state, tables=2, **times)
    match = pair(
        session,
        publish(session, cast.alice, "need", "风机叶片除冰", **(need or {})),
        publish(session, cast.bob, "achievement", "疏冰涂层", **(achievement or {})),
    )
    one, other = (make_registration(session, event, member) for member in (cast.alice, cast.bob))
    return make_appointment(session, event, one, other, table=event.tables[0], match=match)
