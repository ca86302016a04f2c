"""The solver on problems small enough to know the answer."""

from dataclasses import replace
from fractions import Fraction

from matchmaker.timetable.problem import Assignment, Broker, Fixed, Interpreter, Meeting, Party, Problem, Solution
from matchmaker.timetable.solve import solve
from tests.timetable.events import event

ALICE, BOB, CAROL, DAVE = (Party(name) for name in ("alice", "bob", "carol", "dave"))
WORK = 5_000


def problem(*meetings: Meeting, slots: int = 2, tables: int = 2, **more: object) -> Problem:
    return replace(Problem(slots, tables, (ALICE, BOB, CAROL, DAVE), meetings), **more)  # type: ignore[arg-type]


def meeting(name: str, one: Party, other: Party, value: int = 1, **more: object) -> Meeting:
    return Meeting(name, (one.id, other.id), Fraction(value), **more)  # type: ignore[arg-type]


def solved(one: Problem, **more: object) -> Solution:
    return solve(one, work=WORK, **more)  # type: ignore[arg-type]


def held(solution: Solution) -> dict[str, int]:
    return {assignment.meeting: assignment.slot for assignment in solution.assignments}


def test_solve_of_nothing_is_an_empty_optimum() -> None:
    found = solved(Problem(3, 2))
    assert (found.assignments, found.value, found.bound, found.status) == ((), 0, 0, "optimal")


def test_solve_of_an_event_without_slots_or_tables_holds_nothing() -> None:
    one = meeting("ab", ALICE, BOB, must=True)
    found = [solved(problem(one, slots=slots, tables=tables)) for slots, tables in ((0, 2), (2, 0))]
    assert [it.status for it in found] == ["infeasible", "infeasible"]
    empty = solved(problem(replace(one, must=False), slots=0, tables=0))
    assert (empty.unscheduled, empty.bound, empty.status) == (("ab",), 0, "optimal")


def test_solve_holds_what_can_be_held_and_proves_it() -> None:
    found = solved(problem(meeting("ab", ALICE, BOB), meeting("ac", ALICE, CAROL), meeting("bc", BOB, CAROL), slots=3))
    assert (len(found.assignments), found.value, found.bound, found.status) == (3, 3, 3, "optimal")


def test_solve_proves_what_an_odd_ring_of_parties_cannot_have() -> None:
    found = solved(problem(meeting("ab", ALICE, BOB), meeting("ac", ALICE, CAROL), meeting("bc", BOB, CAROL, 2)))
    assert (found.value, found.bound, found.status) == (3, 3, "optimal")


def test_solve_prefers_value_to_number() -> None:
    found = solved(
        problem(meeting("ab", ALICE, BOB, 2), meeting("cd", CAROL, DAVE, 2), meeting("ac", ALICE, CAROL, 5), slots=1)
    )
    assert (held(found), found.unscheduled, found.status) == ({"ac": 0}, ("ab", "cd"), "optimal")


def test_solve_holds_a_must_whatever_it_costs() -> None:
    found = solved(problem(meeting("ab", ALICE, BOB, 0, must=True), meeting("ac", ALICE, CAROL, 9), slots=1))
    assert (held(found), found.value, found.status) == ({"ab": 0}, 0, "optimal")


def test_solve_says_that_musts_cannot_be() -> None:
    found = solved(problem(meeting("ab", ALICE, BOB, must=True), meeting("ac", ALICE, CAROL, must=True), slots=1))
    assert (found.status, found.assignments, found.unscheduled) == ("infeasible", (), ("ab", "ac"))


def test_solve_says_that_a_must_with_a_veto_cannot_be() -> None:
    vetoed = problem(meeting("ab", ALICE, BOB, must=True), vetoes=frozenset({frozenset({"alice", "bob"})}))
    assert solved(vetoed).status == "infeasible"


def test_solve_never_holds_what_is_vetoed() -> None:
    vetoed = problem(meeting("ab", ALICE, BOB), vetoes=frozenset({frozenset({"alice", "bob"})}))
    assert (solved(vetoed).unscheduled, solved(vetoed).status) == (("ab",), "optimal")


