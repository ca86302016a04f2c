"""Joining an organization by invitation."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.mails import Mail
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Membership, Organization, User
from matchmaker.domain.permissions import Actor
from matchmaker.services.actors import load_actor
from matchmaker.services.credentials import reset_password
from matchmaker.services.invitations import (
    LIFETIME,
    InvitationReport,
    accept_invitation,
    decline_invitation,
    invitations_of,
    invite,
    invite_many,
    resend_invitation,
)
from matchmaker.services.members import list_members
from matchmaker.services.password_links import PasswordLinks
from matchmaker.services.privacy import NOTICE_VERSION
from tests.cast import CHEAP, Cast, Member

BASE_URL = "https://match.example"
LINKS = PasswordLinks(b"secret" * 8, lambda token: f"{BASE_URL}/reset/{token}")
NEW = "shapaozi 2027 xin"


def _invite(session: Session, actor: Actor, to: Member, email: str, **more: bool) -> Membership:
    organization = session.get_one(Organization, to.organization_id)
    return invite(session, actor, organization, name="古丽", email=email, links=LINKS, base_url=BASE_URL, **more)


def _set_password(session: Session, consented: bool = True) -> User:
    mail = session.scalars(sa.select(Mail).order_by(Mail.id.desc())).first()
    assert mail is not None
    found = re.search(r"/reset/(\S+)", mail.body)
    assert found is not None
    return reset_password(session, found[1], NEW, LINKS, consented=consented, base_url=BASE_URL, hasher=CHEAP)


def test_newcomer_joins_by_setting_a_password(session: Session, cast: Cast) -> None:
    membership = _invite(session, cast.alice.actor, cast.alice, "gul@firm.example")
    user = _set_password(session)
    actor = load_actor(session, user.id, user.credentials_version, membership.id)
    assert actor is not None
    assert (actor.name, actor.role, actor.organization_id) == ("古丽", "enterprise", cast.alice.organization_id)
    assert (user.consent_version, actor.is_owner) == (NOTICE_VERSION, False)


def test_newcomer_must_consent_before_joining(session: Session, cast: Cast) -> None:
    _invite(session, cast.alice.actor, cast.alice, "gul@firm.example")
    with pytest.raises(Invalid) as refused:
        _set_password(session, consented=False)
    assert list(refused.value.errors) == ["consented"]


def test_user_joins_by_accepting(session: Session, cast: Cast) -> None:
    membership = _invite(session, cast.alice.actor, cast.alice, cast.bob.email, is_owner=True)
    assert [row.id for row in invitations_of(session, cast.bob.actor)] == [membership.id]
    accept_invitation(session, cast.bob.actor, membership.id)
    actor = load_actor(session, cast.bob.user_id, 1, membership.id)
    assert actor is not None
    assert (actor.role, actor.organization_id, actor.is_owner) == ("enterprise", cast.alice.organization_id, True)


def test_invitation_gives_no_rights_before_it_is_accepted(session: Session, cast: Cast) -> None:
    membership = _invite(session, cast.alice.actor, cast.alice, cast.bob.email)
    actor = load_actor(session, cast.bob.user_id, 1, membership.id)
    assert actor is not None
    assert (actor.role, actor.organization_id) == (None, None)


def test_invitation_looks_the_same_for_known_and_unknown_people(session: Session, cast: Cast) -> None:
    for email in (cast.bob.email, "gul@firm.example"):
        _invite(session, cast.alice.actor, cast.alice, email)
    organization = session.get_one(Organization, cast.alice.organization_id)
    rows = [row for row in list_members(session, cast.alice.actor, organization) if row.state == "invited"]
    assert [(row.name, row.email) for row in rows] == [("", cast.bob.email), ("", "gul@firm.example")]


def test_invitation_can_be_declined(session: Session, cast: Cast) -> None:
    membership = _invite(session, cast.alice.actor, cast.alice, cast.bob.email)
    decline_invitation(session, cast.bob.actor, membership.id)
    assert (membership.state, invitations_of(session, cast.bob.actor)) == ("ended", [])


def test_invitation_is_answered_by_the_invited_only(session: Session, cast: Cast) -> None:
    membership = _invite(session, cast.alice.actor, cast.alice, cast.bob.email)
    for actor in (cast.alice.actor, cast.mallory.actor, cast.erin.actor, Actor.anonymous()):
        for answer in (accept_invitation, decline_invitation):
            with pytest.raises(NotFound):
                answer(session, actor, membership.id)


def test_invitation_is_answered_once(session: Session, cast: Cast) -> None:
    membership = _invite(session, cast.alice.actor, cast.alice, cast.bob.email)
    accept_invitation(session, cast.bob.actor, membership.id)
    with pytest.raises(NotFound):
        accept_invitation(session, cast.bob.actor, membership.id)


def test_invitation_sent_again_makes_no_second_membership(session: Session, cast: Cast) -> None:
    first = _invite(session, cast.alice.actor, cast.alice, "gul@firm.example")
    second = _invite(session, cast.alice.actor, cast.alice, "GUL@firm.example")
    assert (first.id, len(session.scalars(sa.select(Mail)).all())) == (second.id, 2)


def test_member_is_not_invited_again(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict):
        _invite(session, cast.alice.actor, cast.alice, cast.alice.email)


def test_broker_who_accepts_waits_for_the_bureau(session: Session, cast: Cast) -> None:
    membership = _invite(session, cast.carol.actor, cast.carol, cast.bob.email)
    accept_invitation(session, cast.bob.actor, membership.id)
    assert membership.state == "pending"


@pytest.mark.parametrize("key", ["bob", "carol", "mallory", "peter"])
def test_colleagues_are_invited_by_owner_or_bureau_only(session: Session, cast: Cast, key: str) -> None:
    with pytest.raises(Forbidden):
        _invite(session, cast[key].actor, cast.alice, "gul@firm.example")


def test_bureau_invites_into_any_organization_but_not_into_offices(session: Session, cast: Cast) -> None:
    assert _invite(session, cast.dave.actor, cast.alice, "gul@firm.example").role == "enterprise"
    with pytest.raises(Forbidden):
        _invite(session, cast.dave.actor, cast.dave, "gul@firm.example")


def test_admins_are_appointed_by_admins_in_a_bureau_only(session: Session, cast: Cast) -> None:
    assert _invite(session, cast.erin.actor, cast.dave, "gul@city.example", as_admin=True).role == "admin"
    for actor, to in ((cast.erin.actor, cast.alice), (cast.alice.actor, cast.alice)):
        with pytest.raises(Forbidden):
            _invite(session, actor, to, "gul@city.example", as_admin=True)


@pytest.mark.parametrize("email", ["", "x" * 1_000_000, "<b>@x", "a@b.example\nBcc: c@d.example"])
def test_invitation_to_no_address_is_refused(session: Session, cast: Cast, email: str) -> None:
    with pytest.raises(Invalid) as refused:
        _invite(session, cast.alice.actor, cast.alice, email)
    assert list(refused.value.errors) == ["email"]


def _invite_many(session: Session, cast: Cast, text: str, **more: bool) -> InvitationReport:
    organization = session.get_one(Organization, cast.alice.organization_id)
    return invite_many(session, cast.alice.actor, organization, text, links=LINKS, base_url=BASE_URL, **more)


def _resend(session: Session, actor: Actor, membership: Membership) -> None:
    resend_invitation(session, actor, membership.id, links=LINKS, base_url=BASE_URL)


def test_many_are_invited_at_once_and_a_bad_line_stops_nobody(session: Session, cast: Cast) -> None:
    report = _invite_many(
        session,
        cast,
        "古丽 <Gul@firm.example>\n\nwang@firm.example，li@firm.example；铁木尔, timur@firm.example\n没有地址\n"
        f"{cast.alice.email}\nGUL@firm.example",
    )
    assert report.invited == ("gul@firm.example", "wang@firm.example", "li@firm.example", "timur@firm.example")
    assert [(row.text, row.sentence) for row in report.unsent] == [
        ("没有地址", "这一行没有邮箱地址。"),
        (cast.alice.email, "这个人已经是本单位的成员。"),
    ]
    added = session.scalars(sa.select(User).where(User.email.like("%firm.example")))
    assert {user.email: user.name for user in added} == {
        "gul@firm.example": "古丽",
        "wang@firm.example": "wang",
        "li@firm.example": "li",
        "timur@firm.example": "铁木尔",
    }


@pytest.mark.parametrize("text", ["", " \n ", "\n".join(f"p{number}@firm.example" for number in range(51))])
def test_nobody_and_too_many_are_refused_under_the_field(session: Session, cast: Cast, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        _invite_many(session, cast, text)
    assert list(refused.value.errors) == ["text"]


def test_hostile_lists_invite_nobody(session: Session, cast: Cast) -> None:
    report = _invite_many(session, cast, "x" * 100_000 + "\n<script>@\n\x00@\x00\na@b@c.example\n@")
    assert report.invited == ()
    assert session.scalars(sa.select(Membership).where(Membership.state == "invited")).all() == []


def test_expired_invitation_is_accepted_only_after_it_was_sent_again(session: Session, cast: Cast) -> None:
    membership = _invite(session, cast.alice.actor, cast.alice, cast.bob.email)
    with pytest.raises(Conflict):
        _resend(session, cast.alice.actor, membership)
    membership.created_at = utc_now() - LIFETIME - timedelta(hours=1)
    with pytest.raises(Conflict, match="已经过期"):
        accept_invitation(session, cast.bob.actor, membership.id)
    organization = session.get_one(Organization, cast.alice.organization_id)
    assert [row.has_expired for row in list_members(session, cast.alice.actor, organization)] == [False, True]
    _resend(session, cast.alice.actor, membership)
    assert accept_invitation(session, cast.bob.actor, membership.id).state == "active"


def test_invitation_is_sent_again_by_those_who_manage_members_only(session: Session, cast: Cast) -> None:
    membership = _invite(session, cast.alice.actor, cast.alice, "gul@firm.example")
    for key in ("bob", "carol", "mallory", "peter"):
        with pytest.raises(NotFound):
            _resend(session, cast[key].actor, membership)


def test_inviter_is_told_of_the_answer(session: Session, cast: Cast) -> None:
    for answer in (accept_invitation, decline_invitation):
        membership = _invite(session, cast.alice.actor, cast.alice, cast.bob.email)
        answer(session, cast.bob.actor, membership.id)
        membership.state = "ended"
    told = session.scalars(sa.select(Notice.title).where(Notice.user_id == cast.alice.user_id)).all()
    assert told == ["鲍博 接受了邀请", "bob@cast.example 谢绝了邀请"]


def test_suspended_organization_is_not_joined(session: Session, cast: Cast) -> None:
    membership = _invite(session, cast.alice.actor, cast.alice, cast.bob.email)
    session.get_one(Organization, cast.alice.organization_id).suspended_at = utc_now()
    with pytest.raises(Conflict, match="停用"):
        accept_invitation(session, cast.bob.actor, membership.id)
