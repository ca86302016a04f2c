"""The leak matrix of roadshows: a programme of hidden listings, taps on it, judges and published results.

Whatever page, paper or notice of a roadshow somebody reads, it holds no more of a listing than he may read anyway, and
nobody's name but where he lets it be known (see leaks.py, leak_rules.py).
"""

import pytest
import sqlalchemy as sa
from flask import Flask

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict
from matchmaker.domain.fields import Layer
from matchmaker.domain.listings import Listing
from matchmaker.services.follow_ups.making import make_follow_ups
from matchmaker.services.roadshows.interest import leave_contact, name_match, tap
from matchmaker.services.roadshows.judges import invite_judge
from matchmaker.services.roadshows.pitches import Answer, PitchPlan, add_pitch, confirm_pitch
from matchmaker.services.roadshows.results import publish_results
from matchmaker.services.roadshows.sheets import sign_sheet
from tests.cast import Cast
from tests.events import make_registration
from tests.roadshows import FULL, make_roadshow
from tests.story.leak_rules import may_read, opened_to, own_notes, owners_say, pairs_of
from tests.story.leaks import AVOIDED, PARTIES, READERS_OF_ALL, Market, actor, open_market, read_everything, told

pytestmark = pytest.mark.slow
EVERYBODY = (None, "mallory", "umar", "peter", AVOIDED, *READERS_OF_ALL, *PARTIES)


def on_stage(endpoint: str) -> bool:
    return endpoint.startswith(("roadshows.", "follow_ups."))


@pytest.fixture
def market(settings: Settings, database: Database, cast: Cast) -> Market:
    return open_market(settings, database, cast, quick=True)


@pytest.fixture
def show(database: Database, cast: Cast, market: Market) -> Market:
    """A roadshow with what may be shown of the market: nobody lets the programme name him."""
    with database.transaction() as session:
        event = make_roadshow(session, cast, "final")
        pitches = {}
        for name in ("alice", "anna", "bob"):
            own = sa.select(Listing.id).where(Listing.organization_id == market.members[name].organization_id)
            plan = PitchPlan(listing_id=session.scalars(own).one(), speakers=market.tokens[name, "person"])
            pitches[name] = add_pitch(session, actor(session, market, "carol"), event, plan)
            answer = Answer(is_named=False)
            confirm_pitch(session, actor(session, market, name), event, pitches[name], answer)
            make_registration(session, event, market.members[name])
        make_registration(session, event, market.members["mallory"])
        anna, bob = actor(session, market, "anna"), actor(session, market, "bob")
        name_match(session, anna, event, pitches["bob"], pairs_of(session, market, "anna")[0], agreed=True)
        tap(session, bob, event, pitches["anna"])
        leave_contact(session, actor(session, market, "mallory"), event, pitches["anna"])
        for name in ("carol", "umar"):
            invite_judge(session, actor(session, market, "dave"), event, market.members[name].membership_id)
        carol = actor(session, market, "carol")
        sign_sheet(session, carol, event, pitches["bob"].id, FULL, 0)
        sign_sheet(session, actor(session, market, "umar"), event, pitches["anna"].id, FULL, 0)
        publish_results(session, actor(session, market, "dave"), event, anyway=True)
        event.state = "held"
        make_follow_ups(session, event)
    return market


def test_a_listing_for_brokers_only_is_not_put_on_a_programme(database: Database, cast: Cast, market: Market) -> None:
    with database.transaction() as session:
        event = make_roadshow(session, cast)
        own = sa.select(Listing.id).where(Listing.organization_id == market.members["amir"].organization_id)
        with pytest.raises(Conflict):
            add_pitch(session, actor(session, market, "carol"), event, PitchPlan(listing_id=session.scalars(own).one()))


@pytest.mark.parametrize("viewer", EVERYBODY)
def test_a_roadshow_shows_everybody_what_he_may_read_anyway(
    app: Flask, database: Database, show: Market, viewer: str | None
) -> None:
    # Alice's need is public, so the programme names her, and the speaker that she named.
    allowed = may_read(viewer, {}) | own_notes(viewer) | ({("alice", "person")} if viewer != AVOIDED else set())
    for address, text in read_everything(app, database, show, viewer, on_stage).items():
        assert (address, show.owners_of(text) - allowed) == (address, set())


def test_a_roadshow_shows_parties_of_a_mutual_pair_what_that_has_opened(
    app: Flask, database: Database, show: Market
) -> None:
    owners_say(database, show, "interested", ("bob",))
    texts = read_everything(app, database, show, "bob", on_stage)
    found = {part for text in texts.values() for part in show.owners_of(text)}
    assert ("anna", "organization") in found
    allowed = may_read("bob", opened_to("bob", Layer.MATCHED)) | own_notes("bob")
    assert found - allowed - {("alice", "person"), ("anna", "person")} == set()


@pytest.mark.parametrize("viewer", ["mallory", "umar", AVOIDED, *PARTIES])
def test_notices_of_a_roadshow_hold_what_their_readers_may_read(database: Database, show: Market, viewer: str) -> None:
    allowed = may_read(viewer, {}) | own_notes(viewer)
    assert show.owners_of(told(database, show, viewer)) - allowed == set()