def test_solve_keeps_a_fixed_slot_and_table() -> None:
    found = solved(problem(meeting("ab", ALICE, BOB, fixed=Fixed(1, 1)), meeting("cd", CAROL, DAVE, fixed=Fixed(1))))
    assert found.assignments == (Assignment("cd", 1, 0), Assignment("ab", 1, 1))


def test_solve_gives_a_fixed_table_to_one_only() -> None:
    found = solved(
        problem(meeting("ab", ALICE, BOB, fixed=Fixed(1, 1)), meeting("cd", CAROL, DAVE, 2, fixed=Fixed(1, 1)))
    )
    assert (held(found), found.status) == ({"cd": 1}, "optimal")


def test_solve_leaves_closed_tables_empty() -> None:
    closed = frozenset({(0, 0), (0, 1), (1, 0)})
    found = solved(problem(meeting("ab", ALICE, BOB), meeting("cd", CAROL, DAVE), closed=closed))
    assert [(it.slot, it.table) for it in found.assignments] == [(1, 1)]


def test_solve_keeps_to_who_is_there_and_how_many_he_wants() -> None:
    away = replace(ALICE, unavailable=frozenset({0, 1}))
    few = replace(BOB, max_meetings=1)
    found = solved(
        problem(
            meeting("ac", ALICE, CAROL),
            meeting("bc", BOB, CAROL),
            meeting("bd", BOB, DAVE, 2),
            slots=3,
            parties=(away, few, CAROL, DAVE),
        )
    )
    assert (held(found)["ac"], set(held(found)), found.status) == (2, {"ac", "bd"}, "optimal")


def test_solve_gives_an_interpreter_one_meeting_at_a_time() -> None:
    both = Interpreter("i", frozenset({"ru", "kk"}), frozenset({1}))
    one = Interpreter("j", frozenset({"ru"}), frozenset({0}))
    found = solved(
        problem(
            meeting("ab", ALICE, BOB, language="ru"),
            meeting("cd", CAROL, DAVE, 2, language="kk"),
            interpreters=(both, one),
        )
    )
    assert {(it.meeting, it.slot, it.interpreter) for it in found.assignments} == {("cd", 0, "i"), ("ab", 1, "j")}


def test_solve_leaves_out_what_nobody_interprets() -> None:
    found = solved(problem(meeting("ab", ALICE, BOB, language="ru")))
    assert (found.unscheduled, found.bound, found.status) == (("ab",), 0, "optimal")


def test_solve_gives_a_broker_one_meeting_at_a_time() -> None:
    found = solved(
        problem(
            meeting("ab", ALICE, BOB, broker="peter"),
            meeting("cd", CAROL, DAVE, 2, broker="peter"),
            brokers=(Broker("peter", frozenset({1})),),
        )
    )
    assert (held(found), found.status) == ({"cd": 0}, "optimal")


def test_solve_states_exact_sums_of_values_that_no_float_has() -> None:
    found = solved(
        problem(
            Meeting("ab", ("alice", "bob"), Fraction(1, 3)), Meeting("cd", ("carol", "dave"), Fraction(1, 10**15 + 37))
        )
    )
    assert (found.value, found.bound) == (Fraction(1, 3) + Fraction(1, 10**15 + 37),) * 2


def test_solve_begins_with_what_it_is_given() -> None:
    one = event(12, 6, 4, 0.6)
    first = solved(one)
    assert solve(one, work=0, start=first).value == first.value


def test_solve_gives_the_same_timetable_for_the_same_work() -> None:
    one = event(20, 6, 8, 0.9, interpreters=2, away=0.2)
    first, second = (solve(one, seconds=60, seed=3, work=WORK) for _ in range(2))
    assert first.assignments == second.assignments


def test_solve_stops_when_asked_with_the_best_so_far() -> None:
    one = event(20, 6, 8, 0.9, interpreters=2, away=0.2)
    found = solve(one, seconds=60, stop=lambda: True)
    assert (len(found.assignments) > 20, found.seconds < 5) == (True, True)


def test_solve_gives_a_timetable_in_no_time_at_all() -> None:
    assert len(solve(event(20, 6, 8, 0.9), seconds=0).assignments) > 30


def test_solve_tells_how_far_it_is() -> None:
    told: list[object] = []
    solve(event(20, 6, 8, 0.9), work=WORK, progress=lambda at: told.append((at.stage, at.value <= at.bound)))
    assert told[0] == ("first", True)
