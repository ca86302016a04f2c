"""Somebody withdraws from what was released: a repair is proposed by itself, and only the organiser releases it."""

import pytest
import sqlalchemy as sa

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.notices import Notice
from matchmaker.services.events.deciding import decline
from matchmaker.services.events.registering import withdraw
from matchmaker.services.timetables.desk import desk_of
from matchmaker.services.timetables.drafting import draft_of, released_of
from matchmaker.services.timetables.proposed_repairs import settle_proposal
from tests.running import run_jobs
from tests.timetables import make_meeting, met, released, solved, wish


@pytest.fixture
def meeting(session, cast):
    """A session of one slot: alice meets bob, and mallory, who must see bob too, is left out."""
    return _meeting(session, cast)


def _meeting(session, cast):
    meeting = make_meeting(session, cast, tables=1, meetings_until=None, slot_minutes=30)
    meeting.event.meetings_from = meeting.event.starts_at
    meeting.event.meetings_until = meeting.event.starts_at.replace(minute=30)
    session.flush()
    wish(session, meeting.event, meeting.alice, meeting.bob, "must")
    wish(session, meeting.event, meeting.mallory, meeting.bob, "like")
    solved(session, meeting.organizer, meeting.event)
    released(session, meeting.organizer, meeting.event)
    return meeting


def titles(session, member):
    rows = sa.select(Notice.title).where(Notice.user_id == member.user_id, Notice.topic == "event").order_by(Notice.id)
    return list(session.scalars(rows))


def test_withdrawal_orders_a_repair_in_the_organisers_name(session, cast, meeting):
    withdraw(session, cast.alice.actor, meeting.alice.registration)
    draft = draft_of(session, meeting.event)
    assert (draft.mode, draft.made_by_id, draft.job.user_id) == ("repair", cast.carol.user_id, cast.carol.user_id)
    assert desk_of(session, meeting.event).proposed_for == meeting.alice.registration.name


def test_declining_somebody_who_was_expected_does_the_same(session, cast, meeting):
    decline(session, meeting.organizer, meeting.event, [meeting.alice.id])
    assert draft_of(session, meeting.event).is_solving


def test_nothing_is_ordered_where_nothing_was_released_or_nothing_stands(session, cast, meeting):
    withdraw(session, cast.bob.actor, meeting.bob.registration)
    assert draft_of(session, meeting.event) is None
    fresh = make_meeting(session, cast)
    withdraw(session, cast.alice.actor, fresh.alice.registration)
    assert draft_of(session, fresh.event) is None


def test_a_draft_at_hand_is_left_alone(session, cast, meeting):
    draft = solved(session, meeting.organizer, meeting.event)
    version = draft.version
    withdraw(session, cast.mallory.actor, meeting.mallory.registration)
    assert (draft_of(session, meeting.event), draft.version, draft.job) == (draft, version, None)


def test_withdrawal_goes_through_where_nobody_answers_for_the_event(session, cast, meeting):
    meeting.event.owner_id = None
    withdraw(session, cast.alice.actor, meeting.alice.registration)
    assert (meeting.alice.registration.state, draft_of(session, meeting.event)) == ("withdrawn", None)


def test_a_proposal_that_changes_nothing_is_thrown_away_without_a_word(session, cast, meeting):
    draft = solved(session, meeting.organizer, meeting.event, "repair")
    before = titles(session, cast.carol)
    settle_proposal(session, meeting.organizer, draft, "某人")
    assert (draft.state, draft_of(session, meeting.event), titles(session, cast.carol)) == ("discarded", None, before)


@pytest.mark.slow
def test_proposal_is_told_to_the_organiser_and_released_by_nobody(settings, database, cast):
    with database.transaction() as session:
        meeting = _meeting(session, cast)
        event = meeting.event
        withdraw(session, cast.alice.actor, meeting.alice.registration)
        ids = (meeting.bob.id, meeting.mallory.id)
    run_jobs(settings, database)
    with database.read() as session:
        draft = draft_of(session, session.merge(event, load=False))
        told = titles(session, cast.carol)[-1]
        assert (met(draft), draft.state, released_of(session, event).number) == ({ids}, "draft", 1)
        assert told == f"{cast.alice.name} 退出后，《装备制造对接会》的修复草稿已备好"
        states = session.scalars(sa.select(Appointment.state)).all()
        assert states == ["cancelled"]
