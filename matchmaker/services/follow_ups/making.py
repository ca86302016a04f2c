"""Making the follow-ups of held events, and who answers for them."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.base import upsert, utc_now
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.events import Event, EventState
from matchmaker.domain.follow_ups import AFTER_DAYS, FollowUp, FollowUpState
from matchmaker.domain.journal import record
from matchmaker.domain.people import Organization, OrganizationKind, User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.pitches import Pitch, PitchInterest, PitchState
from matchmaker.services.ownership import members

_HELD = (EventState.HELD, EventState.CLOSED)


def make_follow_ups(session: Session, event: Event) -> int:
    """Make the follow-ups of a held event: of each pitch somebody is interested in and of each appointment that was
    held. What is there already stays; return how many are new.
    """
    if event.state not in _HELD:
        return 0
    wanted = sa.select(Pitch.id).where(
        Pitch.event_id == event.id,
        Pitch.state == PitchState.CONFIRMED,
        sa.exists().where(PitchInterest.pitch_id == Pitch.id),
    )
    made = sum(_make(session, event, pitch_id=pitch_id) for pitch_id in session.scalars(wanted.order_by(Pitch.id)))
    held = sa.select(Appointment).where(Appointment.event_id == event.id, Appointment.state == AppointmentState.HELD)
    return made + sum(_make(session, event, appointment_id=each.id) for each in session.scalars(held))


def settle_follow_ups(session: Session, appointment: Appointment) -> int:
    """Make the follow-ups of an appointment that was held; what is there already stays. Return how many are new.

    Where it turns out that it was not held, nobody is asked any more; what was answered stays.
    """
    if appointment.state != AppointmentState.HELD:
        due = FollowUp.appointment_id == appointment.id, FollowUp.state == FollowUpState.DUE
        session.execute(sa.delete(FollowUp).where(*due))
        return 0
    event = session.get_one(Event, appointment.event_id)
    return _make(session, event, appointment_id=appointment.id)


def make_missing(session: Session, day: date) -> int:
    """Make what is missing of every event held lately: taps and outcomes come in after the event, too."""
    since = utc_now() - timedelta(days=max(AFTER_DAYS))
    events = session.scalars(sa.select(Event).where(Event.state.in_(_HELD), Event.ends_at > since)).all()
    return sum(make_follow_ups(session, event) for event in events if day_of(event) <= day)


def responsible_for(session: Session, event: Event, *, but: int | None = None) -> User | None:
    """Return who answers for an event: the person responsible, else the organising organization's first, else the
    bureau's; None only where nobody at all is left."""
    people = [person for person in members(session, event.organization_id) if person.id != but]
    if event.owner_id is not None and event.owner_id in {person.id for person in people}:
        return next(person for person in people if person.id == event.owner_id)
    if people:
        return people[0]
    bureaus = sa.select(Organization.id).where(
        Organization.kind == OrganizationKind.BUREAU, Organization.suspended_at.is_(None)
    )
    for bureau_id in session.scalars(bureaus.order_by(Organization.id)):
        if staff := [person for person in members(session, bureau_id) if person.id != but]:
            return staff[0]
    return None


def _make(session: Session, event: Event, *, pitch_id: int | None = None, appointment_id: int | None = None) -> int:
    owner = responsible_for(session, event)
    if owner is None:
        return 0
    subject = {"pitch_id": pitch_id, "appointment_id": appointment_id}
    made = 0
    for days in AFTER_DAYS:
        values = {
            "event_id": event.id,
            "days": days,
            "due_on": day_of(event) + timedelta(days=days),
            "owner_id": owner.id,
            "state": FollowUpState.DUE,
            "created_at": utc_now(),
        }
        insert = upsert(session, FollowUp).values(**subject, **values).on_conflict_do_nothing()
        # PostgreSQL's driver does not count the rows of such an INSERT: what it returns tells.
        made += session.scalar(insert.returning(FollowUp.id)) is not None
    if made:
        record(session, Actor.system(), "make_follow_ups", "event", event.id, owner_id=owner.id, pitch_id=pitch_id)
    return made


def day_of(event: Event) -> date:
    """Return the day of the city on which an event ends."""
    return event.ends_at.astimezone(CITY_ZONE).date()
