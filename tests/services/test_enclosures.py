"""What goes with a mail: an invitation that a calendar takes over, made as the event is when the mail goes."""

import dataclasses
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
import vobject

from matchmaker.config import Settings
from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import Database
from matchmaker.domain.events import Event
from matchmaker.domain.mails import Mail
from matchmaker.domain.people import User
from matchmaker.domain.states import move
from matchmaker.services.enclosures import EnclosureKind, enclose
from matchmaker.services.mails import deliver_due
from matchmaker.services.notices import tell
from tests.cast import Cast
from tests.events import make_event, make_registration
from tests.services.smtp_server import Mailbox, smtp_server, text_of

pytestmark = pytest.mark.slow


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with smtp_server() as running:
        yield running


@pytest.fixture
def sending(settings: Settings, mailbox: Mailbox) -> Settings:
    return dataclasses.replace(settings, smtp_host="127.0.0.1", smtp_port=mailbox.port, smtp_tls=False)


@pytest.fixture
def event_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        event = make_event(session, cast.carol.actor, title="储能对接会", online_url="https://meeting.example/1")
        alice = session.get_one(User, cast.alice.user_id)
        enclosures = [enclose(EnclosureKind.EVENT, event.id)]
        tell(session, alice, topic="event", title="邀请您", body="正文", path="/", enclosures=enclosures)
        return event.id


def _calendars(mail: EmailMessage) -> list[tuple[str, str, str]]:
    """Return type, method and text of each calendar in a mail."""
    return [
        (part.get_content_type(), str(part.get_param("method") or ""), _text(part))
        for part in mail.walk()
        if part.get_content_type() in {"text/calendar", "application/ics"}
    ]


def _text(part: EmailMessage) -> str:
    content = part.get_content()
    return (content if isinstance(content, str) else content.decode()).replace("\r\n", "\n")


def test_mail_carries_an_invitation_for_its_reader(
    database: Database, sending: Settings, mailbox: Mailbox, event_id: int
) -> None:
    assert deliver_due(database, sending) == 1
    (mail,) = mailbox.mails
    part, attached = _calendars(mail)
    assert (part[:2], attached[0]) == (("text/calendar", "REQUEST"), "application/ics")
    assert part[2].strip() == attached[2].strip()
    assert text_of(mail).startswith("正文")
    event = vobject.readOne(attached[2]).vevent
    assert (event.organizer.value, event.attendee.value) == (
        f"mailto:{sending.mail_from}",
        "mailto:alice@cast.example",
    )
    assert (event.summary.value, "meeting.example" in attached[2]) == ("储能对接会", False)
    with database.read() as session:
        assert [row.enclosures for row in session.query(Mail)] == [None]


def test_mail_that_waited_carries_the_event_as_it_is_by_then(
    database: Database, sending: Settings, mailbox: Mailbox, event_id: int, cast: Cast
) -> None:
    with database.transaction() as session:
        event = session.get_one(Event, event_id)
        make_registration(session, event, cast.alice)
        move(session, event, "cancelled", cast.carol.actor, "场地不可用")
    deliver_due(database, sending)
    part, _attached = _calendars(mailbox.mails[0])
    event = vobject.readOne(part[2])
    assert (part[1], event.method.value, event.vevent.status.value) == ("CANCEL", "CANCEL", "CANCELLED")


def test_mail_carries_the_ticket_of_who_is_expected(
    database: Database, sending: Settings, mailbox: Mailbox, cast: Cast
) -> None:
    with database.transaction() as session:
        event = make_event(session, cast.carol.actor)
        tickets = [make_registration(session, event, cast.alice), make_registration(session, event, cast.bob)]
        move(session, tickets[1], "withdrawn", cast.bob.actor)
        alice = session.get_one(User, cast.alice.user_id)
        named = [enclose(EnclosureKind.TICKET, ticket.id) for ticket in tickets]
        tell(session, alice, topic="event", title="题", body="文", path="/", enclosures=named)
    deliver_due(database, sending)
    pictures = [part for part in mailbox.mails[0].walk() if part.get_content_type() == "image/png"]
    assert [part.get_filename() for part in pictures] == ["ticket.png"]
    assert pictures[0].get_content().startswith(b"\x89PNG")


def test_mail_carries_all_meetings_of_its_reader(
    database: Database, sending: Settings, mailbox: Mailbox, cast: Cast
) -> None:
    with database.transaction() as session:
        event = make_event(session, cast.carol.actor)
        mine = make_registration(session, event, cast.alice)
        times = {"starts_at": event.starts_at, "ends_at": event.ends_at, "origin": "match", "event_id": event.id}
        for slot, state in enumerate(("confirmed", "cancelled")):
            other = make_registration(session, event, (cast.bob, cast.mallory)[slot])
            session.add(Appointment(one_id=mine.id, other_id=other.id, slot=slot, state=state, **times))
        alice = session.get_one(User, cast.alice.user_id)
        named = [enclose(EnclosureKind.MEETINGS, mine.id)]
        tell(session, alice, topic="event", title="题", body="文", path="/", enclosures=named)
    deliver_due(database, sending)
    ((kind, method, text),) = _calendars(mailbox.mails[0])
    found = vobject.readOne(text)
    assert (kind, method, found.method.value) == ("text/calendar", "", "PUBLISH")
    assert [(each.summary.value, each.status.value) for each in found.vevent_list] == [
        ("洽谈：昆仑理工大学", "CONFIRMED"),
        ("洽谈：戈壁商贸有限公司", "CANCELLED"),
    ]


def test_mail_of_what_is_gone_goes_without_it(
    database: Database, sending: Settings, mailbox: Mailbox, cast: Cast
) -> None:
    with database.transaction() as session:
        alice = session.get_one(User, cast.alice.user_id)
        named = [enclose(EnclosureKind.EVENT, 999), enclose(EnclosureKind.APPOINTMENT, 999)]
        tell(session, alice, topic="event", title="题", body="文", path="/", enclosures=named)
    assert deliver_due(database, sending) == 1
    assert _calendars(mailbox.mails[0]) == []
