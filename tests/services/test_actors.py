"""The actor behind a log-in."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.people import Membership, MembershipState, Organization, User
from matchmaker.domain.permissions import Actor
from matchmaker.services.actors import load_actor
from tests.cast import NAMES, Cast


@pytest.mark.parametrize("key", NAMES)
def test_actor_is_the_member(session: Session, cast: Cast, key: str) -> None:
    member = cast[key]
    assert load_actor(session, member.user_id, 1, member.membership_id) == member.actor


def test_without_a_membership_there_is_no_role(session: Session, cast: Cast) -> None:
    assert load_actor(session, cast.alice.user_id, 1) == Actor(user_id=cast.alice.user_id, name=cast.alice.name)


def test_anothers_membership_gives_nothing(session: Session, cast: Cast) -> None:
    actor = load_actor(session, cast.mallory.user_id, 1, cast.erin.membership_id)
    assert actor == Actor(user_id=cast.mallory.user_id, name=cast.mallory.name)


def test_other_version_of_credentials_is_void(session: Session, cast: Cast) -> None:
    assert load_actor(session, cast.alice.user_id, 2, cast.alice.membership_id) is None


def test_unknown_user_is_void(session: Session, cast: Cast) -> None:
    assert load_actor(session, 999, 1, 1) is None


@pytest.mark.parametrize("column", ["disabled_at", "deleted_at"])
def test_disabled_and_deleted_users_are_void(session: Session, cast: Cast, column: str) -> None:
    setattr(session.get_one(User, cast.alice.user_id), column, utc_now())
    assert load_actor(session, cast.alice.user_id, 1, cast.alice.membership_id) is None


def test_ended_membership_leaves_no_role(session: Session, cast: Cast) -> None:
    session.get_one(Membership, cast.carol.membership_id).state = MembershipState.ENDED
    actor = load_actor(session, cast.carol.user_id, 1, cast.carol.membership_id)
    assert (actor.role, actor.organization_id, actor.is_owner) == (None, None, False)


def test_suspended_organization_leaves_no_role(session: Session, cast: Cast) -> None:
    session.get_one(Organization, cast.alice.organization_id).suspended_at = utc_now()
    assert load_actor(session, cast.alice.user_id, 1, cast.alice.membership_id).role is None
