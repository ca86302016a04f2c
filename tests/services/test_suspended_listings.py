"""Listings of a suspended organization: gone for everybody but its own people and the bureau, and back afterwards."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import NotFound
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_edit_listing
from matchmaker.services.actors import load_actor
from matchmaker.services.engine import Engine
from matchmaker.services.home import home_view
from matchmaker.services.listings import get_listing
from matchmaker.services.matches import load_match, match_page, matches_of
from matchmaker.services.my_matches import my_matches
from matchmaker.services.profiles import profile_listings
from matchmaker.services.projection import project
from matchmaker.services.searching import SearchRequest, search
from tests.cast import Cast, Member
from tests.pairs import pair, publish


def _suspend(session: Session, member: Member) -> Actor:
    session.get_one(Organization, member.organization_id).suspended_at = utc_now()
    session.flush()
    actor = load_actor(session, member.user_id, 1, member.membership_id)
    assert actor is not None
    return actor


def test_listing_of_a_suspended_organization_is_its_own_and_the_bureaus(session: Session, cast: Cast) -> None:
    listing = publish(session, cast.alice, "need", "除冰", visibility="anonymous")
    alice = _suspend(session, cast.alice)
    for actor in (Actor.anonymous(), cast.bob.actor, cast.carol.actor, cast.mallory.actor, cast.peter.actor):
        with pytest.raises(NotFound):
            get_listing(session, actor, listing.id)
    for actor in (alice, cast.dave.actor, cast.erin.actor):
        assert project(get_listing(session, actor, listing.id), actor).organization_name == "天山机械有限公司"
    assert not can_edit_listing(alice, listing)


def test_broker_loses_sight_of_a_suspended_clients_listing(session: Session, cast: Cast) -> None:
    listing = publish(session, cast.alice, "need", "除冰")
    listing.broker_id = cast.carol.user_id
    _suspend(session, cast.alice)
    with pytest.raises(NotFound):
        get_listing(session, cast.carol.actor, listing.id)


def test_suspended_broker_edits_his_clients_listings_no_more(session: Session, cast: Cast) -> None:
    listing = publish(session, cast.alice, "need", "除冰", visibility="brokers")
    listing.broker_id = cast.carol.user_id
    carol = _suspend(session, cast.carol)
    assert not can_edit_listing(carol, listing)
    with pytest.raises(NotFound):
        get_listing(session, carol, listing.id)


def test_lists_and_counts_leave_suspended_organizations_out(session: Session, cast: Cast, settings: Settings) -> None:
    need = publish(session, cast.alice, "need", "除冰")
    achievement = publish(session, cast.bob, "achievement", "涂层")
    match = pair(session, need, achievement)
    engine, everybody = Engine(settings), (Actor.anonymous(), cast.bob.actor, cast.carol.actor, cast.dave.actor)

    def counted(actor: Actor) -> tuple[int, int, int, int, int]:
        home = home_view(session, actor)
        found = search(session, actor, engine, SearchRequest())
        facets = sum(row.count for row in found.facets["kind"])
        return home.needs, len(home.newest_needs), home.good_matches, found.total, facets

    assert {counted(actor) for actor in everybody} == {(1, 1, 1, 2, 2)}
    _suspend(session, cast.alice)
    assert {counted(actor) for actor in everybody} == {(0, 0, 0, 1, 1)}
    assert profile_listings(session, session.get_one(Organization, cast.alice.organization_id)).all == 0
    assert matches_of(session, cast.bob.actor, achievement) == ()
    assert [match_page(session, actor).total for actor in (cast.bob.actor, cast.carol.actor)] == [0, 0]
    with pytest.raises(NotFound):
        load_match(session, cast.bob.actor, match.id)
    session.get_one(Organization, cast.alice.organization_id).suspended_at = None
    session.flush()
    assert {counted(actor) for actor in everybody} == {(1, 1, 1, 2, 2)}


def test_own_list_of_matches_shows_no_suspended_partner(session: Session, cast: Cast) -> None:
    need, achievement = publish(session, cast.alice, "need", "除冰"), publish(session, cast.bob, "achievement", "涂层")
    pair(session, need, achievement)
    _suspend(session, cast.alice)
    assert [row.matches for row in my_matches(session, cast.bob.actor).rows] == [()]
    assert session.get_one(Listing, achievement.id).is_live
