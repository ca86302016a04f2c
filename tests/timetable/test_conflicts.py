"""Conflicts of must meetings: the smallest set, proven, and its reason in words."""

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings

from matchmaker.timetable.conflicts import find_conflict
from matchmaker.timetable.problem import Broker, Fixed, Interpreter, Meeting, Party, Problem
from tests.timetable.brute import fits, problems, smallest_conflict

OTHERS = tuple(Party(f"p{number}") for number in range(8))
ALICE = Party("alice")


def with_alice(count: int, *, alice: Party = ALICE, slots: int = 4, tables: int = 9, **meeting: object) -> Problem:
    """Return a problem in which alice must meet each of the others."""
    meetings = tuple(Meeting(f"m{each}", ("alice", f"p{each}"), must=True, **meeting) for each in range(count))
    return Problem(slots, tables, (alice, *OTHERS), meetings)


def apart(count: int, *, slots: int = 2, tables: int = 1, **meeting: object) -> Problem:
    """Return a problem with must meetings that share nobody."""
    meetings = tuple(
        Meeting(f"m{each}", (f"p{2 * each}", f"p{2 * each + 1}"), must=True, **meeting) for each in range(count)
    )
    return Problem(slots, tables, OTHERS, meetings)


RUSSIAN = (Interpreter("olga", frozenset({"ru"}), frozenset({1})),)
PETER = (Broker("peter", frozenset({0})),)
BUSY = Party("alice", frozenset(range(4)))


@pytest.mark.parametrize(
    ("problem", "size", "reason"),
    [
        (with_alice(5, alice=Party("alice", frozenset({2, 3}))), 3, "alice 只有 2 个空闲时段"),
        (with_alice(5, alice=Party("alice", max_meetings=3)), 4, "alice 最多 3 场会面"),
        (with_alice(3, fixed=Fixed(1)), 2, "alice 同一时段只能参加一场，它们却都固定在时段 1"),
        (apart(4), 3, "它们可用的时段（0、1）一共只有 2 个桌位"),
        (apart(2, tables=2, fixed=Fixed(1, 1)), 2, "它们都固定在时段 1 的 1 号桌"),
        (
            replace(apart(3, tables=9, language="ru"), interpreters=RUSSIAN),
            2,
            "会 ru 的翻译在可用的时段（0）一共只能承担 1 场",
        ),
        (replace(apart(3, tables=9, broker="peter"), brokers=PETER), 2, "经纪人 peter 只有 1 个空闲时段"),
        (
            replace(with_alice(3), parties=(ALICE, *(replace(each, unavailable=frozenset({0, 3})) for each in OTHERS))),
            3,
            "alice 与对方共同的空闲时段只有 2 个（1、2）",
        ),
        (replace(with_alice(1), vetoes=frozenset({frozenset({"alice", "p0"})})), 1, "alice 与 p0 不应会面"),
        (with_alice(2, alice=Party("alice", max_meetings=0)), 1, "alice 最多 0 场会面"),
        (with_alice(1, alice=BUSY), 1, "alice 没有空闲时段"),
        (with_alice(1, alice=Party("alice", frozenset({2})), fixed=Fixed(2)), 1, "它固定在时段 2，alice 此时没有空"),
        (
            replace(with_alice(1, fixed=Fixed(2, 0)), closed=frozenset({(2, 0)})),
            1,
            "它固定在时段 2 的 0 号桌，这张桌此时不开放",
        ),
        (with_alice(1, tables=0), 1, "双方都有空的时段没有开放的桌"),
        (with_alice(1, language="ru"), 1, "双方都有空的时段没有会 ru 的翻译，或没有桌"),
        (
            replace(with_alice(1, alice=Party("alice", frozenset({0, 1})), slots=2, broker="peter"), brokers=PETER),
            1,
            "alice 没有空闲时段",
        ),
        (
            replace(with_alice(1, alice=Party("alice", frozenset({1})), slots=2, broker="peter"), brokers=PETER),
            1,
            "alice、p0、经纪人 peter 没有共同的空闲时段",
        ),
    ],
)
def test_reason_of_a_known_kind_is_told(problem: Problem, size: int, reason: str) -> None:
    conflict = find_conflict(problem)
    assert conflict is not None
    meetings = [meeting.id for meeting in problem.meetings][:size]
    which = f"会面 {'、'.join(meetings)} {'都' if size > 1 else ''}必须安排"
    assert (list(conflict.meetings), conflict.is_smallest) == (meetings, True)
    assert str(conflict.saying) == f"{which}，却排不下：{reason}。"


