"""Events and registrations when their person leaves, an organization is merged or suspended."""

import pytest

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import NotFound
from matchmaker.domain.people import Membership, Organization, Role, User
from matchmaker.domain.permissions import Actor
from matchmaker.services.duties import hand_over_events
from matchmaker.services.events.attendees import parties
from matchmaker.services.events.finding import EventFilter, list_events
from matchmaker.services.events.forgetting import forget_person
from matchmaker.services.events.loading import load_event
from matchmaker.services.privacy import export_personal_data
from matchmaker.services.references import move_references
from tests.cast import make_member
from tests.events import make_event, make_registration


def test_deleted_account_is_forgotten_at_events_and_its_place_is_free(session, cast):
    event = make_event(session, cast.carol.actor, capacity=1)
    mine = make_registration(session, event, cast.alice, phone="13900000000", note="坐轮椅", position="总工")
    waits = make_registration(session, event, cast.bob, "waitlisted")
    exported = export_personal_data(session, cast.alice.actor)["registrations"]
    assert [(row["phone"], row["note"]) for row in exported] == [("13900000000", "坐轮椅")]
    forget_person(session, session.get_one(User, cast.alice.user_id), "已注销用户")
    assert (mine.name, mine.phone, mine.note, mine.position) == ("已注销用户", "", "", "")
    assert (mine.state, waits.state) == ("withdrawn", "accepted")


def test_merged_organization_takes_its_events_and_registrations_along(session, cast):
    event = make_event(session, cast.carol.actor)
    registration = make_registration(session, event, cast.alice)
    move_references(session, cast.mallory.organization_id, cast.alice.organization_id)
    move_references(session, cast.peter.organization_id, cast.carol.organization_id)
    assert registration.organization_id == cast.mallory.organization_id
    assert event.organization_id == cast.peter.organization_id


def test_event_of_a_suspended_organization_is_the_bureaus_secret(session, cast):
    event = make_event(session, cast.carol.actor)
    event.organization.suspended_at = utc_now()
    session.flush()
    assert load_event(session, cast.dave.actor, event.id) is event
    assert list_events(session, cast.dave.actor, EventFilter()).total == 1
    for actor in (Actor.anonymous(), cast.alice.actor):
        with pytest.raises(NotFound):
            load_event(session, actor, event.id)
        assert list_events(session, actor, EventFilter()).total == 0


def test_suspended_organization_is_not_among_those_who_come(session, cast):
    event = make_event(session, cast.carol.actor)
    for member in (cast.alice, cast.bob):
        make_registration(session, event, member)
    session.get_one(Organization, cast.bob.organization_id).suspended_at = utc_now()
    session.flush()
    assert [party.organization_name for party in parties(session, cast.alice.actor, event)] == ["天山机械有限公司"]


def test_events_go_over_to_another_owner_when_their_person_leaves(session, cast):
    event = make_event(session, cast.carol.actor)
    agency = session.get_one(Organization, cast.carol.organization_id)
    heir = make_member(session, agency, "heir", "何接", Role.BROKER, is_owner=True)
    hand_over_events(session, session.get_one(Membership, cast.carol.membership_id))
    session.refresh(event)
    assert event.owner_id == heir.user_id
