"""Loading appointments for somebody who may know of them."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.errors import NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_see_appointment, owns
from matchmaker.domain.registrations import Registration

LARGEST_ID = 2**63 - 1
MISSING = N_("没有找到这场洽谈。")


def load_appointment(session: Session, actor: Actor, appointment_id: int) -> Appointment:
    """Return an appointment that `actor` may see, with its people, table and event.

    Raises:
        NotFound: there is none, or he may not know of it.
    """
    found = None
    if 0 < appointment_id <= LARGEST_ID:
        found = session.get(Appointment, appointment_id, options=list(appointment_options()))
    if found is None or not can_see_appointment(actor, found):
        raise NotFound(MISSING)
    return found


def appointment_options() -> Iterable[Any]:
    """What to load with appointments so that showing them asks the database nothing more."""
    for side in (Appointment.one, Appointment.other):
        person: Any = joinedload(side)
        yield person.joinedload(Registration.organization)
        yield person.joinedload(Registration.user)
    yield from (joinedload(Appointment.table), joinedload(Appointment.event))
    yield from (joinedload(Appointment.interpreter), joinedload(Appointment.broker))


def own_side(actor: Actor, appointment: Appointment) -> Registration | None:
    """Return the side that `actor` is of: himself, else his organization's; None for who is of neither."""
    sides = [side for side in (appointment.one, appointment.other) if actor.role is not None and owns(actor, side)]
    own = (side for side in sides if side.user_id == actor.user_id)
    return next(own, sides[0] if len(sides) == 1 else None)


def other_side(appointment: Appointment, own: Registration) -> Registration:
    """Return whom `own` meets."""
    return appointment.other if own.id == appointment.one_id else appointment.one


def lock_appointment(session: Session, appointment: Appointment) -> None:
    """Hold the row, and read it anew, until the transaction ends: two who decide about it go one after the other."""
    session.scalars(
        sa.select(Appointment)
        .where(Appointment.id == appointment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
