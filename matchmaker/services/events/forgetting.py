"""Forgetting a person who deletes his account: what he wrote to come to events, and his name among their staff."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.events import Event, EventStaff
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.services.events.notices import STANDING
from matchmaker.services.events.registering import withdraw


def forget_person(session: Session, user: User, name: str) -> None:
    """Take a person back from events to come, which frees his places, and write `name` wherever his own stood."""
    coming = (
        sa.select(Registration)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.user_id == user.id, Registration.state.in_(STANDING), Event.starts_at > utc_now())
        .order_by(Registration.id)
    )
    for registration in session.scalars(coming):
        if not registration.event.is_over:
            withdraw(session, Actor.system(), registration)
    blank = {"name": name, "position": "", "phone": "", "note": "", "absences": []}
    session.execute(sa.update(Registration).where(Registration.user_id == user.id).values(blank))
    staff = sa.update(EventStaff).where(EventStaff.user_id == user.id)
    session.execute(staff.values(name=name, phone="", absences=[]))
    session.expire_all()
