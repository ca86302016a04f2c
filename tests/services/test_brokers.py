"""The bureau confirms brokers before they see what others hide."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.mails import Mail
from matchmaker.domain.people import Organization
from matchmaker.domain.verifications import Verification
from matchmaker.services.actors import load_actor
from matchmaker.services.brokers import brokers_to_confirm, confirm_broker, confirmed_brokers, refuse_broker
from tests.cast import Cast

BASE_URL = "https://match.example"


def _mails(session: Session) -> list[tuple[str, str]]:
    return [(mail.recipient, mail.subject) for mail in session.scalars(sa.select(Mail))]


def test_confirmed_broker_may_work_and_is_told(session: Session, cast: Cast) -> None:
    session.get_one(Organization, cast.peter.organization_id).verified_at = None
    confirm_broker(session, cast.dave.actor, cast.peter.membership_id, base_url=BASE_URL)
    actor = load_actor(session, cast.peter.user_id, 1, cast.peter.membership_id)
    assert actor is not None
    assert (actor.role, actor.reads_all) == ("broker", True)
    assert session.get_one(Organization, cast.peter.organization_id).verified_at is None
    assert [row.checked_by_id for row in session.scalars(sa.select(Verification))] == [cast.dave.user_id]
    assert _mails(session) == [("peter@cast.example", "技术经纪人身份已确认")]


def test_refused_broker_is_told_why(session: Session, cast: Cast) -> None:
    refuse_broker(session, cast.dave.actor, cast.peter.membership_id, reason="请补充资质证明。")
    assert _mails(session) == [("peter@cast.example", "技术经纪人身份未通过确认")]
    assert brokers_to_confirm(session, cast.dave.actor) == []


@pytest.mark.parametrize("reason", ["", " \n", "长" * 501])
def test_broker_is_not_refused_without_a_reason(session: Session, cast: Cast, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        refuse_broker(session, cast.dave.actor, cast.peter.membership_id, reason=reason)
    assert list(refused.value.errors) == ["reason"]


def test_brokers_wait_for_the_bureau(session: Session, cast: Cast) -> None:
    for member in (cast.dave, cast.erin):
        assert [row.user.name for row in brokers_to_confirm(session, member.actor)] == ["裴德"]
        assert [row.user.name for row in confirmed_brokers(session, member.actor)] == ["柯洛"]


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "mallory", "peter"])
def test_brokers_are_confirmed_by_the_bureau_only(session: Session, cast: Cast, key: str) -> None:
    actor, waiting = cast[key].actor, cast.peter.membership_id
    for attempt in (
        lambda: brokers_to_confirm(session, actor),
        lambda: confirmed_brokers(session, actor),
        lambda: confirm_broker(session, actor, waiting, base_url=BASE_URL),
        lambda: refuse_broker(session, actor, waiting, reason="不"),
    ):
        with pytest.raises(Forbidden):
            attempt()


def test_broker_is_confirmed_once(session: Session, cast: Cast) -> None:
    confirm_broker(session, cast.dave.actor, cast.peter.membership_id, base_url=BASE_URL)
    for membership_id in (cast.peter.membership_id, cast.alice.membership_id, 10**9):
        with pytest.raises(NotFound):
            confirm_broker(session, cast.dave.actor, membership_id, base_url=BASE_URL)
