"""What holds for every timetable that is solved, whatever the problem: problems invented by hypothesis."""

import random
from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from matchmaker.timetable.check import check, check_details
from matchmaker.timetable.musts import Musts, build
from matchmaker.timetable.problem import Broker, Fixed, Interpreter, Meeting, Party, Problem, Solution
from matchmaker.timetable.repair import repair
from matchmaker.timetable.solution_file import parse_solution, solution_text
from matchmaker.timetable.solve import solve
from tests.timetable.brute import best_value, chances, problems

WORK = 4_000
few = settings(max_examples=8, deadline=None)
many = settings(max_examples=150, deadline=None)


def solved(problem: Problem, seed: int = 0) -> Solution:
    return solve(problem, seconds=20, seed=seed, work=WORK)


@st.composite
def sessions(draw: st.DrawFn) -> Problem:
    """Invent a session of a dozen parties in which not everything fits, and some musts may be too much."""
    chance = draw(chances())
    slots, tables = chance.randint(3, 6), chance.randint(2, 4)
    musts = chance.choice([0, 0, 0.05, 0.1])

    def away() -> frozenset[int]:
        return frozenset(slot for slot in range(slots) if chance.random() < 0.15)

    def meeting(number: int, pair: tuple[str, str]) -> Meeting:
        fixed = Fixed(chance.randrange(slots), chance.choice([None, chance.randrange(tables)]))
        return Meeting(
            id=f"m{number}",
            parties=pair,
            value=Fraction(chance.randint(0, 300), 100),
            must=chance.random() < musts,
            fixed=fixed if chance.random() < 0.1 else None,
            language=chance.choice([None, None, None, None, "ru", "kk"]),
            broker=chance.choice([None, None, None, None, "peter", "trent"]),
        )

    parties = tuple(Party(f"p{number}", away(), chance.choice([None, None, 2, 3])) for number in range(12))
    pairs = chance.sample(list(combinations([party.id for party in parties], 2)), chance.randint(10, 36))
    return Problem(
        slots,
        tables,
        parties,
        tuple(meeting(number, pair) for number, pair in enumerate(pairs)),
        (Interpreter("olga", frozenset({"ru"}), away()), Interpreter("aigul", frozenset({"ru", "kk"}), away())),
        (Broker("peter", away()), Broker("trent")),
        frozenset(frozenset(pair) for pair in chance.sample(pairs, 2)),
        frozenset((chance.randrange(slots), chance.randrange(tables)) for _ in range(2)),
    )


def hard_rules_hold(problem: Problem, solution: Solution) -> None:
    """Look at vetoes, fixed places and absences with other eyes than the checker's."""
    meetings = {meeting.id: meeting for meeting in problem.meetings}
    away = {party.id: party.unavailable for party in problem.parties}
    for each in solution.assignments:
        meeting = meetings[each.meeting]
        assert frozenset(meeting.parties) not in problem.vetoes
        assert not any(each.slot in away[party] for party in meeting.parties)
        if meeting.fixed:
            assert (each.slot, each.table) == (
                meeting.fixed.slot,
                each.table if meeting.fixed.table is None else meeting.fixed.table,
            )


def passes(problem: Problem) -> Solution:
    solution = solved(problem)
    assert [*check(problem, solution), *check_details(problem, solution)] == []
    hard_rules_hold(problem, solution)
    return solution


def agrees_with_brute_force(problem: Problem) -> None:
    solution, best = passes(problem), best_value(problem)
    if best is None:
        assert solution.status == "infeasible"
    else:
        assert (solution.status, solution.value, solution.bound) == ("optimal", best, best)


@few
@given(problems(most_meetings=4))
def test_tiny_problem_is_solved_as_well_as_trying_everything(problem: Problem) -> None:
    agrees_with_brute_force(problem)


@pytest.mark.slow
@many
@given(problems())
def test_many_tiny_problems_are_solved_as_well_as_trying_everything(problem: Problem) -> None:
    agrees_with_brute_force(problem)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(sessions())
def test_every_timetable_passes_the_checker(problem: Problem) -> None:
    solution = passes(problem)
    assert check(problem, parse_solution(solution_text(solution).encode())) == []


def plain_bounds(problem: Problem) -> tuple[Fraction, Fraction] | None:
    """Return what a plain model (one Boolean a meeting and slot) finds, and its bound; None: there is no timetable."""
    everything = Musts(replace(problem, meetings=tuple(replace(each, must=True) for each in problem.meetings)))
    made = build(everything, range(len(problem.meetings)))
    for number, meeting in enumerate(problem.meetings):
        if meeting.must:
            made.model.add(made.held[number] == 1)
    cents = {number: int(problem.meetings[number].value * 100) for number in made.held}
    made.model.maximize(sum(cents[number] * held for number, held in made.held.items()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = 0.5  # some of them keep a plain model busy for minutes
    status = solver.status_name(solver.solve(made.model))
    if status == "INFEASIBLE":
        return None
    if status == "UNKNOWN":
        return Fraction(0), Fraction(sum(cents.values()), 100)
    return Fraction(round(solver.objective_value), 100), Fraction(round(solver.best_objective_bound), 100)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(sessions())
def test_value_and_bound_agree_with_those_of_a_plain_model(problem: Problem) -> None:
    solution, plain = solved(problem), plain_bounds(problem)
    if plain is None:
        assert solution.status == "infeasible"
    elif solution.status != "infeasible":
        found, bound = plain
        assert (solution.value <= bound, found <= solution.bound) == (True, True)
    else:
        assert plain[0] == 0


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(sessions())
def test_more_tables_never_lower_the_value(problem: Problem) -> None:
    fewer, more = solved(problem), solved(replace(problem, tables=problem.tables + 1))
    if "optimal" == fewer.status == more.status:
        assert more.value >= fewer.value


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(sessions(), st.integers(0, 3))
def test_same_problem_and_seed_give_the_same_timetable(problem: Problem, seed: int) -> None:
    one, other = solved(problem, seed), solved(problem, seed)
    assert replace(one, seconds=0) == replace(other, seconds=0)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(sessions(), chances())
def test_repaired_timetable_passes_the_checker(problem: Problem, chance: random.Random) -> None:
    earlier = solved(problem)
    gone = chance.choice(problem.parties)
    table = chance.randrange(problem.tables)
    everywhere = frozenset(range(problem.slots))
    parties = (replace(each, unavailable=everywhere) if each == gone else each for each in problem.parties)
    closed = problem.closed | {(slot, table) for slot in everywhere}
    now = replace(problem, parties=tuple(parties), closed=closed)
    repaired = repair(now, earlier, confirmed=[each.meeting for each in earlier.assignments[:3]], seconds=20, work=WORK)
    assert [*check(now, repaired), *check_details(now, repaired)] == []
    hard_rules_hold(now, repaired)
    assert gone.id not in {party for each in repaired.assignments for party in meeting_of(now, each.meeting).parties}


def meeting_of(problem: Problem, name: str) -> Meeting:
    return next(meeting for meeting in problem.meetings if meeting.id == name)
