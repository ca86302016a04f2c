"""Releasing a draft: appointments, what they occupy, who is told, and refusing what nobody has looked at."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.appointments import Appointment, Occupancy
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.events import EventStaff
from matchmaker.domain.notices import Notice
from matchmaker.domain.states import move
from matchmaker.services.events.furnishing import add_tables, remove_table
from matchmaker.services.events.staffing import remove_staff
from matchmaker.services.timetables.arranging import arrange
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.checking import clashes
from matchmaker.services.timetables.differences import changes
from matchmaker.services.timetables.drafting import discard_draft, draft_of, released_of
from matchmaker.services.timetables.grid import draft_grid, standing_grid
from matchmaker.services.timetables.releasing import release
from tests.timetables import join, make_meeting, met, released, solved, stamp, wish


def appointments(session):
    return list(session.scalars(sa.select(Appointment).order_by(Appointment.id)))


def told(session, party):
    rows = session.scalars(sa.select(Notice).where(Notice.user_id == party.member.user_id).order_by(Notice.id))
    return [row for row in rows if row.topic == "event"]


def a_released_meeting(session, cast, **values):
    meeting = make_meeting(session, cast, **values)
    wish(session, meeting.event, meeting.alice, meeting.bob)
    wish(session, meeting.event, meeting.mallory, meeting.bob)
    solved(session, meeting.organizer, meeting.event)
    released(session, meeting.organizer, meeting.event)
    return meeting


def test_release_writes_appointments_and_what_they_occupy(session, cast):
    meeting = a_released_meeting(session, cast)
    rows = appointments(session)
    assert {(row.one_id, row.other_id, row.state, row.origin) for row in rows} == {
        (meeting.alice.id, meeting.bob.id, "confirmed", "wish"),
        (meeting.bob.id, meeting.mallory.id, "confirmed", "wish"),
    }
    taken = {(row.slot, row.resource) for row in session.scalars(sa.select(Occupancy))}
    assert taken == {
        (row.slot, resource)
        for row in rows
        for resource in (f"person:{row.one_id}", f"person:{row.other_id}", f"table:{row.table_id}")
    }
    assert rows[0].starts_at == meeting.event.starts_at + rows[0].slot * timedelta(minutes=30)
    assert (meeting.event.state, released_of(session, meeting.event).state) == ("final", "released")
    assert draft_of(session, meeting.event) is None


def test_each_person_is_told_once_with_all_his_meetings(session, cast):
    meeting = a_released_meeting(session, cast)
    assert [len(told(session, party)) for party in (meeting.alice, meeting.bob, meeting.mallory)] == [1, 1, 1]
    assert told(session, meeting.bob)[0].body.count("新增：") == 2


def test_nothing_to_change_tells_nobody(session, cast):
    meeting = a_released_meeting(session, cast)
    solved(session, meeting.organizer, meeting.event, "fill")
    assert released(session, meeting.organizer, meeting.event) == []
    assert len(told(session, meeting.alice)) == 1


def test_release_tells_only_those_whose_meetings_changed(session, cast):
    meeting = a_released_meeting(session, cast)
    draft = solved(session, meeting.organizer, meeting.event, "fill")
    row = next(row for row in draft.placements if row.one_id == meeting.alice.id)
    before = next(row for row in appointments(session) if row.one_id == meeting.alice.id)
    old = before.slot, before.version, before.sequence
    row.slot = next(n for n in range(8) if n not in {each.slot for each in draft.placements})
    session.flush()
    changed = released(session, meeting.organizer, meeting.event)
    assert [(change.kind, change.pair) for change in changed] == [("moved", (meeting.alice.id, meeting.bob.id))]
    assert (before.slot, before.version, before.sequence) == (row.slot, old[1] + 1, old[2] + 1)
    assert [len(told(session, party)) for party in (meeting.alice, meeting.bob, meeting.mallory)] == [2, 2, 1]
    assert told(session, meeting.alice)[-1].title == "《装备制造对接会》：您的洽谈有 1 处变化"


def test_swapping_two_meetings_breaks_no_constraint(session, cast):
    meeting = a_released_meeting(session, cast)
    draft = solved(session, meeting.organizer, meeting.event, "fill")
    one, other = draft.placements
    one.slot, other.slot = other.slot, one.slot
    one.table_id, other.table_id = other.table_id, one.table_id
    session.flush()
    assert len(released(session, meeting.organizer, meeting.event)) == 2


def test_withdrawn_person_loses_his_meetings_and_his_partners_are_told(session, cast):
    meeting = a_released_meeting(session, cast)
    move(session, meeting.alice.registration, "withdrawn", cast.alice.actor)
    solved(session, meeting.organizer, meeting.event, "repair")
    changed = released(session, meeting.organizer, meeting.event)
    assert [(change.kind, change.pair) for change in changed] == [("cancelled", (meeting.alice.id, meeting.bob.id))]
    assert {(row.one_id, row.state) for row in appointments(session)} == {
        (meeting.alice.id, "cancelled"),
        (meeting.bob.id, "confirmed"),
    }
    assert len(session.scalars(sa.select(Occupancy)).all()) == 3
    assert len(told(session, meeting.bob)) == 2
    assert len(told(session, meeting.mallory)) == 1


def test_release_refuses_what_has_changed_since_it_was_looked_at(session, cast):
    meeting = a_released_meeting(session, cast)
    draft = solved(session, meeting.organizer, meeting.event, "fill")
    seen = stamp(session, meeting.event)
    row = appointments(session)[0]
    move(session, row, "cancelled", cast.alice.actor)
    session.flush()
    with pytest.raises(Conflict):
        release(session, meeting.organizer, meeting.event, stamp=seen)
    assert draft.state == "draft"


def test_release_refuses_a_draft_that_breaks_a_rule(session, cast):
    meeting = make_meeting(session, cast)
    wish(session, meeting.event, meeting.alice, meeting.bob)
    draft = solved(session, meeting.organizer, meeting.event)
    meeting.event.tables[0].closed_from = meeting.event.starts_at
    draft.placements[0].table_id = meeting.event.tables[0].id
    session.flush()
    with pytest.raises(Conflict) as refusal:
        released(session, meeting.organizer, meeting.event)
    assert refusal.value.values == {"count": 1}


@pytest.mark.parametrize("name", ["alice", "mallory", "peter"])
def test_only_the_organizer_releases_or_discards(session, cast, name):
    meeting = make_meeting(session, cast)
    wish(session, meeting.event, meeting.alice, meeting.bob)
    solved(session, meeting.organizer, meeting.event)
    with pytest.raises(Forbidden):
        release(session, cast[name].actor, meeting.event, stamp=stamp(session, meeting.event))
    with pytest.raises(Forbidden):
        discard_draft(session, cast[name].actor, meeting.event)


def test_discarded_draft_leaves_what_was_released(session, cast):
    meeting = a_released_meeting(session, cast)
    solved(session, meeting.organizer, meeting.event)
    discard_draft(session, meeting.organizer, meeting.event)
    assert (draft_of(session, meeting.event), len(appointments(session))) == (None, 2)
    with pytest.raises(NotFound):
        discard_draft(session, meeting.organizer, meeting.event)


def test_no_show_during_the_day_keeps_what_is_over_and_what_can_stay(session, cast):
    meeting = make_meeting(session, cast)
    guests = [join(session, meeting.event, f"guest{n}") for n in range(3)]
    for guest in guests:
        wish(session, meeting.event, meeting.alice, guest)
        wish(session, meeting.event, meeting.bob, guest)
    solved(session, meeting.organizer, meeting.event)
    released(session, meeting.organizer, meeting.event)
    before = {(row.one_id, row.other_id): row.slot for row in appointments(session)}
    now = meeting.event.starts_at + timedelta(minutes=31)
    end = meeting.event.ends_at.isoformat()
    guests[0].registration.absences = [[now.isoformat(), end]]
    session.flush()
    draft = solved(session, meeting.organizer, meeting.event, "repair", now=now)
    after = {(row.one_id, row.other_id): row.slot for row in draft.placements}
    ahead = {pair: slot for pair, slot in before.items() if slot > 1}
    assert after == {pair: slot for pair, slot in ahead.items() if guests[0].id not in pair}
    board = load_board(session, meeting.event, now)
    assert {change.kind for change in changes(session, board, draft)} <= {"cancelled"}
    assert met(draft) <= set(before)


def test_what_was_announced_and_cannot_be_held_any_more_is_shown(session, cast):
    meeting = a_released_meeting(session, cast)
    assert standing_grid(session, load_board(session, meeting.event)).clashing == 0
    move(session, meeting.alice.registration, "withdrawn", cast.alice.actor)
    meeting.mallory.registration.arrives_at = meeting.event.ends_at
    session.flush()
    grid = standing_grid(session, load_board(session, meeting.event))
    told = {each.pair: [str(sentence) for sentence in each.clashes] for each in grid.meetings}
    assert told[meeting.alice.id, meeting.bob.id] == ["阿丽娅 与 鲍博 的洽谈：其中一位已不再参会。"]
    assert len(told[meeting.bob.id, meeting.mallory.id]) == 1
    assert grid.clashing == 2


def test_draft_lets_go_of_a_table_and_of_staff_that_are_taken_away(session, cast):
    meeting = make_meeting(session, cast, tables=1)
    meeting.event.staff.append(EventStaff(duty="broker", name="柯洛"))
    session.flush()
    arrange(session, meeting.organizer, meeting.event, meeting.alice.id, meeting.bob.id, meeting.event.staff[0].id)
    draft = solved(session, meeting.organizer, meeting.event)
    remove_table(session, meeting.organizer, meeting.event, meeting.event.tables[0].id)
    add_tables(session, meeting.organizer, meeting.event, "1", "")
    remove_staff(session, meeting.organizer, meeting.event, meeting.event.staff[0].id)
    session.expire_all()
    assert [(row.table_id, row.broker_id) for row in draft.placements] == [(None, None)]
    found = clashes(session, load_board(session, meeting.event), draft)
    assert [str(clash.sentence) for clash in found] == ["阿丽娅 与 鲍博 的洽谈还没有桌位。"]


def test_draft_of_a_shorter_day_says_what_has_no_place_any_more(session, cast):
    meeting = make_meeting(session, cast)
    wish(session, meeting.event, meeting.alice, meeting.bob)
    draft = solved(session, meeting.organizer, meeting.event)
    draft.placements[0].slot = 7
    meeting.event.meetings_until = meeting.event.starts_at + timedelta(hours=1)
    session.flush()
    grid = draft_grid(session, load_board(session, meeting.event), draft)
    assert (len(grid.rows), len(grid.loose), grid.clashing) == (2, 1, 1)
