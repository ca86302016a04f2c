"""Places of an event: how many are taken, and who moves up when one is free. The caller holds the event's row."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.events import Event
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.domain.states import move
from matchmaker.services.events import notices


def count_accepted(session: Session, event: Event) -> int:
    """Return how many persons come for certain."""
    accepted = Registration.event_id == event.id, Registration.state == RegistrationState.ACCEPTED
    return session.scalar(sa.select(sa.func.count()).select_from(Registration).where(*accepted)) or 0


def count_by_state(session: Session, event: Event) -> dict[str, int]:
    """Return the number of registrations in each state."""
    counting = sa.select(Registration.state, sa.func.count()).where(Registration.event_id == event.id)
    return {row[0]: row[1] for row in session.execute(counting.group_by(Registration.state))}


def has_place(session: Session, event: Event) -> bool:
    """Whether one more person may be accepted."""
    return event.capacity is None or count_accepted(session, event) < event.capacity


def waiting_list(session: Session, event: Event) -> list[Registration]:
    """Return who waits for a place, in the order in which they move up."""
    waits = Registration.event_id == event.id, Registration.state == RegistrationState.WAITLISTED
    return list(session.scalars(sa.select(Registration).where(*waits).order_by(*ORDER)))


ORDER = (Registration.registered_at, Registration.id)
"""First come, first served."""


def give_place(session: Session, actor: Actor, event: Event, registration: Registration) -> bool:
    """Accept somebody where there is a place, else let him wait; return whether he is accepted."""
    session.flush()
    if has_place(session, event):
        move(session, registration, RegistrationState.ACCEPTED, actor)
        session.flush()
        return True
    if registration.state != RegistrationState.WAITLISTED:
        if registration.state != RegistrationState.REQUESTED:
            move(session, registration, RegistrationState.REQUESTED, actor)
        move(session, registration, RegistrationState.WAITLISTED, actor)
        session.flush()
    return False


def advance(session: Session, event: Event) -> tuple[Registration, ...]:
    """Let those who wait move up into free places, and tell them; nobody once the event has begun."""
    if event.is_over or event.starts_at <= utc_now():
        return ()
    moved: list[Registration] = []
    session.flush()
    for registration in waiting_list(session, event):
        if not give_place(session, Actor.system(), event, registration):
            break
        notices.tell_moved_up(session, event, registration)
        moved.append(registration)
    return tuple(moved)
