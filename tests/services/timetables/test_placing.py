"""Changing a draft by hand: moves, swaps, locks, and what is refused."""

import pytest

from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.services.timetables.arranging import arrange, arrangements, drop_arrangement, set_threshold
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.candidates import candidates
from matchmaker.services.timetables.disruptions import close_table, report_late, report_leaving, report_no_show
from matchmaker.services.timetables.leftovers import leftovers
from matchmaker.services.timetables.placing import add_meeting, lock_meeting, move_meeting, remove_meeting
from tests.timetables import join, make_meeting, met, solved, wish


@pytest.fixture
def meeting(session, cast):
    made = make_meeting(session, cast)
    wish(session, made.event, made.alice, made.bob)
    wish(session, made.event, made.mallory, made.bob)
    return made


@pytest.fixture
def draft(session, meeting):
    return solved(session, meeting.organizer, meeting.event)


def put(session, meeting, draft, row, slot, table=None, version=None):
    table_id = table if table is not None else meeting.event.tables[0].id
    version = draft.version if version is None else version
    move_meeting(session, meeting.organizer, meeting.event, row.id, slot=slot, table_id=table_id, version=version)


def test_move_to_a_free_place_and_a_newer_version(session, meeting, draft):
    row, before = draft.placements[0], draft.version
    put(session, meeting, draft, row, 7, meeting.event.tables[2].id)
    assert (row.slot, row.table_id, draft.version) == (7, meeting.event.tables[2].id, before + 1)


def test_move_onto_another_meeting_swaps_the_two(session, meeting, draft):
    one, other = draft.placements
    places = (one.slot, one.table_id), (other.slot, other.table_id)
    put(session, meeting, draft, one, *places[1])
    assert ((one.slot, one.table_id), (other.slot, other.table_id)) == (places[1], places[0])


def test_move_that_would_double_book_is_refused_with_the_reason(session, meeting, draft):
    one, other = draft.placements
    free = next(table.id for table in meeting.event.tables if table.id != other.table_id)
    with pytest.raises(Conflict) as refusal:
        put(session, meeting, draft, one, other.slot, free)
    assert str(refusal.value).startswith("鲍博（昆仑理工大学） 在时段 ")


def test_move_of_an_older_version_is_refused(session, meeting, draft):
    with pytest.raises(Conflict):
        put(session, meeting, draft, draft.placements[0], 7, version=draft.version - 1)


@pytest.mark.parametrize(("slot", "table"), [(-1, None), (8, None), (10**9, None), (0, 10**9), (0, 0)])
def test_move_to_nowhere_is_refused(session, meeting, draft, slot, table):
    with pytest.raises(Invalid):
        put(session, meeting, draft, draft.placements[0], slot, table)


def test_locked_meeting_stays_and_is_kept_by_the_solver(session, meeting, draft):
    row = draft.placements[0]
    put(session, meeting, draft, row, 7)
    lock_meeting(session, meeting.organizer, meeting.event, row.id, locked=True, version=draft.version)
    pair = row.one_id, row.other_id
    with pytest.raises(Conflict):
        put(session, meeting, draft, row, 6)
    with pytest.raises(Conflict):
        remove_meeting(session, meeting.organizer, meeting.event, row.id, version=draft.version)
    again = solved(session, meeting.organizer, meeting.event)
    (kept,) = (each for each in again.placements if (each.one_id, each.other_id) == pair)
    assert (kept.slot, kept.locked) == (7, True)


def test_fill_keeps_every_meeting_where_it_is_and_adds_the_rest(session, meeting, draft):
    row = draft.placements[0]
    put(session, meeting, draft, row, 7)
    before = {(each.one_id, each.other_id): each.slot for each in draft.placements}
    guest = join(session, meeting.event, "guest")
    wish(session, meeting.event, guest, meeting.alice)
    again = solved(session, meeting.organizer, meeting.event, "fill")
    after = {(each.one_id, each.other_id): each.slot for each in again.placements}
    assert before.items() <= after.items()
    assert after.keys() - before.keys() == {(meeting.alice.id, guest.id)}


