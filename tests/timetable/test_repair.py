"""Repair: what changes when somebody does not come, comes late, or a table breaks."""

from dataclasses import replace
from fractions import Fraction

import pytest

from matchmaker.timetable.changes import compare
from matchmaker.timetable.check import check, check_details
from matchmaker.timetable.problem import Assignment, Meeting, Party, Problem, Solution
from matchmaker.timetable.repair import repair
from matchmaker.timetable.solve import solve
from tests.timetable.events import event, small_event

EVENT = event(20, 6, 8, 0.8, seed=1)
EARLIER = solve(EVENT, work=2_000)


def without(problem: Problem, party: str, slots: range) -> Problem:
    parties = (replace(it, unavailable=frozenset(slots)) if it.id == party else it for it in problem.parties)
    return replace(problem, parties=tuple(parties))


def kinds(later: Solution) -> dict[str, int]:
    found = [change.kind for change in compare(EARLIER, later)]
    return {kind: found.count(kind) for kind in sorted(set(found))}


def test_repair_of_nothing_changes_nothing() -> None:
    assert repair(EVENT, EARLIER, work=20_000).assignments == EARLIER.assignments


def test_repair_after_a_no_show_drops_his_meetings_and_moves_nobody() -> None:
    his = sum("p0" in meeting.parties for meeting in EVENT.meetings)
    later = repair(without(EVENT, "p0", range(6)), EARLIER, work=20_000)
    assert kinds(later) == {"dropped": his, "kept": len(EVENT.meetings) - his}


def test_repair_after_a_late_arrival_moves_few() -> None:
    later = repair(without(EVENT, "p0", range(2)), EARLIER, work=20_000)
    assert (kinds(later)["kept"] >= len(EVENT.meetings) - 6, "new" in kinds(later)) == (True, False)


def test_repair_keeps_confirmed_meetings_when_a_table_breaks() -> None:
    full = max(range(6), key=lambda slot: sum(it.slot == slot for it in EARLIER.assignments))
    there = [it for it in EARLIER.assignments if it.slot == full]
    broken = replace(EVENT, closed=frozenset((full, table) for table in range(8) if table != there[0].table))
    later = repair(broken, EARLIER, confirmed=[there[-1].meeting], work=20_000)
    assert [(it.meeting, it.table) for it in later.assignments if it.slot == full] == [
        (there[-1].meeting, there[0].table)
    ]


def test_repair_gives_a_new_meeting_a_free_place() -> None:
    less = replace(EARLIER, assignments=EARLIER.assignments[1:])
    change = compare(less, repair(EVENT, less, work=20_000))[-1]
    assert (change.meeting, change.kind, change.before) == (EARLIER.assignments[0].meeting, "new", None)


@pytest.mark.parametrize("seed", range(12))
def test_repair_after_a_no_show_leaves_everything_else_as_it_was(seed: int) -> None:
    one = small_event(seed)
    earlier = solve(one, work=500)
    absent = one.parties[seed % len(one.parties)].id
    now = without(one, absent, range(one.slots))
    later = repair(now, earlier, work=5_000)
    assert check(now, later) == []
    if later.assignments:
        his = {meeting.id for meeting in one.meetings if absent in meeting.parties}
        staying = {assignment for assignment in earlier.assignments if assignment.meeting not in his}
        assert staying <= set(later.assignments)


@pytest.mark.parametrize("seed", range(12))
def test_repair_after_a_closed_table_is_right_and_repeatable(seed: int) -> None:
    one = small_event(seed)
    earlier = solve(one, work=500)
    now = replace(one, closed=one.closed | {(seed % one.slots, 0)})
    confirmed = [assignment.meeting for assignment in earlier.assignments[::2]]
    later, again = (repair(now, earlier, confirmed=confirmed, seconds=60, work=5_000) for _ in range(2))
    assert ([*check(now, later), *check_details(now, later)], later.assignments) == ([], again.assignments)


def test_repair_never_moves_a_confirmed_meeting_to_save_another() -> None:
    alice, bob, carol, dave, erin = (Party(name) for name in ("alice", "bob", "carol", "dave", "erin"))
    meetings = (
        Meeting("ab", ("alice", "bob"), Fraction(9)),
        Meeting("ac", ("alice", "carol"), Fraction(1)),
        Meeting("de", ("dave", "erin"), Fraction(1)),
    )
    one = Problem(2, 2, (alice, bob, carol, dave, erin), meetings)
    earlier = Solution((Assignment("ab", 0, 0), Assignment("ac", 1, 0), Assignment("de", 0, 1)))
    late = replace(one, parties=(alice, replace(bob, unavailable=frozenset({0})), carol, dave, erin))
    free, bound = repair(late, earlier, work=5_000), repair(late, earlier, confirmed=["ac"], work=5_000)
    assert [(it.meeting, it.slot) for it in free.assignments] == [("ac", 0), ("de", 0), ("ab", 1)]
    assert (set(bound.assignments), bound.unscheduled) == (set(earlier.assignments[1:]), ("ab",))


def test_compare_tells_another_time_from_another_table() -> None:
    one, two, three = EARLIER.assignments[:3]
    later = replace(
        EARLIER, assignments=(replace(one, table=99), replace(two, slot=5), replace(three, interpreter="i1"))
    )
    changes = compare(replace(EARLIER, assignments=(one, two, three)), later)
    assert [(it.kind, it.is_other_time, it.is_other_interpreter) for it in changes] == [
        ("moved", False, False),
        ("moved", True, False),
        ("kept", False, True),
    ]
