"""Members of an organization: who they are, who leaves, and what happens to what they answered for."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.listings import Listing, ListingState, NeedRevision
from matchmaker.domain.people import Membership, Organization, Role
from matchmaker.domain.permissions import Actor, can_edit_listing
from matchmaker.services.actors import load_actor
from matchmaker.services.members import (
    choose_membership,
    leave,
    list_members,
    list_memberships,
    remove_member,
    set_owner,
)
from tests.cast import Cast, Member, make_member


def _colleague(session: Session, of: Member, key: str = "gul", role: Role = Role.ENTERPRISE) -> Member:
    return make_member(session, session.get_one(Organization, of.organization_id), key, "古丽", role)


def _listing(session: Session, owner: Member, state: str = ListingState.PUBLISHED, **columns: int) -> Listing:
    listing = Listing(
        kind="need", organization_id=owner.organization_id, owner_id=owner.user_id, state=state, **columns
    )
    session.add_all((listing, NeedRevision(listing=listing, title="需求")))
    session.flush()
    return listing


def test_members_are_seen_by_colleagues_and_the_bureau_only(session: Session, cast: Cast) -> None:
    organization = session.get_one(Organization, cast.alice.organization_id)
    for actor in (cast.alice.actor, cast.dave.actor, cast.erin.actor):
        assert [row.name for row in list_members(session, actor, organization)] == ["阿丽娅"]
    for actor in (cast.bob.actor, cast.carol.actor, cast.mallory.actor, Actor.anonymous()):
        with pytest.raises(Forbidden):
            list_members(session, actor, organization)


def test_colleagues_who_do_not_manage_see_names_only(session: Session, cast: Cast) -> None:
    gul = _colleague(session, cast.alice)
    session.add(Membership(user_id=cast.bob.user_id, organization_id=1, role="enterprise", state="invited"))
    session.flush()
    organization = session.get_one(Organization, 1)
    seen = {
        key: [(row.name, row.email) for row in list_members(session, actor, organization)]
        for key, actor in (("owner", cast.alice.actor), ("colleague", gul.actor))
    }
    assert seen["owner"] == [("阿丽娅", cast.alice.email), ("古丽", gul.email), ("", cast.bob.email)]
    assert seen["colleague"] == [("阿丽娅", None), ("古丽", None)]


def test_memberships_of_a_person_are_listed(session: Session, cast: Cast) -> None:
    rows = list_memberships(session, cast.peter.user_id)
    assert [(row.organization_name, row.role, row.state) for row in rows] == [
        ("远山技术经纪事务所", "broker", "pending")
    ]


def test_membership_of_ones_own_can_be_chosen(session: Session, cast: Cast) -> None:
    assert choose_membership(session, cast.bob.actor, cast.bob.membership_id).role == "university"
    for member in (cast.alice, cast.erin):
        with pytest.raises(NotFound):
            choose_membership(session, cast.bob.actor, member.membership_id)


def test_removed_member_loses_his_rights_at_once_and_his_listings_get_the_owner(session: Session, cast: Cast) -> None:
    gul = _colleague(session, cast.alice)
    listing = _listing(session, gul)
    remove_member(session, cast.alice.actor, gul.membership_id)
    actor = load_actor(session, gul.user_id, 1, gul.membership_id)
    assert actor is not None
    assert (actor.role, actor.organization_id) == (None, None)
    session.refresh(listing)
    assert listing.owner_id == cast.alice.user_id


def test_member_is_removed_by_those_who_manage_only(session: Session, cast: Cast) -> None:
    gul = _colleague(session, cast.alice)
    other = _colleague(session, cast.alice, "timur")
    for actor, error in ((other.actor, Forbidden), (cast.mallory.actor, NotFound), (cast.carol.actor, NotFound)):
        with pytest.raises(error):
            remove_member(session, actor, gul.membership_id)
    remove_member(session, cast.dave.actor, gul.membership_id)
    with pytest.raises(NotFound):
        remove_member(session, cast.dave.actor, gul.membership_id)


def test_last_owner_is_told_what_to_do_first(session: Session, cast: Cast) -> None:
    gul = _colleague(session, cast.alice)
    with pytest.raises(Conflict, match="请先在成员页指定另一位负责人"):
        leave(session, cast.alice.actor, cast.alice.membership_id)
    set_owner(session, cast.alice.actor, gul.membership_id, True)
    leave(session, cast.alice.actor, cast.alice.membership_id)
    assert [row.name for row in list_members(session, cast.dave.actor, session.get_one(Organization, 1))] == ["古丽"]


@pytest.mark.parametrize("state", ["submitted", "returned", "published", "confirming"])
def test_last_owner_with_running_listings_cannot_leave(session: Session, cast: Cast, state: str) -> None:
    _listing(session, cast.alice, state)
    with pytest.raises(Conflict, match="还有 1 条进行中的需求或成果"):
        leave(session, cast.alice.actor, cast.alice.membership_id)


@pytest.mark.parametrize("state", ["draft", "closed"])
def test_last_owner_with_nothing_running_can_leave(session: Session, cast: Cast, state: str) -> None:
    _listing(session, cast.alice, state)
    leave(session, cast.alice.actor, cast.alice.membership_id)
    assert list_memberships(session, cast.alice.user_id) == []


def test_broker_who_leaves_may_not_edit_his_clients_listings_any_more(session: Session, cast: Cast) -> None:
    listing = _listing(session, cast.alice, broker_id=cast.carol.user_id)
    assert can_edit_listing(cast.carol.actor, listing)
    leave(session, cast.carol.actor, cast.carol.membership_id)
    session.refresh(listing)
    actor = load_actor(session, cast.carol.user_id, 1, cast.carol.membership_id)
    assert actor is not None
    assert (listing.owner_id, can_edit_listing(actor, listing)) == (cast.alice.user_id, False)


def test_last_admin_stays(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict, match="唯一的管理员"):
        leave(session, cast.erin.actor, cast.erin.membership_id)


def test_admin_is_not_removed_by_the_bureau(session: Session, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        remove_member(session, cast.dave.actor, cast.erin.membership_id)


def test_owner_is_made_and_unmade(session: Session, cast: Cast) -> None:
    gul = _colleague(session, cast.alice)
    set_owner(session, cast.alice.actor, gul.membership_id, True)
    set_owner(session, cast.alice.actor, cast.alice.membership_id, False)
    owners = [(row.name, row.is_owner) for row in list_members(session, gul.actor, session.get_one(Organization, 1))]
    assert owners == [("古丽", True), ("阿丽娅", False)]


def test_last_owner_cannot_be_unmade(session: Session, cast: Cast) -> None:
    _colleague(session, cast.alice)
    with pytest.raises(Conflict):
        set_owner(session, cast.alice.actor, cast.alice.membership_id, False)


def test_pending_broker_cannot_be_made_owner(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict):
        set_owner(session, cast.dave.actor, cast.peter.membership_id, True)


def test_ended_membership_gives_nothing_back(session: Session, cast: Cast) -> None:
    gul = _colleague(session, cast.alice)
    remove_member(session, cast.alice.actor, gul.membership_id)
    with pytest.raises(NotFound):
        choose_membership(session, gul.actor, gul.membership_id)
    assert session.get_one(Membership, gul.membership_id).state == "ended"
