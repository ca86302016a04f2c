"""Why the must meetings cannot all be held: the smallest set of them that cannot be held together.

Smallest in number, not only irreducible. A first conflict comes from counting what is simply too much, or as a core
from CP-SAT's assumptions that is shrunk meeting by meeting. What could be in a smaller one is few (`suspects`). Of
these, sets whose removal leaves the others possible (correction sets) are collected: whatever is in conflict hits
each of them, so a smallest hitting set either is a conflict, and then a smallest one, or yields another correction
set (implicit hitting sets, as in Ignatiev, Previti, Liffiton, Marques-Silva: Smallest MUS extraction, CP 2015).
Meetings that could be exchanged share their correction sets, so that a party with twenty slots and thirty meetings is
one condition and not thirty million.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from matchmaker.timetable.conflict_words import told
from matchmaker.timetable.musts import Musts, Resource, build
from matchmaker.timetable.pigeonholes import narrowest
from matchmaker.timetable.problem import Problem
from matchmaker.timetable.suspects import suspects
from matchmaker.timetable.wording import Saying

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, CpSolver, IntVar

_GROWING_SECONDS = 2.0
_LATEST_SECONDS = 1.0


@dataclass(frozen=True)
class Conflict:
    """Must meetings that cannot all be held, and why; without any one of them the others can.

    `is_smallest`: no conflict has fewer meetings; False: the time was over before that was proven, or before every one
    of them was tried.
    """

    meetings: tuple[str, ...]
    saying: Saying
    is_smallest: bool


def find_conflict(problem: Problem, *, seconds: float = 10, seed: int = 0) -> Conflict | None:
    """Return the smallest conflict among the must meetings, or None where there is none or the time was too short."""
    return _Search(Musts(problem), seconds, seed).run()


class _Search:
    def __init__(self, musts: Musts, seconds: float, seed: int) -> None:
        self.musts = musts
        self.ends = monotonic() + seconds
        self.seed = seed

    @property
    def left(self) -> float:
        return max(0.0, self.ends - monotonic())

    def run(self) -> Conflict | None:
        alone = [number for number, slots in enumerate(self.musts.allowed) if not slots]
        if alone:
            return self._conflict(alone[:1], True)
        core, is_shrunk = self.first()
        if not core:
            return None
        smallest = self.smallest(core) if is_shrunk else None
        return self._conflict(smallest or core, smallest is not None)

    def first(self) -> tuple[list[int], bool]:
        """Return some conflict, empty where none is found, and whether there was time to shrink it."""
        counted = narrowest(self.musts)
        if counted is not None:
            return counted, True
        numbers = suspects(self.musts, len(self.musts.meetings))
        core = self.core(numbers) if numbers else None
        return ([], False) if core is None else self.shrunk(core)

    def _conflict(self, numbers: Iterable[int], is_smallest: bool) -> Conflict:
        found = sorted(numbers)
        ids = tuple(self.musts.meetings[number].id for number in found)
        return Conflict(ids, told(self.musts, found, lambda: self.involved(found)), is_smallest)

    def involved(self, numbers: Collection[int]) -> list[Resource]:
        """Return the limits without any one of which the meetings could be held, as far as there is time to try."""
        late = self.ends + _LATEST_SECONDS
        return [who for who in self.resources(numbers) if monotonic() < late and self.fits(numbers, who)]

    def resources(self, numbers: Collection[int]) -> list[Resource]:
        """Return whom and what at least two of the meetings need."""
        meetings = [self.musts.meetings[number] for number in numbers]
        people = [who for meeting in meetings for who in self.musts.resources_of(meeting)]
        shared = [who for who in dict.fromkeys(people) if people.count(who) > 1]
        speaking = sum(meeting.language is not None for meeting in meetings) > 1
        return [*shared, ("table", ""), *([("interpreter", "")] if speaking else [])]

    def core(self, numbers: Collection[int]) -> list[int] | None:
        """Return some of the meetings that cannot be held together, or None where all can, or the time is over."""
        made = build(self.musts, numbers)
        made.model.add_assumptions(list(made.held.values()))
        solver = self.solver(self.left)
        if solver.status_name(solver.solve(made.model)) != "INFEASIBLE":
            return None
        named = set(solver.sufficient_assumptions_for_infeasibility())
        return [number for number, held in made.held.items() if held.index in named] or list(numbers)

    def fits(self, numbers: Collection[int], without: Resource | None = None) -> bool:
        """Whether the meetings are known to be possible together."""
        made = build(self.musts, numbers, without)
        made.model.add_bool_and(list(made.held.values()))
        solver = self.solver(max(self.left, 0.2))
        return solver.status_name(solver.solve(made.model)) in ("OPTIMAL", "FEASIBLE")

    def shrunk(self, core: list[int]) -> tuple[list[int], bool]:
        """Return the core without whatever it does not need, and whether there was time to try all of it."""
        kept = list(core)
        for number in core:
            if not self.left:
                return kept, False
            if number in kept:
                smaller = self.core([each for each in kept if each != number])
                kept = kept if smaller is None else smaller
        return kept, self.left > 0

    def smallest(self, core: list[int]) -> list[int] | None:
        """Return a conflict that none is smaller than, or None where the time is over."""
        numbers = suspects(self.musts, len(core) - 1)
        if not numbers:
            return core
        hitting, growing = _HittingSets(self.musts, numbers), _Growing(self.musts, numbers)
        while self.left:
            chosen = hitting.smallest(self.solver(self.left))
            if chosen is None or len(chosen) >= len(core):
                return None if chosen is None else core
            status = growing.grow(chosen, self.solver(min(self.left, _GROWING_SECONDS)))
            if status == "INFEASIBLE":
                return chosen
            if status == "UNKNOWN" and not self.fits(chosen):
                return None
            correction = set(numbers) - (growing.held if status != "UNKNOWN" else set(chosen))
            if not correction:
                return core  # all that could be in a smaller one fits together
            hitting.add(correction)
        return None

    def solver(self, seconds: float) -> "CpSolver":
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.random_seed = self.seed
        solver.parameters.catch_sigint_signal = False
        return solver


class _Growing:
    """As many meetings as fit together with some that are given; each search begins where the last one ended."""

    def __init__(self, musts: Musts, numbers: Sequence[int]) -> None:
        made = build(musts, numbers)
        made.model.maximize(sum(made.held.values()))
        self.base = made.model
        self.numbers = {variable.index: number for number, variable in made.held.items()}
        self.held: set[int] = set()
        self.values: Sequence[int] = ()

    def grow(self, chosen: Collection[int], solver: "CpSolver") -> str:
        """Look for them, put what is found into `held`, and return the solver's status."""
        model = self.base.clone()
        wanted = set(chosen)
        for index, number in self.numbers.items():
            if number in wanted:
                model.add(model.get_bool_var_from_proto_index(index) == 1)
        for index, value in enumerate(self.values):
            model.add_hint(model.get_bool_var_from_proto_index(index), value)
        status: str = solver.status_name(solver.solve(model))
        if status in ("OPTIMAL", "FEASIBLE"):
            self.values = tuple(solver.response_proto.solution)
            self.held = {number for index, number in self.numbers.items() if self.values[index]}
        return status


