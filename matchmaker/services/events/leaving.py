"""When somebody does not come after all: his meetings are called off, and whoever he was to meet is told."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.appointments import OCCUPYING, Appointment, AppointmentState, Occupancy
from matchmaker.domain.base import utc_now
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.domain.states import move
from matchmaker.services.events.notices import reader
from matchmaker.services.notices import tell


def release_meetings(session: Session, actor: Actor, registration: Registration) -> int:
    """Call off every meeting that stands of a person and free its slot, table and staff; return how many."""
    involved = sa.or_(Appointment.one_id == registration.id, Appointment.other_id == registration.id)
    loaded = joinedload(Appointment.one), joinedload(Appointment.other)
    standing = sa.select(Appointment).where(involved, Appointment.state.in_(OCCUPYING)).options(*loaded)
    appointments = session.scalars(standing.order_by(Appointment.slot)).all()
    for appointment in appointments:
        _call_off(session, actor, appointment)
        other = appointment.other if appointment.one_id == registration.id else appointment.one
        _tell(session, registration, other, appointment)
    gone = [appointment.id for appointment in appointments]
    session.execute(sa.delete(Occupancy).where(Occupancy.appointment_id.in_(gone)))
    session.flush()
    return len(gone)


def release_all(session: Session, actor: Actor, event: Event) -> int:
    """Call off every meeting of an event that is cancelled, of which its people are told; return how many."""
    standing = Appointment.event_id == event.id, Appointment.state.in_(OCCUPYING)
    appointments = session.scalars(sa.select(Appointment).where(*standing).order_by(Appointment.id)).all()
    for appointment in appointments:
        _call_off(session, actor, appointment)
    session.execute(sa.delete(Occupancy).where(Occupancy.event_id == event.id))
    session.flush()
    return len(appointments)


def _call_off(session: Session, actor: Actor, appointment: Appointment) -> None:
    move(session, appointment, AppointmentState.CANCELLED, actor)
    appointment.version, appointment.sequence = appointment.version + 1, appointment.sequence + 1
    appointment.changed_at = utc_now()


def _tell(session: Session, gone: Registration, other: Registration, appointment: Appointment) -> None:
    event = gone.event
    title = Sentence(N_("%(starts_at)s 的洽谈取消"), starts_at=appointment.starts_at)
    body = Sentence(
        N_("%(organization)s 的 %(name)s 不能参加《%(title)s》了，这个时段空出来了。"),
        organization=gone.organization.name,
        name=gone.name,
        title=event.title,
    )
    tell(session, reader(session, other), topic=NoticeTopic.EVENT, title=title, body=body, path=f"/events/{event.id}")
