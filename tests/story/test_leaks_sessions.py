"""The leak matrix of sessions: wishes, timetables, slots, one's own meetings, prints, workbooks and calendars tell
nobody of a no, of an avoid list, of whose an anonymous listing is, or a word of a layer that is not for him."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.events import Event
from matchmaker.domain.timetables import Wish
from matchmaker.services.calendars.links import feed_path, own_feed, renew_feed
from matchmaker.services.secrets import load_secret_key
from matchmaker.services.timetables.booking import ask
from matchmaker.services.timetables.wishes import say_wish
from tests.cast import Cast
from tests.events import make_event, make_registration
from tests.story.leak_rules import may_read
from tests.story.leaks import (
    AVOIDED,
    OUTSIDERS,
    PARTIES,
    Market,
    actor,
    client_of,
    open_market,
    read_everything,
    texts_of,
    told,
)
from tests.timetables import released, solved

pytestmark = pytest.mark.slow

PAGES = ("wishes", "timetables", "slots", "appointments", "prints", "calendars", "registrations")
ORGANISERS = ("carol", "dave")
HERE = ("alice", "anna", "bob", AVOIDED)
# What is made anew with each answer, whatever it says.
FLEETING = re.compile(
    r'nonce-[^\'" ;]+|nonce="[^"]*"|<body hx-headers=.*|name="csrf_token".*'
    r"|\n(?:Date|Set-Cookie|Retry-After|X-RateLimit-\w+): .*"
)


@dataclass(frozen=True, slots=True)
class Meeting:
    """The session of this market, and the registration of each who comes to it."""

    market: Market
    event_id: int
    people: dict[str, int]


@pytest.fixture
def meeting(settings: Settings, database: Database, cast: Cast) -> Meeting:
    """A session to which alice, anna, bob and omar, whom the three avoid, come; bob must see alice."""
    market = open_market(settings, database, cast, quick=True)
    with database.transaction() as session:
        event = make_event(session, actor(session, market, "carol"), tables=3)
        people = {
            name: make_registration(session, event, market.members[name], **_called(market, name)).id for name in HERE
        }
        say_wish(session, actor(session, market, "bob"), event, people["alice"], "must")
        for name in market.members:
            renew_feed(session, actor(session, market, name))
        return Meeting(market, event.id, people)


def _called(market: Market, name: str) -> dict[str, str]:
    """Return the name of somebody with the word that it holds since the market was made."""
    word = market.tokens.get((name, "person"))
    return {} if word is None else {"name": f"某{word}"}


def _event(session: Session, meeting: Meeting) -> Event:
    return session.get_one(Event, meeting.event_id)


def _read(app: Flask, database: Database, settings: Settings, meeting: Meeting, viewer: str | None) -> dict[str, str]:
    """Return everything about sessions that somebody gets, his own feed and what he was told included."""
    market = meeting.market
    pages = read_everything(app, database, market, viewer, lambda endpoint: endpoint.split(".")[0] in PAGES)
    if viewer is not None:
        with database.read() as session:
            feed = own_feed(session, actor(session, market, viewer))
        assert feed is not None
        address = feed_path(load_secret_key(settings.data), feed)
        pages["his own feed"] = texts_of(client_of(app, database, market, None).get(address).data)
        pages["notices and mails"] = told(database, market, viewer)
    return {address: FLEETING.sub("", text.replace("\r\n ", "")) for address, text in pages.items()}


def _found(meeting: Meeting, pages: dict[str, str]) -> set[tuple[str, str]]:
    return meeting.market.owners_of("\n".join(pages.values()))


def _release(database: Database, meeting: Meeting) -> None:
    with database.transaction() as session:
        carol, event = actor(session, meeting.market, "carol"), _event(session, meeting)
        solved(session, carol, event)
        released(session, carol, event)


def _names(*people: str) -> set[tuple[str, str]]:
    return {(name, part) for name in people for part in ("person", "organization")}


def _stages(database: Database, meeting: Meeting) -> Iterator[str]:
    """Before there is a timetable, with a draft that somebody has asked beside, and once it is released."""
    yield "wishes"
    with database.transaction() as session:
        carol, event = actor(session, meeting.market, "carol"), _event(session, meeting)
        ask(session, actor(session, meeting.market, "anna"), event, meeting.people["bob"], 0, "附言")
        solved(session, carol, event)
    yield "draft"
    with database.transaction() as session:
        released(session, actor(session, meeting.market, "carol"), _event(session, meeting))
    yield "released"


def test_participants_learn_who_comes_and_nothing_that_is_not_for_them(
    app: Flask, database: Database, settings: Settings, meeting: Meeting
) -> None:
    """Names of who comes, but neither whose an anonymous listing is, nor anybody who is avoided or avoids."""
    avoided = meeting.market.members[AVOIDED].organization_name
    for stage in _stages(database, meeting):
        assert (stage, _found(meeting, _read(app, database, settings, meeting, AVOIDED))) == (stage, set())
        for viewer, hidden in (("alice", {"anna", "bob"}), ("anna", {"bob"}), ("bob", {"anna"})):
            pages = _read(app, database, settings, meeting, viewer)
            found, named = _found(meeting, pages), _names("alice", "anna", "bob")
            own = {(viewer, part) for _owner, part in meeting.market.tokens}
            assert (stage, viewer, found - may_read(viewer, {}) - own - named) == (stage, viewer, set())
            assert (stage, viewer, {part for part in found if part[0] in hidden} - named) == (stage, viewer, set())
            assert (stage, viewer, [at for at, text in pages.items() if avoided in text]) == (stage, viewer, [])
            assert named - _names(viewer) <= found


def test_a_no_changes_nothing_that_the_other_side_reads(
    app: Flask, database: Database, settings: Settings, meeting: Meeting
) -> None:
    """Anna's no to bob, of whom nothing else speaks for a meeting: before, with it, and with it in a released timetable
    he reads the same to the letter, whatever of this he may look at."""

    def say(kind: str) -> None:
        with database.transaction() as session:
            anna = actor(session, meeting.market, "anna")
            say_wish(session, anna, _event(session, meeting), meeting.people["bob"], kind)

    before = _read(app, database, settings, meeting, "bob")
    say("no")
    assert _differing(before, _read(app, database, settings, meeting, "bob")) == []
    with database.read() as session:
        assert session.query(Wish).filter(Wish.kind == "no").count() == 1
    _release(database, meeting)
    with_it = _read(app, database, settings, meeting, "bob")
    say("")
    assert _differing(with_it, _read(app, database, settings, meeting, "bob")) == []
    say("no")
    organiser = "\n".join(_read(app, database, settings, meeting, "carol").values())
    assert meeting.market.owners_of(organiser) >= _names("anna", "bob")


def _differing(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [address for address in before.keys() | after.keys() if before.get(address) != after.get(address)]


def test_an_ask_of_somebody_who_said_no_looks_like_any_other(
    app: Flask, database: Database, settings: Settings, meeting: Meeting
) -> None:
    """Bob asks anna, who said no, and alice, who did not: but for names and times he reads the same of both."""
    with database.transaction() as session:
        event = _event(session, meeting)
        say_wish(session, actor(session, meeting.market, "anna"), event, meeting.people["bob"], "no")
        for slot, name in enumerate(("anna", "alice")):
            ask(session, actor(session, meeting.market, "bob"), event, meeting.people[name], slot)
    client = client_of(app, database, meeting.market, "bob")
    cards = client.get(f"/events/{meeting.event_id}/slots").get_data(as_text=True)
    shown = [len(re.findall(meeting.market.tokens[name, "person"], cards)) for name in ("anna", "alice")]
    assert shown[0] == shown[1] > 0
    assert meeting.market.owners_of(told(database, meeting.market, "anna")) & _names("bob") == set()
    assert meeting.market.owners_of(told(database, meeting.market, "alice")) >= _names("bob")


@pytest.mark.parametrize("viewer", [*OUTSIDERS, "amir"])
def test_who_does_not_come_learns_of_nobody(
    app: Flask, database: Database, settings: Settings, meeting: Meeting, viewer: str | None
) -> None:
    _release(database, meeting)
    found = _found(meeting, _read(app, database, settings, meeting, viewer))
    assert found & _names(*(name for name in PARTIES if name != viewer)) == set()


def test_organisers_read_of_everybody(app: Flask, database: Database, settings: Settings, meeting: Meeting) -> None:
    _release(database, meeting)
    for viewer in ORGANISERS:
        assert _names("alice", "bob") <= _found(meeting, _read(app, database, settings, meeting, viewer))
