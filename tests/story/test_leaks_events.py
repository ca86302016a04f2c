"""The leak matrix of events: whoever is invited, reminded or reads a calendar learns no word that is not for him."""

from datetime import timedelta

import pytest
from flask import Flask

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.event_invitations import EventInvitation
from matchmaker.domain.mails import Mail
from matchmaker.services.enclosures import make_enclosures
from matchmaker.services.events.audience import Basis, audience
from matchmaker.services.events.inviting import invite
from matchmaker.services.events.reminders import remind_of_events
from tests.cast import Cast
from tests.events import make_event, make_registration
from tests.story.leak_rules import may_read
from tests.story.leaks import (
    AVOIDED,
    OUTSIDERS,
    PARTIES,
    READERS_OF_ALL,
    Market,
    actor,
    open_market,
    read_everything,
    told,
)

pytestmark = pytest.mark.slow
# The pages that this is about: all others are read in test_leaks.py.
PAGES = ("events", "event_invitations", "calendars", "check_ins", "line_ups", "registrations")


@pytest.fixture
def market(settings: Settings, database: Database, cast: Cast) -> Market:
    """The market, its parties invited from either side to an event tomorrow for which bob and alice are registered."""
    market = open_market(settings, database, cast, quick=True)
    with database.transaction() as session:
        starts = utc_now() + timedelta(days=1)
        carol = actor(session, market, "carol")
        event = make_event(session, carol, kind="roadshow", starts_at=starts, ends_at=starts + timedelta(hours=2))
        for kind in ("need", "achievement"):
            basis = Basis(kind=kind, listing_ids=tuple(market.ids["listing_id"]), grade=1)
            ids = [each.organization_id for each in audience(session, carol, event, basis).candidates]
            invite(session, carol, event, basis, ids, topic="风电")
        make_registration(session, event, market.members["bob"])
        make_registration(session, event, market.members["alice"], state="requested")
        remind_of_events(session, utc_now())
    return market


def test_parties_of_either_side_are_invited_and_nobody_else(database: Database, market: Market) -> None:
    with database.read() as session:
        invited = {row.organization_id for row in session.query(EventInvitation)}
    assert invited == {market.members[name].organization_id for name in PARTIES}


@pytest.mark.parametrize("viewer", [*PARTIES, AVOIDED, "mallory", "umar"])
def test_invitations_and_reminders_tell_nobody_more_than_he_may_read(
    database: Database, settings: Settings, market: Market, viewer: str
) -> None:
    text = told(database, market, viewer)
    with database.read() as session:
        for mail in session.query(Mail).filter(Mail.user_id == market.members[viewer].user_id):
            for enclosure in make_enclosures(session, mail, settings, None):
                text += enclosure.content.decode("utf-8", "replace").replace("\r\n ", "")
    # Who comes is named on the list of participants; what he or others have posted is not said to anybody else.
    allowed = may_read(viewer, {}) | {(viewer, part) for _owner, part in market.tokens}
    assert market.owners_of(text) - allowed == set()
    assert ((viewer, "title") in market.owners_of(text)) is (viewer in PARTIES)


@pytest.mark.parametrize("viewer", [*OUTSIDERS, AVOIDED, *PARTIES, *READERS_OF_ALL])
def test_pages_of_events_show_nobody_more_than_he_may_read(
    app: Flask, database: Database, market: Market, viewer: str | None
) -> None:
    pages = read_everything(app, database, market, viewer, lambda endpoint: endpoint.split(".")[0] in PAGES)
    own = {(viewer, part) for _owner, part in market.tokens} if viewer else set()
    named = {("bob", "person"), ("bob", "organization")}  # he has registered, which participants may know
    leaks = {
        (address, part)
        for address, text in pages.items()
        for part in market.owners_of(text) - may_read(viewer, {}) - own - (named if viewer in PARTIES else set())
    }
    if viewer in READERS_OF_ALL:
        leaks = {(address, part) for address, part in leaks if part[1] not in {"person", "organization"}}
    assert leaks == set()
