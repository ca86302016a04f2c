"""Why the must meetings cannot all be held: the smallest set of them that cannot be held together.

Smallest in number, not only irreducible. A first core comes from CP-SAT's assumptions and is shrunk meeting by meeting.
Then sets of meetings whose removal leaves the others possible (correction sets) are collected: whatever is in conflict
hits each of them, so a smallest hitting set either is a conflict, and then a smallest one, or yields another correction
set (implicit hitting sets, as in Ignatiev, Previti, Liffiton, Marques-Silva: Smallest MUS extraction, CP 2015).
Meetings that could be exchanged share their correction sets, so that a party with twenty slots and thirty meetings is
one condition and not thirty million.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from matchmaker.timetable.conflict_words import told
from matchmaker.timetable.musts import Musts, Resource, build
from matchmaker.timetable.problem import Problem
from matchmaker.timetable.wording import Saying

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, CpSolver, IntVar

_GROWING_SECONDS = 2.0


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
        self.everything = range(len(musts.meetings))

    @property
    def left(self) -> float:
        return max(0.0, self.ends - monotonic())

    def run(self) -> Conflict | None:
        alone = [number for number in self.everything if not self.musts.allowed[number]]
        if alone:
            return self._conflict(alone[:1], True)
        core = self.core(self.everything)
        if core is None:
            return None
        core, is_shrunk = self.shrunk(core)
        smallest = core if len(core) == 2 else self.smallest(core) if is_shrunk else None
        return self._conflict(smallest or core, smallest is not None)

    def _conflict(self, numbers: Iterable[int], is_smallest: bool) -> Conflict:
        found = sorted(numbers)
        lifting = [who for who in self.resources(found) if len(found) > 1 and self.fits(found, who)]
        ids = tuple(self.musts.meetings[number].id for number in found)
        return Conflict(ids, told(self.musts, found, lifting), is_smallest)

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
        hitting = _HittingSets(self.musts)
        while self.left:
            chosen = hitting.smallest(self.solver(self.left))
            if chosen is None or len(chosen) >= len(core):
                return None if chosen is None else core
            grown = self.grown(chosen)
            if grown is None:
                return None
            if not grown:
                return chosen
            hitting.add(set(self.everything) - grown)
        return None

    def grown(self, chosen: Collection[int]) -> set[int] | None:
        """Return as many meetings as fit together with the chosen; empty where those do not fit, None: time is over."""
        made = build(self.musts, self.everything)
        made.model.add_bool_and([made.held[number] for number in chosen])
        made.model.maximize(sum(made.held.values()))
        solver = self.solver(min(self.left, _GROWING_SECONDS))
        status = solver.status_name(solver.solve(made.model))
        if status in ("OPTIMAL", "FEASIBLE"):
            return {number for number, held in made.held.items() if solver.boolean_value(held)}
        if status == "INFEASIBLE":
            return set()
        return set(chosen) if self.fits(chosen) else None

    def solver(self, seconds: float) -> "CpSolver":
        from ortools.sat.python import cp_model

        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = seconds
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.random_seed = self.seed
        solver.parameters.catch_sigint_signal = False
        return solver


class _HittingSets:
    """The smallest set of meetings that hits every correction set, with all sets that are alike."""

    def __init__(self, musts: Musts) -> None:
        from ortools.sat.python import cp_model

        self.model: CpModel = cp_model.CpModel()
        self.chosen: list[IntVar] = [self.model.new_bool_var(meeting.id) for meeting in musts.meetings]
        self.classes = musts.alike()
        self.model.minimize(sum(self.chosen))

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
        return [number for number, variable in enumerate(self.chosen) if solver.boolean_value(variable)]