class _HittingSets:
    """The smallest set of meetings that hits every correction set, with all sets that are alike."""

    def __init__(self, musts: Musts, numbers: Sequence[int]) -> None:
        from ortools.sat.python import cp_model

        self.model: CpModel = cp_model.CpModel()
        self.chosen: dict[int, IntVar] = {number: self.model.new_bool_var(f"{number}") for number in numbers}
        self.classes = [[each for each in members if each in self.chosen] for members in musts.alike()]
        self.model.minimize(sum(self.chosen.values()))

    def add(self, correction: set[int]) -> None:
        """Demand that the correction set is hit, and each that exchanging alike meetings makes of it.

        One of them is missed exactly if every class still has as many unchosen meetings as the set takes from it.
        """
        hit = []
        for members in self.classes:
            taken = len(correction.intersection(members))
            if not taken:
                continue
            if len(members) == 1:
                hit.append(self.chosen[members[0]])
                continue
            enough = self.model.new_bool_var("")
            at_least = len(members) - taken + 1
            self.model.add(sum(self.chosen[number] for number in members) >= at_least).only_enforce_if(enough)
            hit.append(enough)
        self.model.add_bool_or(hit)

    def smallest(self, solver: "CpSolver") -> list[int] | None:
        """Return the numbers of a smallest set; None where the time is over."""
        if solver.status_name(solver.solve(self.model)) != "OPTIMAL":
            return None
        return [number for number, variable in self.chosen.items() if solver.boolean_value(variable)]
