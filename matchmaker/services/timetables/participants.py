"""Who takes part in the meetings of an event, and whom of them a participant may know of."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.events import Event, EventState
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration, RegistrationState

MEETING_STATES = frozenset({EventState.REGISTRATION, EventState.TIMETABLE, EventState.FINAL})
"""States of an event in which its meetings are wished for, asked for and planned."""


def accepted(event: Event) -> sa.Select[Registration]:
    """Those who come to an event, with their organizations."""
    return (
        sa.select(Registration)
        .where(Registration.event_id == event.id, Registration.state == RegistrationState.ACCEPTED)
        .options(joinedload(Registration.organization))
        .order_by(Registration.id)
    )


def participants(session: Session, event: Event) -> list[Registration]:
    """Return everybody who comes."""
    return list(session.scalars(accepted(event)))


def everybody_of(session: Session, event: Event) -> dict[int, Registration]:
    """Return everybody who ever registered, by id: who has left may still stand in a timetable."""
    rows = sa.select(Registration).where(Registration.event_id == event.id)
    return {row.id: row for row in session.scalars(rows.options(joinedload(Registration.organization)))}


def own_registration(session: Session, actor: Actor, event: Event) -> Registration | None:
    """Return the registration with which the actor takes part, None where he does not (yet)."""
    if actor.user_id is None or actor.organization_id is None:
        return None
    own = Registration.user_id == actor.user_id, Registration.organization_id == actor.organization_id
    return session.scalars(accepted(event).where(*own)).one_or_none()


def require_participant(session: Session, actor: Actor, event: Event) -> Registration:
    """Return the registration with which the actor takes part.

    Raises:
        Forbidden: he does not.
    """
    own = own_registration(session, actor, event)
    if own is None:
        raise Forbidden(N_("只有报名已确认的参会人可以使用这个页面。"))
    return own


def others(session: Session, actor: Actor, event: Event, own: Registration) -> list[Registration]:
    """Return those whom a participant may meet: of other organizations, none that his own is kept apart from."""
    hidden = {own.organization_id, *actor.avoided}
    return list(session.scalars(accepted(event).where(Registration.organization_id.not_in(hidden))))


def get_other(session: Session, actor: Actor, event: Event, own: Registration, other_id: int) -> Registration:
    """Return one of `others`.

    Raises:
        NotFound: there is nobody, or nobody of whom the participant may know.
    """
    found = next((person for person in others(session, actor, event, own) if person.id == other_id), None)
    if found is None:
        raise NotFound(N_("没有找到这位参会人。"))
    return found
