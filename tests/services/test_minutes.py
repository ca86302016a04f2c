"""Minutes: who reads them, and that nothing typed is ever lost."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.events import EventStaff
from matchmaker.domain.people import Organization, Role
from matchmaker.services.appointments.recording import record_outcome
from matchmaker.services.minutes import StaleMinutes, compare_revisions, revisions_of, save_minutes
from tests.appointments import make_meeting
from tests.cast import Cast, make_member


@pytest.fixture
def meeting(session: Session, cast: Cast) -> Appointment:
    return make_meeting(session, cast)


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "dave"])
def test_both_sides_broker_and_bureau_write_and_read(
    session: Session, cast: Cast, meeting: Appointment, key: str
) -> None:
    save_minutes(session, cast[key].actor, meeting.id, "谈了中试。", seen=0)
    assert [row.text for row in revisions_of(session, cast.bob.actor, meeting.id)] == ["谈了中试。"]


def test_minutes_are_confidential_to_colleagues_of_the_organiser(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    agency = session.get_one(Organization, cast.carol.organization_id)
    colleague = make_member(session, agency, "cleo", "克丽", Role.BROKER)
    with pytest.raises(Forbidden):
        revisions_of(session, colleague.actor, meeting.id)


def test_minutes_of_a_meeting_with_a_broker_of_its_own_are_his(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    office = session.get_one(Organization, cast.peter.organization_id)
    vera = make_member(session, office, "vera", "维拉", Role.BROKER)
    meeting.broker = EventStaff(event_id=meeting.event_id, duty="broker", name="维拉", user_id=vera.user_id)
    session.flush()
    save_minutes(session, vera.actor, meeting.id, "谈了中试。", seen=0)
    with pytest.raises(Forbidden):
        revisions_of(session, cast.carol.actor, meeting.id)


@pytest.mark.parametrize("key", ["mallory", "peter", "erin"])
def test_outsiders_do_not_learn_that_there_are_minutes(
    session: Session, cast: Cast, meeting: Appointment, key: str
) -> None:
    with pytest.raises(NotFound):
        revisions_of(session, cast[key].actor, meeting.id)


def test_saving_over_a_newer_revision_is_refused_with_both_texts(
    session: Session, cast: Cast, meeting: Appointment
) -> None:
    save_minutes(session, cast.alice.actor, meeting.id, "谈了中试，三月启动。", seen=0)
    save_minutes(session, cast.bob.actor, meeting.id, "谈了中试，四月启动。", seen=1)
    with pytest.raises(StaleMinutes) as refused:
        save_minutes(session, cast.alice.actor, meeting.id, "谈了中试，三月启动。费用各半。", seen=1)
    stale = refused.value
    assert (stale.theirs.text, stale.mine) == ("谈了中试，四月启动。", "谈了中试，三月启动。费用各半。")
    assert [piece.text for piece in stale.comparison.before if piece.changed] == ["四月"]
    assert [piece.text for piece in stale.comparison.after if piece.changed] == ["三月", "。费用各半"]
    assert [row.number for row in revisions_of(session, cast.alice.actor, meeting.id)] == [2, 1]


def test_first_minutes_of_two_at_once_are_refused_once(session: Session, cast: Cast, meeting: Appointment) -> None:
    save_minutes(session, cast.alice.actor, meeting.id, "甲", seen=0)
    with pytest.raises(StaleMinutes):
        save_minutes(session, cast.bob.actor, meeting.id, "乙", seen=0)


def test_saving_the_same_text_is_no_revision(session: Session, cast: Cast, meeting: Appointment) -> None:
    for _ in range(2):
        save_minutes(session, cast.alice.actor, meeting.id, "谈了中试。", seen=0)
    assert [row.number for row in revisions_of(session, cast.alice.actor, meeting.id)] == [1]


def test_revisions_are_compared_with_the_one_before(session: Session, cast: Cast, meeting: Appointment) -> None:
    save_minutes(session, cast.alice.actor, meeting.id, "谈了中试。", seen=0)
    save_minutes(session, cast.bob.actor, meeting.id, "谈了中试。下周寄样品。", seen=1)
    second = compare_revisions(session, cast.alice.actor, meeting.id, 2)
    assert [piece.text for piece in second.after if piece.changed] == ["下周寄样品。"]
    assert [piece.text for piece in compare_revisions(session, cast.alice.actor, meeting.id, 1).before] == []
    with pytest.raises(NotFound):
        compare_revisions(session, cast.alice.actor, meeting.id, 3)


@pytest.mark.parametrize("text", ["", " \n ", "长" * 20_001])
def test_minutes_of_nothing_or_of_a_book_are_refused(
    session: Session, cast: Cast, meeting: Appointment, text: str
) -> None:
    with pytest.raises(Invalid):
        save_minutes(session, cast.alice.actor, meeting.id, text, seen=0)


def test_no_minutes_of_what_was_missed_or_is_to_come(session: Session, cast: Cast, meeting: Appointment) -> None:
    record_outcome(session, cast.carol.actor, meeting.id, "both")
    with pytest.raises(Conflict):
        save_minutes(session, cast.alice.actor, meeting.id, "谈了中试。", seen=0)
    starts = utc_now() + timedelta(hours=1)
    meeting.state, meeting.starts_at = "confirmed", starts
    with pytest.raises(Conflict):
        save_minutes(session, cast.alice.actor, meeting.id, "谈了中试。", seen=0)
