"""What is written about coming to an event stays with the organiser: every page of events, read as everybody."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.events import Event, EventFile, EventStaff
from matchmaker.domain.mails import Mail
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import User
from matchmaker.services.events.deciding import accept
from matchmaker.services.events.enrolments import Enrolment
from matchmaker.services.events.registering import change_registration, register, withdraw
from matchmaker.services.reading.moments import written_moment
from tests.cast import NAMES, Cast
from tests.conftest import ClientOf
from tests.events import make_event, make_registration

pytestmark = pytest.mark.slow

ORGANISERS = {"carol", "dave"}
# Who may find each word, and so must find it.
READERS: dict[str, set[str | None]] = {
    "zqphone": ORGANISERS | {"alice"},
    "zqnote": ORGANISERS | {"alice"},
    "zqposition": ORGANISERS | {"alice", "bob"},
    "zqcolleague": ORGANISERS | {"alice", "bob"},
    "zqhandout": ORGANISERS | {"alice", "bob"},
    "zqstaff": ORGANISERS,
    "zqdraft": ORGANISERS,
    "zqsuspended": {"dave", "erin"},
    "zqpublic": {None, *NAMES},
}
NO_PAGES = frozenset({"events.download"})


@pytest.fixture
def event_ids(database: Database, cast: Cast) -> list[int]:
    with database.transaction() as session:
        return [_public(session, cast), _draft(session, cast), _suspended(session, cast)]


def _public(session: Session, cast: Cast) -> int:
    event = make_event(session, cast.carol.actor, title="zqpublic", capacity=2)
    mine = Enrolment(name="zqcolleague", phone="0991-1234567", note="zqnote zqphone", position="zqposition")
    registration = register(session, cast.alice.actor, event, mine)
    accept(session, cast.carol.actor, event, [registration.id])
    late = written_moment(event.starts_at + timedelta(hours=1))
    change_registration(session, cast.alice.actor, registration, Enrolment(**{**_fields(mine), "arrives_at": late}))
    make_registration(session, event, cast.bob)
    make_registration(session, event, cast.mallory, "requested")
    gone = make_registration(session, event, cast.peter, "requested")
    withdraw(session, cast.carol.actor, gone)
    session.add(EventStaff(event=event, duty="host", name="主持", phone="zqstaff"))
    session.add(
        EventFile(
            event=event, name="zqhandout.pdf", media_type="application/pdf", size=3, sha256="2" * 64, public=False
        )
    )
    return event.id


def _fields(typed: Enrolment) -> dict[str, str]:
    return {name: getattr(typed, name) for name in ("name", "phone", "note", "position")}


def _draft(session: Session, cast: Cast) -> int:
    return make_event(session, cast.carol.actor, state="draft", title="zqdraft").id


def _suspended(session: Session, cast: Cast) -> int:
    event = make_event(session, cast.carol.actor, title="zqsuspended", organization_id=cast.peter.organization_id)
    event.owner_id = cast.peter.user_id
    session.flush()
    session.refresh(event)
    event.organization.suspended_at = utc_now()
    return event.id


def _addresses(app: Flask, database: Database, event_ids: list[int]) -> Iterator[str]:
    urls = app.url_map.bind("localhost")
    with database.read() as session:
        ids = {
            "event_id": event_ids,
            "registration_id": list(session.scalars(sa.text("select id from registrations"))),
            "staff_id": list(session.scalars(sa.select(EventStaff.id))),
        }
        starts = session.get_one(Event, event_ids[0]).starts_at.date()
    for rule in app.url_map.iter_rules():
        names = set(rule.arguments)
        about_events = rule.rule.startswith(("/events", "/registrations", "/calendars"))
        if "GET" not in (rule.methods or ()) or not about_events or not names <= {"event_id", "registration_id"}:
            continue
        for number in ids[next(iter(names))] if names else (0,):
            yield urls.build(rule.endpoint, dict.fromkeys(names, number))
    for staff_id in ids["staff_id"]:
        yield f"/events/{event_ids[0]}/staff/{staff_id}"
    yield from ("/", "/dashboard", "/notices", "/events?when=mine", "/events?view=month")
    yield f"/events/calendar?start={starts}T00:00:00&end={starts + timedelta(days=2)}T00:00:00"
    yield f"/events/{event_ids[0]}/registrations-file?format=csv"


@pytest.mark.parametrize("key", [None, *NAMES])
def test_nobody_reads_of_an_event_more_than_he_may(
    client_of: ClientOf, app: Flask, database: Database, event_ids: list[int], key: str | None
) -> None:
    client, found = client_of(key), dict[str, list[str]]()
    for address in _addresses(app, database, event_ids):
        with client.get(address) as answer:
            text = answer.get_data().decode("utf-8", "replace") if answer.status_code < 400 else ""
        for word in READERS:
            if word in text:
                found.setdefault(word, []).append(address)
    wanted = {word for word, readers in READERS.items() if key in readers}
    assert {word: at for word, at in found.items() if word not in wanted} == {}
    assert set(found) == wanted


def test_notices_and_mails_hold_no_more_than_their_reader_may_know(
    database: Database, cast: Cast, event_ids: list[int]
) -> None:
    with database.read() as session:
        keys = {user.id: user.email.partition("@")[0] for user in session.scalars(sa.select(User)) if user.email}
        sent = [(keys[row.user_id], f"{row.title} {row.body}") for row in session.scalars(sa.select(Notice))]
        sent += [
            (row.recipient.partition("@")[0], f"{row.subject} {row.body}") for row in session.scalars(sa.select(Mail))
        ]
    leaks = [
        (key, text) for key, text in sent for word, readers in READERS.items() if word in text and key not in readers
    ]
    assert (leaks, len(sent) > 0) == ([], True)
