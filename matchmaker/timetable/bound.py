"""Proven upper bounds of the value, from choosing meetings without giving them times.

Whatever timetable there is: in any set of slots nobody has more meetings than it has slots, all together no more than
it has tables, or pairs of people who are there, and an interpreter no more than he is there. The best choice of
meetings under such limits, an integer program far smaller than the timetable, is worth at least as much as the best
timetable.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from matchmaker.timetable.cp_sat import run
from matchmaker.timetable.effort import Leg
from matchmaker.timetable.instance import Instance, bits

MOST_KINDS = 40
"""So many sets of slots, in which some meetings must be, are looked at one by one, and of a party two by two."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What no choice of meetings is worth more than; and whether not even the musts can be chosen together."""

    bound: int
    is_infeasible: bool = False


def choose(instance: Instance, leg: Leg, *, seed: int, deterministic: float = 1.0) -> Choice:
    """Return what the best choice of meetings without times is worth at most."""
    from ortools.sat.python import cp_model

    choosing = _Choosing(instance)
    best = sum(instance.worth[meeting] for meeting in choosing.held)
    for simplify, share in ((False, 0.1), (True, 0.9)):
        solver, status = run(choosing.model, leg, seed=seed, deterministic=deterministic * share, simplify=simplify)
        if status == cp_model.INFEASIBLE:
            return Choice(best, True)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            best = min(best, round(solver.best_objective_bound))
        if status == cp_model.OPTIMAL:
            break
    return Choice(best)


class _Choosing:
    """The model: which meetings are held, whenever that may be."""

    def __init__(self, instance: Instance) -> None:
        from ortools.sat.python import cp_model

        self.instance = instance
        self.model = cp_model.CpModel()
        self.held = {meeting: self.model.new_bool_var("") for meeting, mask in enumerate(instance.allowed) if mask}
        for meeting in instance.musts:
            self.model.add(self.held[meeting] == 1)
        for node, meetings in enumerate(instance.meetings_of):
            self._limit_node(node, meetings)
        self._limit_room()
        self._limit_languages()
        self._limit_interpreters()
        self.model.maximize(sum(instance.worth[meeting] * literal for meeting, literal in self.held.items()))

    def _limit(self, meetings: Iterable[int], most: int) -> None:
        literals = [self.held[meeting] for meeting in meetings]
        if len(literals) > most:
            self.model.add(sum(literals) <= most)

    def _limit_node(self, node: int, meetings: tuple[int, ...]) -> None:
        """Limit a node's meetings, and those that can only be in some slots by the number of these slots (Hall)."""
        kinds = sorted({self.instance.allowed[meeting] for meeting in meetings})
        pairs = combinations(kinds, 2) if len(kinds) <= MOST_KINDS else ()
        self._limit(meetings, self.instance.limits[node])
        seen = set()
        for slots in (*kinds, *(one | other for one, other in pairs), self._union(meetings)):
            if slots.bit_count() >= len(meetings):
                continue
            within = tuple(meeting for meeting in meetings if not self.instance.allowed[meeting] & ~slots)
            if within not in seen:
                seen.add(within)
                self._limit(within, min(self.instance.limits[node], slots.bit_count()))

    def _union(self, meetings: Iterable[int]) -> int:
        slots = 0
        for meeting in meetings:
            slots |= self.instance.allowed[meeting]
        return slots

    def _limit_room(self) -> None:
        """Limit by tables, and by how many pairs of those who are there there can be."""
        parties = range(self.instance.parties)
        there = [
            sum(self.instance.free[party] >> slot & 1 and self.instance.limits[party] > 0 for party in parties)
            for slot in range(self.instance.slots)
        ]
        room = [min(tables, people // 2) for tables, people in zip(self.instance.room, there, strict=True)]
        kinds = {self.instance.allowed[meeting] for meeting in self.held}
        for slots in (*(sorted(kinds) if len(kinds) <= MOST_KINDS else ()), (1 << self.instance.slots) - 1):
            within = [meeting for meeting in self.held if not self.instance.allowed[meeting] & ~slots]
            self._limit(within, sum(room[slot] for slot in bits(slots)))

    def _limit_languages(self) -> None:
        """Limit the meetings in one language that can only be in some slots by who speaks it there."""
        for language in range(self.instance.languages):
            wanting = [meeting for meeting in self.held if self.instance.language[meeting] == language]
            able = [there for spoken, there in self.instance.interpreters if spoken >> language & 1]
            kinds = {self.instance.allowed[meeting] for meeting in wanting}
            for slots in sorted(kinds) if len(kinds) <= MOST_KINDS else ():
                within = [meeting for meeting in wanting if not self.instance.allowed[meeting] & ~slots]
                self._limit(within, sum((there & slots).bit_count() for there in able))

    def _limit_interpreters(self) -> None:
        """Share each interpreter's slots among his languages."""
        used: list[list[Any]] = [[] for _ in self.instance.interpreters]
        for language in range(self.instance.languages):
            wanting = [literal for it, literal in self.held.items() if self.instance.language[it] == language]
            flows = []
            for person, (spoken, slots) in enumerate(self.instance.interpreters):
                if spoken >> language & 1:
                    flows.append(self.model.new_int_var(0, slots.bit_count(), ""))
                    used[person].append(flows[-1])
            self.model.add(sum(wanting) <= sum(flows))
        for flows, (_, slots) in zip(used, self.instance.interpreters, strict=True):
            if len(flows) > 1:
                self.model.add(sum(flows) <= slots.bit_count())


def in_values(instance: Instance, bound: int) -> Fraction:
    """Return what the whole-number `bound` says of true values: those were rounded down, so it is rounded up."""
    can_be = [meeting for meeting, mask in enumerate(instance.allowed) if mask]
    exact = sum((instance.problem.meetings[meeting].value for meeting in can_be), Fraction(0))
    is_rounded = instance.scale.denominator != 1 or any(
        instance.worth[meeting] != instance.problem.meetings[meeting].value * instance.scale for meeting in can_be
    )
    return min(exact, (bound + len(can_be) * is_rounded) / instance.scale)
