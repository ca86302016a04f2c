"""The line-up as a model: from a good start to the best one, or to a bound of it.

Of each organization, each height of its matches is one condition: somebody in the line-up reaches it. CP-SAT looks for
the best line-up; a linear relaxation (GLOP) often has the better bound while it has not finished.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import floor
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matchmaker.timetable.lineup import Coverage

_SLACK = 1e-9  # of the bound: what sums in floating point may be off


def improve(coverage: "Coverage", start: Sequence[str], *, seconds: float, seed: int) -> tuple[list[str], int]:
    """Return the best line-up found in time, never one worse than `start`, and what no line-up exceeds."""
    most, reached, began = coverage.of(coverage.candidates), coverage.of(start), monotonic()
    if reached < most:
        most = min(most, _relaxed(coverage, seconds))
    if reached >= most:
        return list(start), reached
    chosen, bound = _solved(coverage, start, max(0.1, seconds - (monotonic() - began)), seed)
    return chosen, max(min(most, bound), coverage.of(chosen))


def _solved(coverage: "Coverage", start: Sequence[str], seconds: float, seed: int) -> tuple[list[str], int]:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    shown = {achievement: model.new_bool_var(achievement) for achievement in coverage.candidates}
    for names, most in _limits(coverage):
        model.add(sum(shown[name] for name in names) <= most)
    for name in coverage.demand.must:
        model.add(shown[name] == 1)
    for name, variable in shown.items():
        model.add_hint(variable, name in start)
    terms = []
    for step, names in coverage.levels():
        reach, hinted = sum(shown[name] for name in names), len(set(names) & set(start))
        by_one = model.new_bool_var("")
        model.add_hint(by_one, hinted > 0)
        terms.append(coverage.first * step * by_one)
        if coverage.second and len(names) > 1:
            by_two = model.new_bool_var("")
            model.add_hint(by_two, hinted > 1)
            terms.append(coverage.second * step * by_two)
            model.add(by_one + by_two <= reach)
        else:
            model.add(by_one <= reach)
    model.maximize(sum(terms))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.catch_sigint_signal = False
    status = solver.status_name(solver.solve(model))
    if status not in ("OPTIMAL", "FEASIBLE"):
        return list(start), coverage.of(coverage.candidates)
    found = [name for name, variable in shown.items() if solver.boolean_value(variable)]
    chosen = max(list(start), found, key=coverage.of)
    return chosen, coverage.of(chosen) if status == "OPTIMAL" else floor(solver.best_objective_bound + 0.5)


def _relaxed(coverage: "Coverage", seconds: float) -> int:
    """Return what no line-up exceeds, were it possible to show parts of achievements."""
    from ortools.linear_solver import pywraplp

    solver = pywraplp.Solver.CreateSolver("GLOP")
    solver.set_time_limit(max(1, round(seconds * 1000)))
    shown = {name: solver.NumVar(name in coverage.demand.must, 1, name) for name in coverage.candidates}
    for names, most in _limits(coverage):
        solver.Add(solver.Sum([shown[name] for name in names]) <= most)
    terms = []
    for step, names in coverage.levels():
        reach = solver.Sum([shown[name] for name in names])
        by_one, by_two = solver.NumVar(0, 1, ""), solver.NumVar(0, 1 if coverage.second else 0, "")
        solver.Add(by_one + by_two <= reach)
        terms += [coverage.first * step * by_one, coverage.second * step * by_two]
    solver.Maximize(solver.Sum(terms))
    if solver.Solve() != pywraplp.Solver.OPTIMAL:
        return coverage.of(coverage.candidates)
    reached: float = solver.Objective().Value()
    return floor(reached * (1 + _SLACK) + 0.5)


def _limits(coverage: "Coverage") -> Iterable[tuple[list[str], int]]:
    """Yield lists of achievements and how many of them may be shown."""
    demand = coverage.demand
    yield coverage.candidates, max(demand.places, 0)
    if demand.per_owner is not None:
        of_owner: dict[str, list[str]] = defaultdict(list)
        for name in coverage.candidates:
            if name in demand.owners:
                of_owner[demand.owners[name]].append(name)
        for names in of_owner.values():
            yield names, demand.per_owner