def test_meeting_added_by_hand_gets_a_free_place_and_a_lock(session, meeting, draft):
    row = add_meeting(
        session, meeting.organizer, meeting.event, meeting.mallory.id, meeting.alice.id, version=draft.version
    )
    assert (row.origin, row.locked, len(draft.placements)) == ("organizer", True, 3)
    with pytest.raises(Conflict):
        add_meeting(
            session, meeting.organizer, meeting.event, meeting.mallory.id, meeting.alice.id, version=draft.version
        )


def test_vetoed_pair_cannot_be_added_nor_arranged_by_hand(session, meeting, draft):
    wish(session, meeting.event, meeting.mallory, meeting.alice, "no")
    event, organizer = meeting.event, meeting.organizer
    with pytest.raises(Conflict):
        add_meeting(session, organizer, event, meeting.mallory.id, meeting.alice.id, version=draft.version)
    with pytest.raises(Conflict):
        arrange(session, organizer, event, meeting.mallory.id, meeting.alice.id)
    with pytest.raises(NotFound):
        arrange(session, organizer, event, meeting.mallory.id, 10**9)
    with pytest.raises(Invalid):
        arrange(session, organizer, event, meeting.mallory.id, meeting.mallory.id)


def test_arranged_pair_is_held_until_it_is_dropped(session, meeting):
    organizer, event = meeting.organizer, meeting.event
    pair = arrange(session, organizer, event, meeting.mallory.id, meeting.alice.id)
    assert (meeting.alice.id, meeting.mallory.id) in met(solved(session, organizer, event))
    assert [row.id for row in arrangements(session, event)] == [pair.id]
    with pytest.raises(Conflict):
        arrange(session, organizer, event, meeting.alice.id, meeting.mallory.id)
    drop_arrangement(session, organizer, event, pair.id)
    assert met(solved(session, organizer, event)) == {
        (meeting.alice.id, meeting.bob.id),
        (meeting.bob.id, meeting.mallory.id),
    }


def test_removed_meeting_is_left_over_and_fits_again(session, meeting, draft):
    row = draft.placements[0]
    remove_meeting(session, meeting.organizer, meeting.event, row.id, version=draft.version)
    board = load_board(session, meeting.event)
    left = leftovers(board, candidates(session, board), draft)
    assert [(each.one.id, each.other.id, each.reason, each.fits) for each in left] == [
        (row.one_id, row.other_id, "还有可以安排的位置", True)
    ]


def test_who_is_left_out_says_why(session, cast):
    meeting = make_meeting(session, cast, tables=1)
    meeting.bob.registration.max_meetings = 1
    guest = join(session, meeting.event, "guest", arrives_at=meeting.event.ends_at)
    for other in (meeting.bob, guest):
        wish(session, meeting.event, meeting.alice, other)
        wish(session, meeting.event, meeting.mallory, other, "like")
    draft = solved(session, meeting.organizer, meeting.event)
    board = load_board(session, meeting.event)
    assert [each.reason for each in leftovers(board, candidates(session, board), draft)] == [
        "两人没有同时在场又空闲的时段",
        "鲍博 的场数已满",
        "两人没有同时在场又空闲的时段",
    ]


def test_disruptions_are_written_down_and_order_a_repair(session, cast):
    for report in (
        lambda m: report_no_show(session, m.organizer, m.event, m.alice.id),
        lambda m: report_late(session, m.organizer, m.event, m.alice.id, 3),
        lambda m: report_leaving(session, m.organizer, m.event, m.alice.id, 3),
        lambda m: close_table(session, m.organizer, m.event, m.event.tables[0].id, 3),
    ):
        meeting = make_meeting(session, cast)
        draft = report(meeting)
        board = load_board(session, meeting.event)
        assert (draft.mode, draft.job.state) == ("repair", "queued")
        assert board.busy[meeting.alice.id] or board.closed
    with pytest.raises(Forbidden):
        report_no_show(session, cast.alice.actor, meeting.event, meeting.alice.id)
    with pytest.raises(NotFound):
        report_no_show(session, meeting.organizer, meeting.event, 10**9)


@pytest.mark.parametrize("percent", ["", "4", "96", "0.5", "-1", "五十", "50" * 300])
def test_threshold_is_a_whole_percentage(session, meeting, percent):
    with pytest.raises(Invalid):
        set_threshold(session, meeting.organizer, meeting.event, percent)
    set_threshold(session, meeting.organizer, meeting.event, " 65% ")
    assert meeting.event.match_threshold == 0.65
