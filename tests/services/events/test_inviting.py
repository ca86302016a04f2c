"""Inviting: once each, to every member, in words that give nothing of anybody else away; and the answer."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.event_invitations import EventInvitation
from matchmaker.domain.events import Event
from matchmaker.domain.mails import Mail
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Organization, Role
from matchmaker.services.events.audience import Basis, topic_of
from matchmaker.services.events.inviting import (
    InvitationCounts,
    Invited,
    accept,
    count_invitations,
    decline,
    invitation_to,
    invitations_of,
    invite,
    load_invitation,
    note_opened,
    waiting_invitations,
)
from tests.cast import Cast, make_member
from tests.events import make_event
from tests.pairs import pair, publish

ON_STAGE = Basis(kind="need", field="energy")
SECRET = "沙漠光伏清洗机器人"


@pytest.fixture
def event(session: Session, cast: Cast) -> Event:
    """A session about alice's anonymous need, for which bob's university has something."""
    need = publish(session, cast.alice, "need", SECRET, visibility="anonymous", abstract="保密摘要")
    achievement = publish(session, cast.bob, "achievement", "除冰涂层")
    pair(session, need, achievement, grade=2, probability=0.8)
    return make_event(session, cast.carol.actor, fields=["energy"], title="新能源对接会")


def _invite(session: Session, cast: Cast, event: Event, **values: str) -> Invited:
    return invite(session, cast.carol.actor, event, ON_STAGE, [cast.bob.organization_id], **values)


def _of_bob(session: Session, cast: Cast, event: Event) -> EventInvitation:
    row = invitation_to(session, cast.bob.actor, event)
    assert row is not None
    return load_invitation(session, cast.bob.actor, row.id)


def test_every_member_is_told_and_mailed_with_the_event(session: Session, cast: Cast, event: Event) -> None:
    university = session.get_one(Organization, cast.bob.organization_id)
    colleague = make_member(session, university, "lily", "李莉", Role.UNIVERSITY)
    assert _invite(session, cast, event, message="欢迎来！") == Invited(1, 0)
    told = session.scalars(sa.select(Notice).order_by(Notice.user_id)).all()
    assert [row.user_id for row in told] == [cast.bob.user_id, colleague.user_id]
    mails = session.scalars(sa.select(Mail)).all()
    assert [mail.enclosures for mail in mails] == [[{"kind": "event", "id": event.id}]] * 2
    assert ("欢迎来！" in told[0].body, "《除冰涂层》" in told[0].body) == (True, True)


def test_invitation_names_nothing_of_the_anonymous_need(session: Session, cast: Cast, event: Event) -> None:
    _invite(session, cast, event)
    mails = session.scalars(sa.select(Mail)).all()
    notices = session.scalars(sa.select(Notice)).all()
    text = " ".join(
        [*(mail.subject + mail.body for mail in mails), *(row.title + row.body + str(row.phrases) for row in notices)]
    )
    assert [word for word in (SECRET, "保密摘要", "天山机械", "匿名") if word in text] == []
    assert topic_of(event, ON_STAGE) in text


def test_nobody_is_invited_twice(session: Session, cast: Cast, event: Event) -> None:
    assert _invite(session, cast, event) == Invited(1, 0)
    assert _invite(session, cast, event) == Invited(0, 1)
    assert session.scalar(sa.select(sa.func.count()).select_from(EventInvitation)) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 1


def test_only_the_audience_is_invited(session: Session, cast: Cast, event: Event) -> None:
    for ids in ([], [cast.mallory.organization_id], list(range(1, 60))):
        with pytest.raises(Invalid) as refusal:
            invite(session, cast.carol.actor, event, ON_STAGE, ids)
        assert set(refusal.value.errors) == {"organizations"}
    for actor in (cast.alice.actor, cast.peter.actor):
        with pytest.raises(Forbidden):
            invite(session, actor, event, ON_STAGE, [cast.bob.organization_id])


@pytest.mark.parametrize(("topic", "message", "fields"), [("长" * 61, "", {"topic"}), ("", "长" * 501, {"message"})])
def test_long_texts_are_refused(
    session: Session, cast: Cast, event: Event, topic: str, message: str, fields: set[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        _invite(session, cast, event, topic=topic, message=message)
    assert set(refusal.value.errors) == fields


@pytest.mark.parametrize("state", ["draft", "cancelled", "held"])
def test_nobody_is_invited_to_what_is_not_announced_or_over(
    session: Session, cast: Cast, event: Event, state: str
) -> None:
    event.state = state
    with pytest.raises(Conflict):
        _invite(session, cast, event)


def test_accepting_is_counted_and_told_once(session: Session, cast: Cast, event: Event) -> None:
    _invite(session, cast, event)
    row = _of_bob(session, cast, event)
    note_opened(session, row.id)
    first = session.scalar(sa.select(EventInvitation.opened_at))
    note_opened(session, row.id)
    assert (session.scalar(sa.select(EventInvitation.opened_at)), first is not None) == (first, True)
    for _ in range(2):
        accept(session, cast.bob.actor, row)
    rows = invitations_of(session, cast.carol.actor, event)
    assert count_invitations(rows) == InvitationCounts(invited=1, opened=1, accepted=1, declined=0)
    told = session.scalars(sa.select(Notice.title).where(Notice.user_id == cast.carol.user_id)).all()
    assert told == ["昆仑理工大学 接受邀请，参加《新能源对接会》"]


def test_declining_needs_a_reason_and_can_be_taken_back(session: Session, cast: Cast, event: Event) -> None:
    _invite(session, cast, event)
    row = _of_bob(session, cast, event)
    for reason, note in (("", ""), ("why", ""), ("busy", "长" * 301)):
        with pytest.raises(Invalid):
            decline(session, cast.bob.actor, row, reason, note)
    assert row.state == "invited"
    decline(session, cast.bob.actor, row, "busy", "出差")
    assert count_invitations(invitations_of(session, cast.carol.actor, event)) == InvitationCounts(1, 1, 0, 1)
    accept(session, cast.bob.actor, row)
    assert (row.state, row.decline_reason, row.decline_note) == ("accepted", None, None)


def test_unanswered_invitations_wait_on_the_desk_of_the_invited(session: Session, cast: Cast, event: Event) -> None:
    _invite(session, cast, event)
    assert [row.event.title for row in waiting_invitations(session, cast.bob.actor)] == ["新能源对接会"]
    assert waiting_invitations(session, cast.alice.actor) == waiting_invitations(session, cast.peter.actor) == ()
    accept(session, cast.bob.actor, _of_bob(session, cast, event))
    assert waiting_invitations(session, cast.bob.actor) == ()


def test_answer_after_the_event_is_refused(session: Session, cast: Cast, event: Event) -> None:
    _invite(session, cast, event)
    row = _of_bob(session, cast, event)
    event.ends_at = utc_now()
    for answer in (lambda: accept(session, cast.bob.actor, row), lambda: decline(session, cast.bob.actor, row, "busy")):
        with pytest.raises(Conflict):
            answer()


def test_invitation_is_read_and_answered_by_the_invited_only(session: Session, cast: Cast, event: Event) -> None:
    _invite(session, cast, event)
    row = _of_bob(session, cast, event)
    for member in (cast.alice, cast.mallory, cast.carol, cast.peter):
        with pytest.raises(NotFound):
            load_invitation(session, member.actor, row.id)
        with pytest.raises(Forbidden):
            accept(session, member.actor, row)
    with pytest.raises(NotFound):
        load_invitation(session, cast.bob.actor, 10**30)
