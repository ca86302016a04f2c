"""Beginning listings and finding them again."""

from datetime import timedelta

import pytest

from matchmaker.domain.days import today, years_after
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.listings import ListingState
from matchmaker.domain.people import Role
from matchmaker.services.listings import REUSE_WINDOW, clients, create_listing, get_listing, get_own_listing
from matchmaker.services.ownership import hand_over, members
from tests.cast import make_member, make_organization
from tests.drafts import make_draft, make_published, make_submitted


def test_create_listing_begins_a_draft_with_what_is_known(session, cast):
    listing = create_listing(session, cast.alice.actor, "need", raw={"title": " 除冰 "})
    revision = listing.working_revision
    assert (listing.state, revision.state, revision.title) == ("draft", "draft", "除冰")
    assert (listing.owner_id, listing.broker_id) == (cast.alice.user_id, None)
    assert (revision.region, revision.contact_name, revision.contact_phone) == (
        "650104",
        cast.alice.name,
        cast.alice.mobile,
    )
    assert revision.valid_until == years_after(today(), 1)


def test_create_listing_twice_is_one_draft(session, cast):
    first = create_listing(session, cast.alice.actor, "need", raw={"title": "除冰"})
    assert create_listing(session, cast.alice.actor, "need", raw={"title": "除冰"}) is first
    assert create_listing(session, cast.alice.actor, "need", raw={"title": "防沙"}) is not first
    first.created_at -= REUSE_WINDOW + timedelta(seconds=1)
    assert create_listing(session, cast.alice.actor, "need", raw={"title": "除冰"}) is not first


@pytest.mark.parametrize(
    ("name", "kind"),
    [("bob", "need"), ("dave", "need"), ("erin", "achievement"), ("peter", "need"), ("alice", "expert")],
)
def test_create_listing_is_refused_to_those_who_do_not_post_the_kind(session, cast, name, kind):
    with pytest.raises(Forbidden):
        create_listing(session, cast[name].actor, kind)


def test_create_listing_for_another_organization_is_for_brokers(session, cast):
    with pytest.raises(Forbidden):
        create_listing(session, cast.alice.actor, "need", cast.mallory.organization_id)
    listing = create_listing(session, cast.carol.actor, "need", cast.alice.organization_id)
    assert (listing.organization_id, listing.owner_id, listing.broker_id) == (
        cast.alice.organization_id,
        cast.alice.user_id,
        cast.carol.user_id,
    )
    assert listing.working_revision.contact_name is None


def test_create_listing_needs_a_client_that_can_confirm(session, cast):
    empty = make_organization(session, "enterprise", "无人有限公司")
    for organization_id in (None, 0, -1, 2**70, cast.dave.organization_id, cast.bob.organization_id, empty.id):
        with pytest.raises(Invalid) as caught:
            create_listing(session, cast.carol.actor, "need", organization_id)
        assert set(caught.value.errors) == {"organization_id"}


def test_clients_are_organizations_with_members_that_post_the_kind(session, cast):
    make_organization(session, "enterprise", "无人有限公司")
    assert [o.name for o in clients(session, cast.carol.actor, "need")] == ["天山机械有限公司", "戈壁商贸有限公司"]
    assert [o.name for o in clients(session, cast.carol.actor, "achievement", "昆仑")] == ["昆仑理工大学"]
    assert clients(session, cast.carol.actor, "need", "%") == []
    with pytest.raises(Forbidden):
        clients(session, cast.alice.actor, "need")


@pytest.mark.parametrize("listing_id", [0, -1, 999, 2**63, 10**30])
def test_get_listing_knows_no_such_listing(session, cast, listing_id):
    with pytest.raises(NotFound):
        get_listing(session, cast.dave.actor, listing_id)


READERS = {
    "draft": {"alice"},
    "submitted": {"alice", "carol", "dave", "erin"},
    "public": {"alice", "bob", "carol", "dave", "erin", "mallory", "peter"},
    "anonymous": {"alice", "bob", "carol", "dave", "erin", "mallory", "peter"},
    "brokers": {"alice", "carol", "dave", "erin"},
}


@pytest.mark.parametrize("case", list(READERS))
def test_get_listing_shows_a_listing_to_those_who_may_know_it(session, cast, case):
    if case == "draft":
        listing = make_draft(session, cast.alice)
    elif case == "submitted":
        listing = make_submitted(session, cast.alice)
    else:
        listing = make_published(session, cast.alice, cast.dave, visibility=case)
    assert {name for name in READERS["public"] if reads(session, cast[name], listing.id)} == READERS[case]


def reads(session, member, listing_id):
    try:
        get_listing(session, member.actor, listing_id)
    except NotFound:
        return False
    return True


def test_get_own_listing_is_forbidden_to_readers_and_unknown_to_others(session, cast):
    listing = make_published(session, cast.alice, cast.dave, visibility="brokers")
    assert get_own_listing(session, cast.alice.actor, listing.id) is listing
    with pytest.raises(Forbidden):
        get_own_listing(session, cast.dave.actor, listing.id)
    with pytest.raises(NotFound):
        get_own_listing(session, cast.mallory.actor, listing.id)


def test_hand_over_goes_to_a_colleague_only(session, cast):
    listing = make_draft(session, cast.alice)
    colleague = make_member(session, listing.organization, "amy", "艾米", Role.ENTERPRISE)
    with pytest.raises(Invalid):
        hand_over(session, cast.alice.actor, listing, cast.mallory.user_id)
    hand_over(session, cast.alice.actor, listing, colleague.user_id)
    assert listing.owner_id == colleague.user_id
    assert [user.name for user in members(session, listing.organization_id)] == ["阿丽娅", "艾米"]


def test_hand_over_is_not_for_the_broker_who_posted(session, cast):
    listing = create_listing(session, cast.carol.actor, "need", cast.alice.organization_id)
    with pytest.raises(Forbidden):
        hand_over(session, cast.carol.actor, listing, cast.alice.user_id)
    listing.state = ListingState.PUBLISHED
    with pytest.raises(NotFound):
        hand_over(session, cast.mallory.actor, listing, cast.mallory.user_id)
