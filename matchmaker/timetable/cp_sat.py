"""One call of CP-SAT, repeatable and stoppable: one worker, a seed, and limits of deterministic and of real time."""

from threading import Thread
from typing import TYPE_CHECKING, Any

from matchmaker.timetable.effort import STEPS_A_SECOND, Leg

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, CpSolver

ASKED_EVERY = 0.1
"""Seconds between two looks whether the run is to stop."""


def run(
    model: "CpModel", leg: Leg, *, seed: int, deterministic: float, simplify: bool = True
) -> "tuple[CpSolver, Any]":
    """Solve within `deterministic` seconds of CP-SAT's own time and what `leg` has left, and count it there.

    Returns the solver, which knows the values, and the status. Without `simplify` it begins to search at once.
    """
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.catch_sigint_signal = False  # whoever runs us decides what Ctrl-C means
    solver.parameters.random_seed = seed
    solver.parameters.cp_model_presolve = simplify
    solver.parameters.cp_model_probing_level = 0  # it takes longer than these models do
    solver.parameters.linearization_level = 2
    solver.parameters.max_deterministic_time = max(0.001, min(deterministic, leg.deterministic_left))
    solver.parameters.max_time_in_seconds = max(0.01, leg.left)
    status = _status(solver, model, leg)
    leg.spend(1 + round(solver.response_proto.deterministic_time * STEPS_A_SECOND))
    return solver, status


def _status(solver: "CpSolver", model: "CpModel", leg: Leg) -> Any:
    """Solve in a thread where the run can be stopped, so that `stop` is asked in the caller's own thread."""
    if not leg.effort.can_be_stopped:
        return solver.solve(model)
    found: list[Any] = []
    thread = Thread(target=lambda: found.append(solver.solve(model)))
    thread.start()
    while thread.is_alive():
        thread.join(ASKED_EVERY)
        if leg.effort.is_stopped():
            solver.stop_search()
    return found[0]
