"""Wishes: who may say them, how many, how long, and that a no is known to nobody else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.timetables import Wish
from matchmaker.services.timetables.wishes import quota_left, say_wish, wishes_of
from tests.timetables import join, make_meeting, wish


def test_wish_is_kept_changed_and_taken_back(session, cast):
    meeting = make_meeting(session, cast)
    wish(session, meeting.event, meeting.alice, meeting.bob, "like", with_broker=True)
    wish(session, meeting.event, meeting.alice, meeting.bob, "must")
    said = wishes_of(session, meeting.alice.registration)
    assert [(row.other_id, row.kind, row.with_broker) for row in said.values()] == [(meeting.bob.id, "must", False)]
    wish(session, meeting.event, meeting.alice, meeting.bob, "")
    assert wishes_of(session, meeting.alice.registration) == {}


def test_only_accepted_participants_wish(session, cast):
    meeting = make_meeting(session, cast)
    meeting.mallory.registration.state = "requested"
    session.flush()
    for actor in (cast.mallory.actor, cast.dave.actor):
        with pytest.raises(Forbidden):
            say_wish(session, actor, meeting.event, meeting.bob.id, "must")


def test_colleague_stranger_and_avoided_are_nobody_to_meet(session, cast):
    meeting = make_meeting(session, cast)
    colleague = join(session, meeting.event, "anna", meeting.alice.registration.organization)
    elsewhere = make_meeting(session, cast)
    session.add(
        Avoidance(
            organization_id=cast.bob.organization_id,
            avoided_id=cast.alice.organization_id,
            name=cast.alice.organization_name,
            kind="rival",
        )
    )
    session.flush()
    for other in (colleague.id, elsewhere.mallory.id, meeting.bob.id, 0, 10**18):
        with pytest.raises(NotFound):
            say_wish(session, meeting.alice.actor(session), meeting.event, other, "must")


@pytest.mark.parametrize("kind", ["maybe", "MUST", "must\x00", "x" * 10_000])
def test_unknown_kind_is_refused(session, cast, kind):
    meeting = make_meeting(session, cast)
    with pytest.raises(Invalid):
        say_wish(session, cast.alice.actor, meeting.event, meeting.bob.id, kind)


def test_quota_counts_wishes_but_no_vetoes(session, cast):
    meeting = make_meeting(session, cast, wish_quota=1)
    wish(session, meeting.event, meeting.alice, meeting.bob, "no")
    wish(session, meeting.event, meeting.alice, meeting.mallory, "must")
    wish(session, meeting.event, meeting.alice, meeting.mallory, "like")
    with pytest.raises(Invalid) as refusal:
        wish(session, meeting.event, meeting.alice, meeting.bob, "like")
    assert refusal.value.values == {"quota": 1}
    assert quota_left(session, meeting.event, meeting.alice.registration) == 0


def test_wishes_end_at_their_time(session, cast):
    meeting = make_meeting(session, cast, wishes_until=utc_now() - timedelta(minutes=1))
    with pytest.raises(Conflict):
        wish(session, meeting.event, meeting.alice, meeting.bob)
    assert session.scalars(sa.select(Wish)).all() == []
