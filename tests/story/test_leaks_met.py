"""Who met whom says nothing that was hidden: ratings, minutes, and whose an anonymous listing is."""

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import Database
from matchmaker.domain.days import today
from matchmaker.domain.deal_notes import Audience
from matchmaker.domain.matches import Match
from matchmaker.services.appointments.ratings import Said
from matchmaker.services.appointments.recording import say
from matchmaker.services.deals import open_for_appointment
from matchmaker.services.deals.files import add_deal_file
from matchmaker.services.deals.notes import write_note
from matchmaker.services.minutes import save_minutes
from matchmaker.services.uploads import StoredFile
from tests.appointments import an_hour_ago, make_appointment
from tests.cast import Cast
from tests.events import make_event, make_registration
from tests.story.leaks import OUTSIDERS, Market, actor, open_market, read_everything, told

pytestmark = pytest.mark.slow

OWNERS = ("alice", "anna")
READERS = ("carol", "dave")
PAGES = ("appointments.", "minutes.", "deals.", "prints.")
MET = (*PAGES, "dashboard.", "notices.")
CARRIED = (*MET, "contracts.", "exports.", "feeds.", "calendars.")
"""Where a note could be carried out: pages, exports, feeds, and what people are told."""


@pytest.fixture
def market(settings: Settings, database: Database, cast: Cast) -> Market:
    """alice and anna have met bob about their needs and his anonymous achievement, at an event that carol ran."""
    opened = open_market(settings, database, cast, quick=True)
    with database.transaction() as session:
        event = make_event(session, cast.carol.actor, "session", "final", tables=2, starts_at=an_hour_ago())
        bob = make_registration(session, event, opened.members["bob"])
        for slot, name in enumerate(OWNERS):
            person = make_registration(session, event, opened.members[name])
            match = _match(session, opened, name)
            meeting = make_appointment(session, event, bob, person, slot=slot, starts_at=an_hour_ago(), match=match)
            _speak(session, opened, meeting, name)
    return opened


def _match(session: Session, market: Market, name: str) -> Match:
    organizations = {market.members[each].organization_id for each in (name, "bob")}
    rows = session.scalars(sa.select(Match))
    return next(row for row in rows if {row.need.organization_id, row.achievement.organization_id} == organizations)


def _speak(session: Session, market: Market, meeting: Appointment, name: str) -> None:
    """Let both rate the meeting, write minutes and have a deal, each with a word of its own."""
    for speaker in (name, "bob"):
        word = market.tokens[f"{name}-{speaker}", "rating"] = f"zqrating{name}by{speaker}"
        say(session, actor(session, market, speaker), meeting.id, Said("met", "3", f"说 {word}", "undecided"))
    word = market.tokens[name, "minutes"] = f"zqminutes{name}"
    save_minutes(session, actor(session, market, name), meeting.id, f"谈了 {word}。", seen=0)
    word = market.tokens[name, "step"] = f"zqstep{name}"
    speaker = actor(session, market, name)
    deal = open_for_appointment(session, speaker, meeting.id, next_step=f"做 {word}", next_step_on=today().isoformat())
    for audience in Audience:
        word = market.tokens[name, f"note_{audience}"] = f"zqnote{audience}{name}"
        write_note(session, speaker, deal.id, f"说 {word}", audience)
        file = StoredFile(f"{word}file.pdf", "application/pdf", 3, "5" * 64)
        add_deal_file(session, speaker, deal.id, file, audience)


def _read(
    app: Flask, database: Database, market: Market, viewer: str | None, places: tuple[str, ...] = MET
) -> set[tuple[str, str]]:
    pages = read_everything(app, database, market, viewer, lambda endpoint: endpoint.startswith(places))
    texts = "\n".join(pages.values())
    return market.owners_of(texts + (told(database, market, viewer) if viewer else ""))


def _said(market: Market) -> set[tuple[str, str]]:
    return {part for part in market.tokens if part[1] in {"rating", "minutes", "step"}}


def test_ratings_are_for_the_organiser_and_each_for_its_own_side(
    app: Flask, database: Database, market: Market
) -> None:
    for viewer in ("alice", "anna", "bob"):
        found = {part for part in _read(app, database, market, viewer) if part[1] == "rating"}
        assert found == {part for part in _said(market) if part[1] == "rating" and part[0].endswith(f"-{viewer}")}
    for viewer in READERS:
        assert _said(market) <= _read(app, database, market, viewer)


def test_minutes_and_deals_are_for_both_sides(app: Flask, database: Database, market: Market) -> None:
    expected = {"alice": ("alice",), "anna": ("anna",), "bob": OWNERS}
    for viewer, names in expected.items():
        found = {part for part in _read(app, database, market, viewer) if part[1] in {"minutes", "step"}}
        assert found == {(name, part) for name in names for part in ("minutes", "step")}


def test_notes_and_files_of_a_deal_are_for_their_audience_only(app: Flask, database: Database, market: Market) -> None:
    notes = {part for part in market.tokens if part[1].startswith("note_")}
    for_all = {part for part in notes if part[1] == "note_all"}
    own = {name: {part for part in notes if part[0] == name} for name in OWNERS}
    expected = {
        "anna": own["anna"],
        "bob": for_all,
        "carol": {part for part in notes if part[1] != "note_side"},
        "erin": for_all,
    }
    for viewer, parts in expected.items():
        assert _read(app, database, market, viewer, CARRIED) & notes == parts


@pytest.mark.parametrize("viewer", OUTSIDERS)
def test_outsiders_learn_of_no_meeting(app: Flask, database: Database, market: Market, viewer: str | None) -> None:
    assert _read(app, database, market, viewer) & _said(market) == set()


def test_who_meets_somebody_does_not_learn_which_anonymous_listing_is_his(
    app: Flask, database: Database, market: Market
) -> None:
    for viewer, other in (("alice", "bob"), ("bob", "anna")):
        found = _read(app, database, market, viewer, PAGES)
        known = {(other, "organization"), (other, "person"), (other, "note_all")}
        assert {part for part in found - _said(market) if part[0] == other} <= known
        assert (other, "organization") in found


def test_page_of_the_pair_does_not_say_whom_one_has_met(app: Flask, database: Database, market: Market) -> None:
    for viewer, other in (("alice", "bob"), ("bob", "anna")):
        pages = read_everything(app, database, market, viewer, lambda endpoint: endpoint.startswith("matches."))
        found = market.owners_of("\n".join(pages.values()))
        assert (other, "organization") not in found
        assert (other, "title") in found
