"""A person's own day at an event: his meetings, the agenda around them, where his tables stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.events import AgendaItem, Event, EventTable
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.services.appointments.loading import appointment_options
from matchmaker.services.appointments.recording import RECORDABLE
from matchmaker.services.appointments.views import AppointmentView, view_appointments
from matchmaker.services.events.loading import load_event


@dataclass(frozen=True, slots=True)
class DayItem:
    """One thing of the day: a meeting, or a line of the agenda."""

    starts_at: datetime
    ends_at: datetime
    meeting: AppointmentView | None = None
    agenda: AgendaItem | None = None

    def is_over(self, now: datetime) -> bool:
        """Whether it has ended."""
        return self.ends_at <= now


@dataclass(frozen=True, slots=True)
class PlanTable:
    """One table of a room's plan: whether it is closed, one of the person's own, and where he sits next."""

    number: int
    name: str
    is_closed: bool
    is_mine: bool
    is_next: bool


@dataclass(frozen=True, slots=True)
class PlanRoom:
    """The tables of one room in the order of their numbers; without a name where there is but one."""

    name: str
    tables: tuple[PlanTable, ...]


@dataclass(frozen=True, slots=True)
class MyMeetings:
    """What one person has before him at an event; `registration` is None for who is not coming."""

    event: Event
    registration: Registration | None
    next: AppointmentView | None
    day: tuple[DayItem, ...]
    rooms: tuple[PlanRoom, ...]
    now: datetime

    @property
    def meetings(self) -> tuple[AppointmentView, ...]:
        """His meetings in order."""
        return tuple(item.meeting for item in self.day if item.meeting is not None)

    @property
    def unanswered(self) -> tuple[AppointmentView, ...]:
        """Meetings that are over of which he has said nothing yet."""
        return tuple(one for one in self.meetings if one.ends_at <= self.now and one.mine is None)


def my_meetings(session: Session, actor: Actor, event_id: int, now: datetime | None = None) -> MyMeetings:
    """Return the actor's own day at an event.

    Raises:
        NotFound: there is no such event, or he may not know of it.
    """
    event, now = load_event(session, actor, event_id), now or utc_now()
    registration = session.scalars(
        sa.select(Registration).where(
            Registration.event_id == event.id,
            Registration.user_id == actor.user_id,
            Registration.state == RegistrationState.ACCEPTED,
        )
    ).one_or_none()
    if registration is None or actor.user_id is None:
        return MyMeetings(event, None, None, (), (), now)
    meetings = view_appointments(session, actor, _of(session, registration))
    following = next((one for one in meetings if one.is_to_come and one.ends_at > now), None)
    return MyMeetings(event, registration, following, _day(event, meetings), _rooms(event, meetings, following), now)


def _of(session: Session, registration: Registration) -> Sequence[Appointment]:
    own = sa.or_(Appointment.one_id == registration.id, Appointment.other_id == registration.id)
    query = sa.select(Appointment).where(own, Appointment.state.in_(RECORDABLE)).options(*appointment_options())
    return session.scalars(query.order_by(Appointment.starts_at, Appointment.id)).unique().all()


def _day(event: Event, meetings: Sequence[AppointmentView]) -> tuple[DayItem, ...]:
    items = [DayItem(one.starts_at, one.ends_at, meeting=one) for one in meetings]
    items += [DayItem(item.starts_at, item.ends_at, agenda=item) for item in event.agenda]
    return tuple(sorted(items, key=lambda item: (item.starts_at, item.ends_at, item.meeting is not None)))


def _rooms(
    event: Event, meetings: Sequence[AppointmentView], following: AppointmentView | None
) -> tuple[PlanRoom, ...]:
    mine = {one.table for one in meetings if one.is_to_come}
    rooms: dict[str, list[PlanTable]] = {}
    for table in event.tables:
        is_next = following is not None and following.table == table.number
        rooms.setdefault(table.room, []).append(_table(table, table.number in mine, is_next))
    return tuple(PlanRoom(name, tuple(tables)) for name, tables in rooms.items())


def _table(table: EventTable, is_mine: bool, is_next: bool) -> PlanTable:
    return PlanTable(table.number, table.name, table.closed_from is not None, is_mine, is_next)