def test_conflict_of_several_limits_names_them() -> None:
    pairs = tuple(
        Meeting(f"{one}{other}", (one, other), must=True) for one, other in combinations(("p0", "p1", "p2"), 2)
    )
    conflict = find_conflict(Problem(2, 9, OTHERS, pairs))
    assert conflict is not None
    said = "会面 p0p1、p0p2、p1p2 都必须安排，却排不下：几个条件合在一起不够，牵涉 p0、p1、p2。"
    assert (str(conflict.saying), conflict.is_smallest) == (said, True)


def test_smaller_conflict_wins_over_the_one_found_first() -> None:
    crowded = with_alice(6, slots=5)
    two = tuple(Meeting(f"x{number}", ("p6", "p7"), must=True, fixed=Fixed(0)) for number in range(2))
    conflict = find_conflict(replace(crowded, meetings=(*crowded.meetings, *two)))
    assert conflict is not None
    assert (conflict.meetings, conflict.is_smallest) == (("x0", "x1"), True)


def test_no_conflict_where_everything_fits() -> None:
    assert (find_conflict(with_alice(4)), find_conflict(Problem(0, 0))) == (None, None)


@pytest.mark.slow
def test_many_alike_are_proven_quickly() -> None:
    alice = Party("alice")
    others = tuple(Party(f"p{number}") for number in range(24))
    meetings = tuple(Meeting(f"m{number}", ("alice", f"p{number}"), must=True) for number in range(24))
    conflict = find_conflict(Problem(12, 30, (alice, *others), meetings))
    assert conflict is not None
    assert (len(conflict.meetings), conflict.is_smallest) == (13, True)


def test_small_conflict_among_hundreds_is_proven_at_once() -> None:
    parties = tuple(
        Party(f"p{number}", frozenset(range(4, 20)) if number == 7 else frozenset()) for number in range(200)
    )
    pairs = [(f"p{number}", f"p{(number + step) % 200}") for step in (1, 2, 3, 5, 8) for number in range(200)]
    problem = Problem(
        20, 60, parties, tuple(Meeting(f"m{one}-{other}", (one, other), must=True) for one, other in pairs)
    )
    conflict = find_conflict(problem, seconds=5)
    assert conflict is not None
    assert (len(conflict.meetings), conflict.is_smallest) == (5, True)
    assert "p7 只有 4 个空闲时段" in str(conflict.saying)


def test_of_many_meetings_the_first_are_named() -> None:
    problem = replace(apart(4), parties=tuple(Party(f"p{number}") for number in range(60)), slots=5, tables=5)
    meetings = tuple(Meeting(f"m{number}", (f"p{2 * number}", f"p{2 * number + 1}"), must=True) for number in range(30))
    conflict = find_conflict(replace(problem, meetings=meetings), seconds=1)
    assert conflict is not None
    said = "等 26 场都必须安排，却排不下：它们可用的时段（0、1、2、3、4）一共只有 25 个桌位。"
    assert (len(conflict.meetings), str(conflict.saying).split(" ", 2)[2]) == (26, said)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(problems(musts=True))
def test_conflict_is_as_small_as_trying_everything_finds(problem: Problem) -> None:
    conflict = find_conflict(problem)
    if conflict is None:
        assert smallest_conflict(problem) is None
        return
    assert (len(conflict.meetings), conflict.is_smallest) == (smallest_conflict(problem), True)
    assert not fits(problem, [meeting for meeting in problem.meetings if meeting.id in conflict.meetings])
