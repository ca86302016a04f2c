"""Repair: what changes when somebody does not come, comes late, or a table breaks."""

from dataclasses import replace

from matchmaker.timetable.changes import compare
from matchmaker.timetable.problem import Problem, Solution
from matchmaker.timetable.repair import repair
from matchmaker.timetable.solve import solve
from tests.timetable.events import event

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
