"""What each stage of the solver does when the one before is held."""

import random
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest

from matchmaker.timetable.bound import choose
from matchmaker.timetable.check import check, check_details
from matchmaker.timetable.effort import Effort, Progress
from matchmaker.timetable.fairness import FairnessSearch
from matchmaker.timetable.filling import Filling, greedy_order, insert_greedily
from matchmaker.timetable.gaps import GapSearch
from matchmaker.timetable.instance import ready
from matchmaker.timetable.placing import Placing
from matchmaker.timetable.problem import Interpreter, Meeting, Party, Problem
from matchmaker.timetable.solve import solve
from matchmaker.timetable.tables import Tables
from tests.timetable.events import event


def everyone(number: int, slots: int, tables: int) -> Problem:
    """Return the problem of everybody meeting everybody else."""
    names = [f"p{place}" for place in range(number)]
    meetings = tuple(Meeting(f"{one}-{other}", (one, other)) for one, other in combinations(names, 2))
    return Problem(slots, tables, tuple(map(Party, names)), meetings)


def bound(problem: Problem) -> Fraction:
    instance = ready(problem)
    return choose(instance, Effort(20).leg(1), seed=0).bound / instance.scale


def test_everybody_meets_everybody_in_as_few_slots_as_can_be() -> None:
    found = solve(everyone(12, 11, 6), work=20_000)
    assert (len(found.assignments), found.gaps, found.status) == (66, 0, "optimal")


def test_bound_counts_the_pairs_that_a_slot_can_have() -> None:
    assert bound(everyone(9, 8, 9)) == 32


def test_bound_counts_the_slots_that_some_meetings_must_share() -> None:
    morning = frozenset({2, 3})
    parties = (Party("alice"), Party("bob", morning), Party("carol", morning), Party("dave", morning))
    meetings = tuple(Meeting(other, ("alice", other)) for other in ("bob", "carol", "dave"))
    assert bound(Problem(4, 4, parties, meetings)) == 2


def test_bound_counts_interpreters_where_they_are() -> None:
    parties = tuple(Party(name) for name in ("alice", "bob", "carol", "dave"))
    meetings = (Meeting("ab", ("alice", "bob"), language="ru"), Meeting("cd", ("carol", "dave"), language="kk"))
    both = Interpreter("i", frozenset({"ru", "kk"}), frozenset({1}))
    assert bound(Problem(2, 2, parties, meetings, (both,))) == 1


def test_filling_moves_what_is_in_the_way() -> None:
    instance = ready(
        Problem(
            2,
            1,
            (Party("alice"), Party("bob"), Party("carol", frozenset({1})), Party("dave")),
            (Meeting("ab", ("alice", "bob")), Meeting("cd", ("carol", "dave"))),
        )
    )
    placing = Placing(instance)
    placing.place(0, 0)
    Filling(placing, random.Random(0)).run(Effort(20).leg(1), 100)
    assert placing.slot_of == [1, 0]


def test_fairness_gives_to_the_worst_served_at_equal_value() -> None:
    parties = tuple(Party(name, max_meetings=2) for name in ("alice", "bob", "carol", "dave", "erin", "peter"))
    wished = [
        ("alice", "bob"),
        ("alice", "carol"),
        ("alice", "dave"),
        ("bob", "carol"),
        ("bob", "dave"),
        ("carol", "dave"),
    ]
    one = Problem(
        2,
        2,
        parties,
        (
            *(Meeting("".join(pair), pair) for pair in wished),
            Meeting("ae", ("alice", "erin")),
            Meeting("bp", ("bob", "peter")),
        ),
    )
    instance = ready(one)
    placing = Placing(instance)
    for meeting, slot in ((0, 0), (5, 0), (1, 1), (4, 1)):
        placing.place(meeting, slot)
    search = FairnessSearch(placing, random.Random(0))
    before = sorted(map(search.share, range(6)))
    search.run(Effort(20, 100_000).leg(1))
    after = sorted(map(search.share, range(6)))
    assert (before[:2], after[:2], placing.worth()) == ([0, 0], [Fraction(1, 3), Fraction(1, 3)], 4)


def test_gaps_are_closed_without_dropping_anything() -> None:
    placing = Placing(ready(event(20, 8, 10, 0.6)))
    insert_greedily(placing, greedy_order(placing))
    held, before = placing.weight, GapSearch(placing, random.Random(0)).gaps
    search = GapSearch(placing, random.Random(0))
    search.run(Effort(20, 20_000).leg(1))
    assert (placing.weight, search.gaps < before / 2, search.gaps) == (
        held,
        True,
        GapSearch(placing, random.Random(0)).gaps,
    )


def test_tables_change_as_little_as_can_be() -> None:
    parties = tuple(Party(name) for name in ("alice", "bob", "carol", "dave"))
    meetings = (Meeting("ab", ("alice", "bob")), Meeting("cd", ("carol", "dave")), Meeting("ac", ("alice", "carol")))
    instance = ready(Problem(3, 9, parties, meetings, closed=frozenset({(0, 0), (2, 8)})))
    tables = Tables(instance, [0, 0, 2]).seat(Effort(20, 10_000).leg(1))
    assert (tables[2] in tables[:2], len(set(tables))) == (True, 2)


def test_progress_never_falls_in_value_and_never_below_the_bound() -> None:
    told: list[Progress] = []
    found = solve(event(20, 6, 8, 0.9, interpreters=2, away=0.2), work=8_000, progress=told.append)
    values = [at.value for at in told]
    assert (values == sorted(values), [at.stage for at in told][-1], told[-1].value) == (True, "tables", found.value)
    assert min(at.bound - at.value for at in told) >= 0


@pytest.mark.slow
def test_large_event_is_scheduled_within_a_hundredth_of_the_bound() -> None:
    one = event(300, 20, 70, 0.9, interpreters=12)
    found = solve(one, seconds=600, work=60_000)
    assert (check(one, found), check_details(one, found), found.gap_to_bound < 0.01) == ([], [], True)
    again = solve(one, seconds=600, work=60_000)
    assert replace(found, seconds=0) == replace(again, seconds=0)
