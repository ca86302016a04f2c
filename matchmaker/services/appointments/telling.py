"""Who is told what of an appointment."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services.enclosures import EnclosureKind, enclose
from matchmaker.services.notices import tell


def tell_sides(session: Session, actor: Actor, appointment: Appointment, title: str, body: str) -> None:
    """Tell both persons, but for the actor himself; somebody whom the desk entered has nobody to be told."""
    for side in (appointment.one, appointment.other):
        _tell(session, actor, appointment, side.user, title, body)


def tell_staff(session: Session, actor: Actor, appointment: Appointment, title: str, body: str) -> None:
    """Tell the meeting's broker and interpreter, and who is responsible for the event, each once."""
    for person in {person.id: person for person in _staff(appointment)}.values():
        _tell(session, actor, appointment, person, title, body)


def _staff(appointment: Appointment) -> Iterator[User]:
    for one in (appointment.broker, appointment.interpreter):
        if one is not None and one.user is not None:
            yield one.user
    if appointment.event.owner is not None:
        yield appointment.event.owner


def _tell(session: Session, actor: Actor, appointment: Appointment, to: User | None, title: str, body: str) -> None:
    if to is not None and to.id != actor.user_id:
        # Who is neither of the two gets nothing for his calendar: the enclosure is made for its reader, or left out.
        for_calendar = [enclose(EnclosureKind.APPOINTMENT, appointment.id)]
        path = f"/appointments/{appointment.id}"
        tell(session, to, topic=NoticeTopic.EVENT, title=title, body=body, path=path, enclosures=for_calendar)
