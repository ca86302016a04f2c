"""Cancelling: who may, what it frees, who is told."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, Occupancy
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.notices import Notice
from matchmaker.services.appointments.cancelling import cancel_appointment
from tests.appointments import make_appointment, make_meeting
from tests.cast import Cast


@pytest.fixture
def meeting(session: Session, cast: Cast) -> Appointment:
    starts = utc_now() + timedelta(days=1)
    return make_meeting(session, cast, starts_at=starts, ends_at=starts + timedelta(hours=4))


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "dave"])
def test_either_side_and_the_organiser_may_cancel(session: Session, cast: Cast, meeting: Appointment, key: str) -> None:
    cancelled = cancel_appointment(session, cast[key].actor, meeting.id, reason="临时出差")
    entry = session.scalars(sa.select(JournalEntry).where(JournalEntry.subject_kind == "appointment")).one()
    assert (cancelled.state, cancelled.sequence) == ("cancelled", 1)
    assert (entry.before, entry.after, entry.reason, entry.actor_id) == (
        "confirmed",
        "cancelled",
        "临时出差",
        cast[key].user_id,
    )


def test_cancelling_frees_people_and_table_for_another_meeting(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    cancel_appointment(session, cast.alice.actor, meeting.id, reason="临时出差")
    assert session.scalars(sa.select(Occupancy)).all() == []
    again = make_appointment(session, meeting.event, meeting.one, meeting.other, table=meeting.table)
    assert again.state == "confirmed"


def test_cancelling_tells_the_other_side_why_and_the_organiser(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    cancel_appointment(session, cast.alice.actor, meeting.id, reason="临时出差")
    told = session.scalars(sa.select(Notice).where(Notice.topic == "event")).all()
    assert {notice.user_id for notice in told} == {cast.bob.user_id, cast.carol.user_id}
    assert {notice.path for notice in told} == {f"/appointments/{meeting.id}"}
    assert ["原因：临时出差" in notice.body for notice in told] == [True, True]


@pytest.mark.parametrize("key", ["mallory", "peter", "erin"])
def test_outsiders_do_not_learn_that_there_is_a_meeting(
    session: Session, cast: Cast, meeting: Appointment, key: str
) -> None:
    with pytest.raises(NotFound):
        cancel_appointment(session, cast[key].actor, meeting.id, reason="x")


@pytest.mark.parametrize("reason", ["", "  \n", "长" * 201])
def test_cancelling_needs_a_reason_of_a_sentence_or_two(
    session: Session, cast: Cast, meeting: Appointment, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        cancel_appointment(session, cast.alice.actor, meeting.id, reason=reason)
    assert list(refused.value.errors) == ["reason"]


def test_cancelling_twice_is_once(session: Session, cast: Cast, meeting: Appointment) -> None:
    cancel_appointment(session, cast.alice.actor, meeting.id, reason="临时出差")
    cancel_appointment(session, cast.bob.actor, meeting.id, reason="我也不去")
    assert meeting.sequence == 1


def test_a_meeting_that_has_begun_is_not_cancelled(session: Session, cast: Cast) -> None:
    with pytest.raises(Conflict):
        cancel_appointment(session, cast.alice.actor, make_meeting(session, cast).id, reason="没去")
