"""Handing an organization over, and owners appointed from outside."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Membership, Organization, Role
from matchmaker.services.handovers import (
    decline_handover,
    offer_handover,
    offers_to,
    recall_handover,
    standing_offer,
    take_handover,
)
from matchmaker.services.members import leave, remove_member, set_owner
from tests.cast import Cast, Member, make_member


@pytest.fixture
def gul(session: Session, cast: Cast) -> Member:
    return make_member(session, _machines(session, cast), "gul", "古丽", Role.ENTERPRISE)


def _machines(session: Session, cast: Cast) -> Organization:
    return session.get_one(Organization, cast.alice.organization_id)


def _offer(session: Session, cast: Cast, to: Member, note: str = "") -> int:
    return offer_handover(session, cast.alice.actor, _machines(session, cast), to.user_id, note=note).id


def _owners(session: Session) -> dict[int, bool]:
    rows = session.execute(sa.select(Membership.user_id, Membership.is_owner).where(Membership.organization_id == 1))
    return {row[0]: row[1] for row in rows}


def _told(session: Session, member: Member) -> list[str]:
    return list(session.scalars(sa.select(Notice.title).where(Notice.user_id == member.user_id).order_by(Notice.id)))


def test_colleague_takes_the_place_of_the_owner_and_both_are_told(session: Session, cast: Cast, gul: Member) -> None:
    offer = _offer(session, cast, gul, "我调岗了")
    assert _owners(session) == {cast.alice.user_id: True, gul.user_id: False}
    assert [row.from_user.name for row in offers_to(session, gul.actor)] == ["阿丽娅"]
    take_handover(session, gul.actor, offer)
    assert _owners(session) == {cast.alice.user_id: False, gul.user_id: True}
    assert _told(session, gul) == ["阿丽娅 请您接任 天山机械有限公司 的负责人"]
    assert _told(session, cast.alice) == ["古丽 已接任负责人"]
    moves = session.execute(
        sa.select(JournalEntry.action, JournalEntry.after).where(JournalEntry.subject_kind == "handover")
    )
    assert [tuple(row) for row in moves] == [("offer", "offered"), ("move", "taken")]


def test_offer_can_be_declined_and_recalled(session: Session, cast: Cast, gul: Member) -> None:
    decline_handover(session, gul.actor, _offer(session, cast, gul))
    assert _told(session, cast.alice) == ["古丽 谢绝接任负责人"]
    second = _offer(session, cast, gul)
    with pytest.raises(Conflict):
        _offer(session, cast, gul)
    recall_handover(session, cast.alice.actor, second)
    assert (standing_offer(session, cast.alice.actor), offers_to(session, gul.actor)) == (None, [])
    with pytest.raises(NotFound):
        take_handover(session, gul.actor, second)
    assert _owners(session)[cast.alice.user_id] is True


def test_offer_is_answered_by_the_colleague_only(session: Session, cast: Cast, gul: Member) -> None:
    offer = _offer(session, cast, gul)
    for member in (cast.alice, cast.bob, cast.dave, cast.mallory):
        for answer in (take_handover, decline_handover):
            with pytest.raises(NotFound):
                answer(session, member.actor, offer)
    with pytest.raises(NotFound):
        recall_handover(session, gul.actor, offer)


def test_only_owners_offer_and_only_to_plain_colleagues(session: Session, cast: Cast, gul: Member) -> None:
    machines = _machines(session, cast)
    for member in (gul, cast.bob, cast.dave, cast.erin, cast.mallory):
        with pytest.raises(Forbidden):
            offer_handover(session, member.actor, machines, gul.user_id)
    for wrong in (cast.alice.user_id, cast.bob.user_id, 10**9):
        with pytest.raises(Invalid) as refused:
            offer_handover(session, cast.alice.actor, machines, wrong)
        assert list(refused.value.errors) == ["to_user_id"]
    set_owner(session, cast.alice.actor, gul.membership_id, True)
    with pytest.raises(Invalid):
        _offer(session, cast, gul)


def test_offer_is_void_once_either_has_left(session: Session, cast: Cast, gul: Member) -> None:
    offer = _offer(session, cast, gul)
    leave(session, gul.actor, gul.membership_id)
    with pytest.raises(NotFound):
        take_handover(session, gul.actor, offer)
    assert standing_offer(session, cast.alice.actor) is None


def test_bureau_appoints_an_owner_with_a_reason_only(session: Session, cast: Cast, gul: Member) -> None:
    with pytest.raises(Invalid) as refused:
        set_owner(session, cast.dave.actor, gul.membership_id, True, reason=" ")
    assert list(refused.value.errors) == ["reason"]
    set_owner(session, cast.dave.actor, gul.membership_id, True, reason="原负责人已离职")
    assert _owners(session)[gul.user_id] is True
    assert [_told(session, member) for member in (cast.alice, gul)] == [["古丽 成为单位负责人"]] * 2
    entry = session.scalars(sa.select(JournalEntry).where(JournalEntry.action == "set_owner")).one()
    assert (entry.reason, entry.actor_id) == ("原负责人已离职", cast.dave.user_id)


def test_removed_member_is_told(session: Session, cast: Cast, gul: Member) -> None:
    remove_member(session, cast.alice.actor, gul.membership_id)
    assert _told(session, gul) == ["您已不再是 天山机械有限公司 的成员"]
