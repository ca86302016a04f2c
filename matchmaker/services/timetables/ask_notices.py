"""What two people are told of the meetings that they book themselves."""

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.registrations import Registration
from matchmaker.services.notices import tell


def tell_asked(session: Session, event: Event, row: Appointment, asker: Registration, other: Registration) -> None:
    """Tell somebody that he is asked for a meeting."""
    title = N_("%(who)s（%(organization)s）想约您洽谈")
    body = N_("《%(event)s》，%(when)s。请在 %(until)s 之前答复，过期自动取消。")
    _tell(session, event, row, other, asker, title, body, until=row.expires_at)


def tell_answered(session: Session, event: Event, row: Appointment, *, accept: bool) -> None:
    """Tell who has asked what the other answered."""
    asker, other = _sides(row)
    title = (
        N_("%(who)s（%(organization)s）接受了您的邀约") if accept else N_("%(who)s（%(organization)s）未接受您的邀约")
    )
    body = N_("《%(event)s》，%(when)s。") if accept else N_("《%(event)s》，%(when)s。这个时段已经空出，可以另约。")
    _tell(session, event, row, asker, other, title, body)


def tell_cancelled(session: Session, event: Event, row: Appointment, by: Registration, other: Registration) -> None:
    """Tell the other side that a meeting was called off."""
    _tell(
        session,
        event,
        row,
        other,
        by,
        N_("%(who)s（%(organization)s）取消了与您的洽谈"),
        N_("《%(event)s》，%(when)s。这个时段已经空出，可以另约。"),
    )


def tell_expired(session: Session, row: Appointment) -> None:
    """Tell who has asked that nobody answered in time."""
    asker, other = _sides(row)
    title = N_("%(who)s（%(organization)s）没有答复您的邀约")
    _tell(session, row.event, row, asker, other, title, N_("《%(event)s》，%(when)s。这个时段已经空出，可以另约。"))


def _sides(row: Appointment) -> tuple[Registration, Registration]:
    return (row.one, row.other) if row.asked_by_id == row.one_id else (row.other, row.one)


def _tell(
    session: Session,
    event: Event,
    row: Appointment,
    to: Registration,
    about: Registration,
    title: str,
    body: str,
    **values: object,
) -> None:
    who = {"who": about.name, "organization": about.organization.name}
    tell(
        session,
        to.user,
        topic=NoticeTopic.EVENT,
        title=Sentence(title, **who),
        body=Sentence(body, event=event.title, when=row.starts_at, **values),
        path=f"/events/{event.id}/slots",
    )
