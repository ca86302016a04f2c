"""Booking oneself: free slots, holding, answering, taking back, and that a no cannot be told from anything."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.appointments import Occupancy
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.events import AgendaItem, EventStaff
from matchmaker.domain.notices import Notice
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.booking import answer, ask, cancel, expire_asks
from matchmaker.services.timetables.free_slots import common_slots
from tests.timetables import join, make_meeting, met, released, solved, wish


def titles(session, party):
    rows = sa.select(Notice.title).where(Notice.user_id == party.member.user_id, Notice.topic == "event")
    return list(session.scalars(rows.order_by(Notice.id)))


def free(session, meeting, one, other):
    return common_slots(session, load_board(session, meeting.event), one.registration, other.registration)


def asked(session, meeting, one, other, slot=0):
    return ask(session, one.actor(session), meeting.event, other.id, slot, "谈谈润滑")


def taken(session):
    return sorted((row.slot, row.resource) for row in session.scalars(sa.select(Occupancy)))


def test_ask_holds_slot_and_table_until_it_is_answered(session, cast):
    meeting = make_meeting(session, cast)
    row = asked(session, meeting, meeting.alice, meeting.bob, 2)
    assert (row.state, row.origin, row.asked_by_id) == ("pending", "self", meeting.alice.id)
    assert len(taken(session)) == 3
    assert free(session, meeting, meeting.mallory, meeting.bob) == [0, 1, 3, 4, 5, 6, 7]
    answer(session, meeting.bob.actor(session), meeting.event, row.id, accept=True)
    assert (row.state, row.expires_at, len(taken(session))) == ("confirmed", None, 3)
    assert titles(session, meeting.bob) == ["阿丽娅（天山机械有限公司）想约您洽谈"]
    assert titles(session, meeting.alice) == ["鲍博（昆仑理工大学）接受了您的邀约"]


def test_declined_or_taken_back_ask_frees_everything(session, cast):
    meeting = make_meeting(session, cast)
    row = asked(session, meeting, meeting.alice, meeting.bob)
    answer(session, meeting.bob.actor(session), meeting.event, row.id, accept=False)
    again = asked(session, meeting, meeting.alice, meeting.bob)
    cancel(session, meeting.alice.actor(session), meeting.event, again.id)
    assert (row.state, again.state, taken(session)) == ("refused_by_other", "cancelled", [])


def test_unanswered_ask_expires_and_its_sender_is_told(session, cast):
    meeting = make_meeting(session, cast)
    row = asked(session, meeting, meeting.alice, meeting.bob)
    assert expire_asks(session, utc_now()) == 0
    assert expire_asks(session, utc_now() + timedelta(hours=25)) == 1
    assert (row.state, taken(session)) == ("expired", [])
    assert titles(session, meeting.alice) == ["鲍博（昆仑理工大学）没有答复您的邀约"]
    with pytest.raises(Conflict):
        answer(session, meeting.bob.actor(session), meeting.event, row.id, accept=True)


def test_no_cannot_be_told_from_a_busy_other(session, cast):
    meeting = make_meeting(session, cast)
    before = free(session, meeting, meeting.alice, meeting.bob)
    wish(session, meeting.event, meeting.bob, meeting.alice, "no")
    assert free(session, meeting, meeting.alice, meeting.bob) == before
    row = asked(session, meeting, meeting.alice, meeting.bob)
    assert (row.state, len(taken(session))) == ("pending", 3)
    assert titles(session, meeting.bob) == []
    expire_asks(session, utc_now() + timedelta(hours=25))
    assert titles(session, meeting.alice) == ["鲍博（昆仑理工大学）没有答复您的邀约"]


def test_pair_never_has_two_appointments(session, cast):
    meeting = make_meeting(session, cast)
    asked(session, meeting, meeting.alice, meeting.bob, 0)
    for one, other in ((meeting.alice, meeting.bob), (meeting.bob, meeting.alice)):
        with pytest.raises(Conflict):
            asked(session, meeting, one, other, 1)
    assert len(taken(session)) == 3


def test_second_asker_for_a_slot_gets_a_clear_sentence(session, cast):
    meeting = make_meeting(session, cast)
    asked(session, meeting, meeting.alice, meeting.bob, 0)
    with pytest.raises(Conflict) as refusal:
        asked(session, meeting, meeting.mallory, meeting.bob, 0)
    assert str(refusal.value) == "鲍博 的这个时段刚刚被别人约走，请另选一个时段。"
    with pytest.raises(Conflict) as refusal:
        asked(session, meeting, meeting.alice, meeting.mallory, 0)
    assert str(refusal.value) == "您在这个时段已经有安排，请另选一个时段。"


def test_slot_without_a_table_or_an_interpreter_cannot_be_had(session, cast):
    meeting = make_meeting(session, cast, tables=1)
    guests = [join(session, meeting.event, f"guest{n}", languages=["ru"], speaks_chinese=False) for n in range(2)]
    asked(session, meeting, meeting.alice, meeting.bob, 0)
    assert free(session, meeting, meeting.mallory, guests[0]) == []
    meeting.event.staff.append(EventStaff(duty="interpreter", name="娜塔莎", languages=["ru"]))
    session.flush()
    assert free(session, meeting, meeting.mallory, guests[0]) == [1, 2, 3, 4, 5, 6, 7]
    row = asked(session, meeting, meeting.mallory, guests[0], 1)
    assert row.interpreter_id == meeting.event.staff[0].id
    with pytest.raises(Conflict):
        asked(session, meeting, meeting.alice, guests[1], 0)


def test_agenda_blocks_and_full_people_are_not_asked(session, cast):
    meeting = make_meeting(session, cast)
    start = meeting.event.starts_at
    meeting.event.agenda.append(AgendaItem(title="开幕式", starts_at=start, ends_at=start + timedelta(minutes=30)))
    meeting.bob.registration.max_meetings = 0
    session.flush()
    for slot in (0, 1):
        with pytest.raises(Conflict):
            asked(session, meeting, meeting.alice, meeting.bob, slot)
    for slot in (-1, 8, 10**6):
        with pytest.raises(Invalid):
            asked(session, meeting, meeting.alice, meeting.bob, slot)


def test_one_person_holds_a_few_slots_only(session, cast):
    meeting = make_meeting(session, cast, tables=10)
    guests = [join(session, meeting.event, f"guest{n}") for n in range(6)]
    for slot, guest in enumerate(guests[:5]):
        asked(session, meeting, meeting.alice, guest, slot)
    with pytest.raises(Conflict):
        asked(session, meeting, meeting.alice, guests[5], 6)


def test_only_the_two_answer_and_cancel(session, cast):
    meeting = make_meeting(session, cast)
    row = asked(session, meeting, meeting.alice, meeting.bob)
    with pytest.raises(NotFound):
        answer(session, meeting.mallory.actor(session), meeting.event, row.id, accept=True)
    with pytest.raises(NotFound):
        cancel(session, meeting.mallory.actor(session), meeting.event, row.id)
    with pytest.raises(Forbidden):
        cancel(session, cast.carol.actor, meeting.event, row.id)
    with pytest.raises(Conflict):
        answer(session, meeting.alice.actor(session), meeting.event, row.id, accept=True)


def test_timetable_leaves_booked_appointments_where_they_are(session, cast):
    meeting = make_meeting(session, cast)
    row = asked(session, meeting, meeting.alice, meeting.bob, 5)
    wish(session, meeting.event, meeting.mallory, meeting.bob)
    draft = solved(session, meeting.organizer, meeting.event)
    assert met(draft) == {(meeting.alice.id, meeting.bob.id), (meeting.bob.id, meeting.mallory.id)}
    (kept,) = (each for each in draft.placements if each.one_id == meeting.alice.id)
    assert (kept.slot, kept.table_id, kept.origin) == (5, row.table_id, "self")
    released(session, meeting.organizer, meeting.event)
    assert (row.state, row.slot, row.version) == ("pending", 5, 1)


def test_timetable_does_not_take_away_an_ask_because_of_a_no(session, cast):
    meeting = make_meeting(session, cast)
    row = asked(session, meeting, meeting.alice, meeting.bob, 5)
    wish(session, meeting.event, meeting.bob, meeting.alice, "no")
    wish(session, meeting.event, meeting.mallory, meeting.bob)
    solved(session, meeting.organizer, meeting.event)
    released(session, meeting.organizer, meeting.event)
    assert (row.state, row.version, len(taken(session))) == ("pending", 1, 6)
    assert titles(session, meeting.alice) == []
