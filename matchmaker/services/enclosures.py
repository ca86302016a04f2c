"""What goes with a mail: invitations for calendars, tickets. Named when the mail is written, made when it is sent.

So a mail that waits for its server carries the event as it is by then, a cancelled one as cancelled.
"""

import io
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import segno
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_, Language, Sentence, translate
from matchmaker.domain.mails import Mail
from matchmaker.domain.registrations import Registration
from matchmaker.services.calendars.entries import (
    CANCELLED,
    appointment_entry,
    event_entry,
    is_admitted,
    registered_entry,
)
from matchmaker.services.calendars.feeds import (
    load_own_appointment,
    meeting_entries,
    own_registration,
    own_side,
    registration_moves,
)
from matchmaker.services.calendars.writing import Entry, Person, invitation, write_calendar
from matchmaker.services.events.tickets import ticket_path
from matchmaker.services.secrets import load_secret_key

Named = dict[str, Any]


class EnclosureKind(StrEnum):
    """What can go with a mail."""

    EVENT = "event"
    APPOINTMENT = "appointment"
    MEETINGS = "meetings"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One file that goes with a mail; a `method` (REQUEST, CANCEL) is what a calendar is to do with it."""

    name: str
    media_type: str
    content: bytes
    method: str | None = None


def enclose(kind: EnclosureKind, subject_id: int) -> Named:
    """Name what is to go with a mail, as `tell` and `enqueue` take it."""
    return {"kind": str(kind), "id": subject_id}


def make_enclosures(
    session: Session, mail: Mail, settings: Settings, language: Language | None
) -> tuple[Enclosure, ...]:
    """Return the files that go with a mail now; what is gone meanwhile is left out."""
    made = (_make(session, mail, settings, language, named) for named in mail.enclosures or ())
    return tuple(enclosure for enclosure in made if enclosure is not None)


def _make(
    session: Session, mail: Mail, settings: Settings, language: Language | None, named: Named
) -> Enclosure | None:
    if named["kind"] == EnclosureKind.TICKET:
        return _ticket(session, settings, named["id"])
    if named["kind"] == EnclosureKind.MEETINGS:
        return _meetings(session, settings, language, named["id"])
    found = _entry(session, mail, settings, language, named)
    if found is None:
        return None
    entry, name = found
    organizer = translate(Sentence(N_("%(city)s科技成果对接平台"), city=settings.city), language)
    return _calendar(entry, Person(organizer, settings.mail_from), Person(name, mail.recipient))


def _meetings(
    session: Session, settings: Settings, language: Language | None, registration_id: int
) -> Enclosure | None:
    """All meetings of one person at an event, those that fell as cancelled; an invitation can be of one only."""
    registration = session.get(Registration, registration_id)
    if registration is None:
        return None
    entries = meeting_entries(session, [registration], settings.base_url, language)
    content = write_calendar(entries, method="PUBLISH")
    return Enclosure("meetings.ics", "text/calendar", content) if entries else None


def _ticket(session: Session, settings: Settings, registration_id: int) -> Enclosure | None:
    """The picture of a ticket's QR code, for a phone that shows it without a connection."""
    registration = session.get(Registration, registration_id)
    if registration is None or not is_admitted(registration):
        return None
    picture = io.BytesIO()
    link = settings.base_url + ticket_path(load_secret_key(settings.data), registration_id)
    segno.make(link, error="m", micro=False).save(picture, kind="png", scale=8, border=4)
    return Enclosure("ticket.png", "image/png", picture.getvalue())


def _entry(
    session: Session, mail: Mail, settings: Settings, language: Language | None, named: Named
) -> tuple[Entry, str] | None:
    """Return what its recipient's calendar is to show, and by which name it knows him."""
    if named["kind"] == EnclosureKind.APPOINTMENT:
        row = load_own_appointment(session, mail.user_id, named["id"])
        if row is None:
            return None
        mine = own_side(row, mail.user_id)
        moves = registration_moves(session, [mine])[mine.id]
        return appointment_entry(row, mine, settings.base_url, language, moves), mine.name
    event = session.get(Event, named["id"])
    if event is None or event.announced_at is None or event.is_suspended:
        return None
    registration = own_registration(session, mail.user_id, event.id)
    if registration is None:
        return event_entry(event, settings.base_url, language), ""
    moves = registration_moves(session, [registration])[registration.id]
    return registered_entry(registration, settings.base_url, language, moves), registration.name


def _calendar(entry: Entry, organizer: Person, attendee: Person) -> Enclosure:
    method = "CANCEL" if entry.status == CANCELLED else "REQUEST"
    return Enclosure("invite.ics", "text/calendar", invitation(entry, organizer, attendee, method), method)
