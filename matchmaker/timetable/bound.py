"""Proven upper bounds of the value, from choosing meetings without giving them times.

Whatever timetable there is, no party has more meetings than it has slots or wants, all slots together have so many
tables, and an interpreter works in as many slots as he is there. The best choice under these limits, an integer program
far smaller than the timetable, is worth at least as much as the best timetable; and it says which meetings to try.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from matchmaker.timetable.effort import STEPS_A_SECOND, Leg
from matchmaker.timetable.instance import Instance


@dataclass(frozen=True, slots=True)
class Choice:
    """The best choice of meetings that was found without times, and what no choice is worth more than."""

    meetings: frozenset[int]
    bound: int


def choose(instance: Instance, leg: Leg, *, seed: int, deterministic: float = 1.0) -> Choice:
    """Return the best choice of meetings without times."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    held = {meeting: model.new_bool_var("") for meeting, mask in enumerate(instance.allowed) if mask}
    for meeting in instance.musts:
        model.add(held[meeting] == 1)
    _limit_nodes(model, instance, held)
    model.add(sum(held.values()) <= sum(instance.room))
    _limit_interpreters(model, instance, held)
    model.maximize(sum(instance.worth[meeting] * literal for meeting, literal in held.items()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.catch_sigint_signal = False  # whoever runs us decides what Ctrl-C means
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = max(0.001, min(deterministic, leg.deterministic_left))
    solver.parameters.max_time_in_seconds = max(0.01, leg.left)
    status = solver.solve(model)
    leg.spend(1 + round(solver.response_proto.deterministic_time * STEPS_A_SECOND))
    everything = sum(instance.worth[meeting] for meeting in held)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Choice(frozenset(held), everything)
    chosen = frozenset(meeting for meeting, literal in held.items() if solver.boolean_value(literal))
    return Choice(chosen, min(everything, round(solver.best_objective_bound)))


def _limit_nodes(model: Any, instance: Instance, held: dict[int, Any]) -> None:
    for node, meetings in enumerate(instance.meetings_of):
        slots = 0
        for meeting in meetings:
            slots |= instance.allowed[meeting]
        most = min(instance.limits[node], slots.bit_count())
        if most < len(meetings):
            model.add(sum(held[meeting] for meeting in meetings) <= most)


def _limit_interpreters(model: Any, instance: Instance, held: dict[int, Any]) -> None:
    used: list[list[Any]] = [[] for _ in instance.interpreters]
    for language in range(instance.languages):
        wanting = [literal for meeting, literal in held.items() if instance.language[meeting] == language]
        flows = []
        for person, (spoken, slots) in enumerate(instance.interpreters):
            if spoken >> language & 1:
                flows.append(model.new_int_var(0, slots.bit_count(), ""))
                used[person].append(flows[-1])
        model.add(sum(wanting) <= sum(flows))
    for flows, (_, slots) in zip(used, instance.interpreters, strict=True):
        if len(flows) > 1:
            model.add(sum(flows) <= slots.bit_count())


def in_values(instance: Instance, bound: int) -> Fraction:
    """Return what the whole-number `bound` says of true values: those were rounded down, so it is rounded up."""
    can_be = [meeting for meeting, mask in enumerate(instance.allowed) if mask]
    exact = sum((instance.problem.meetings[meeting].value for meeting in can_be), Fraction(0))
    is_rounded = instance.scale.denominator != 1 or any(
        instance.worth[meeting] != instance.problem.meetings[meeting].value * instance.scale for meeting in can_be
    )
    return min(exact, (bound + len(can_be) * is_rounded) / instance.scale)
