"""The checker: a right timetable passes, and every way of breaking one is found, by its kind."""

import random
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings

from matchmaker.timetable.check import check, check_details
from matchmaker.timetable.problem import Assignment, Meeting, Problem, Solution
from tests.timetable.brute import chances, is_right, places, problems
from tests.timetable.problems import RIGHT, SESSION


def kinds(problem: Problem, solution: Solution) -> set[str]:
    return {violation.kind for violation in check(problem, solution)}


def moved(name: str, **changes: object) -> Solution:
    """Return the right solution with one meeting elsewhere."""
    rows = (replace(each, **changes) if each.meeting == name else each for each in RIGHT.assignments)
    return replace(RIGHT, assignments=tuple(rows))


def added(meeting: str, slot: int, table: int, interpreter: str | None = None) -> Solution:
    """Return the right solution with one meeting more, its figures as they then are."""
    value = RIGHT.value + next(each.value for each in SESSION.meetings if each.id == meeting)
    return replace(
        RIGHT,
        assignments=(*RIGHT.assignments, Assignment(meeting, slot, table, interpreter)),
        unscheduled=tuple(each for each in RIGHT.unscheduled if each != meeting),
        value=value,
        bound=value,
    )


def test_right_timetable_passes() -> None:
    assert (check(SESSION, RIGHT), check_details(SESSION, RIGHT)) == ([], [])


@pytest.mark.parametrize(
    ("broken", "kind"),
    [
        (added("m4", 1, 1), "veto"),
        (added("m5", 1, 1, "olga"), "broker"),  # peter is away, and olga is at two tables
        (added("m5", 1, 1, "olga"), "interpreter twice"),
        (added("m5", 0, 0, "olga"), "table twice"),
        (added("m5", 0, 1, "olga"), "closed"),
        (added("m5", 0, 1, "olga"), "interpreter"),  # she is away
        (added("m6", 0, 0), "party twice"),
        (added("m6", 1, 1), "most"),
        (moved("m1", slot=2, table=0), "unavailable"),
        (moved("m1", slot=1, table=1), "party twice"),
        (moved("m1", slot=3), "slot"),
        (moved("m1", slot=-1), "slot"),
        (moved("m1", table=2), "table"),
        (moved("m1", table=-1), "table"),
        (moved("m1", interpreter="olga"), "interpreter"),  # nobody asked for one
        (moved("m2", interpreter=None), "interpreter"),
        (moved("m2", interpreter="mallory"), "interpreter"),
        (moved("m3", slot=1, table=1), "fixed"),
        (moved("m3", table=0), "fixed"),
        (moved("m1", meeting="m9"), "unknown"),
        (moved("m1", meeting="m9"), "must"),
        (replace(RIGHT, assignments=(*RIGHT.assignments, RIGHT.assignments[0])), "repeated"),
        (replace(RIGHT, unscheduled=("m4", "m5")), "rest"),
        (replace(RIGHT, unscheduled=("m4", "m5", "m6", "m6")), "rest"),
        (replace(RIGHT, unscheduled=("m1", "m4", "m5", "m6")), "rest"),
        (replace(RIGHT, unscheduled=("m4", "m5", "m6", "m9")), "unknown"),
        (replace(RIGHT, assignments=RIGHT.assignments[1:], unscheduled=("m1", "m4", "m5", "m6")), "must"),
        (replace(RIGHT, value=Fraction("6.4")), "value"),
        (replace(RIGHT, gaps=0), "gaps"),
        (replace(RIGHT, bound=Fraction(6)), "bound"),
        (replace(RIGHT, bound=Fraction(7)), "bound"),  # it says that it is the greatest
        (replace(RIGHT, status="infeasible"), "status"),
    ],
)
def test_broken_timetable_is_found(broken: Solution, kind: str) -> None:
    assert kind in kinds(SESSION, broken)


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (replace(RIGHT, gaps=2), {"gaps"}),
        (moved("m3", table=0), {"fixed", "closed"}),
        (moved("m2", interpreter=None), {"interpreter"}),
        (replace(RIGHT, bound=Fraction(8), status="feasible"), set()),
    ],
)
def test_nothing_else_is_found(broken: Solution, found: set[str]) -> None:
    assert kinds(SESSION, broken) == found


def with_meeting(name: str, **changes: object) -> Problem:
    """Return the session with one meeting changed."""
    rows = (replace(each, **changes) if each.id == name else each for each in SESSION.meetings)
    return replace(SESSION, meetings=tuple(rows))


def both_by(broker: str) -> Problem:
    """Return the session with m1 and m2 needing the same broker."""
    rows: list[Meeting] = [
        replace(each, broker=broker) if each.id in ("m1", "m2") else each for each in SESSION.meetings
    ]
    return replace(SESSION, meetings=tuple(rows))


@pytest.mark.parametrize(
    ("problem", "solution", "kind"),
    [
        (with_meeting("m2", language="en"), RIGHT, "language"),
        (with_meeting("m2", broker="mallory"), RIGHT, "broker"),
        (with_meeting("m4", must=True), RIGHT, "must"),
        (
            replace(both_by("peter"), brokers=(replace(SESSION.brokers[0], unavailable=frozenset()),)),
            moved("m2", slot=0),
            "broker twice",
        ),
    ],
)
def test_right_timetable_of_another_problem_is_found(problem: Problem, solution: Solution, kind: str) -> None:
    assert kind in kinds(problem, solution)


@pytest.mark.parametrize("change", [{"served": Fraction(1, 2)}, {"table_changes": 0}])
def test_wrong_details_are_found(change: dict[str, Fraction | int]) -> None:
    assert len(check_details(SESSION, replace(RIGHT, **change))) == 1


def test_violation_is_told_in_words_with_its_ids() -> None:
    (violation,) = (each for each in check(SESSION, added("m4", 1, 1)) if each.kind == "veto")
    assert (str(violation), violation.meetings) == ("carol 与 dave 不应会面，却排了会面 m4。", ("m4",))


def test_solution_without_timetable_claims_nothing() -> None:
    empty: Callable[[str], Solution] = lambda status: Solution(status=status)  # noqa: E731
    assert [check(SESSION, empty(status)) for status in ("infeasible", "stopped")] == [[], []]


FIGURES = {"value", "gaps", "bound", "must"}


@settings(max_examples=30, deadline=None)
@given(problems(most_meetings=4), chances())
def test_checker_and_plain_trying_agree_on_timetables_by_chance(problem: Problem, chance: random.Random) -> None:
    rows, slots, tables = [], range(max(problem.slots, 1)), range(max(problem.tables, 1))
    for meeting in problem.meetings:
        own = places(problem, meeting)
        anywhere = (chance.choice(slots), chance.choice(tables), chance.choice([None, "olga", "aigul"]))
        if chance.random() < 0.6:
            rows.append((meeting, chance.choice(own) if own and chance.random() < 0.8 else anywhere))
    solution = Solution(
        assignments=tuple(Assignment(meeting.id, *place) for meeting, place in rows),
        unscheduled=tuple({each.id for each in problem.meetings} - {meeting.id for meeting, _place in rows}),
    )
    assert (kinds(problem, solution) <= FIGURES) == is_right(problem, rows)
