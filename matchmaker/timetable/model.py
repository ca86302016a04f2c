"""A part of a timetable as a CP-SAT model: some meetings are free to move among some slots, all others stay.

With every meeting and every slot it is the whole problem. One worker, a seed and a limit of deterministic time: the
same model gives the same answer each time.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matchmaker.timetable.cp_sat import run
from matchmaker.timetable.effort import Leg
from matchmaker.timetable.placing import NOWHERE, Placing

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel

Literal = Any
"""A Boolean variable of CP-SAT."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver said: the whole placing's slots, None where nothing was found, and the objective's bound."""

    slot_of: list[int] | None
    is_optimal: bool
    is_infeasible: bool
    value: int
    bound: int


class Neighbourhood:
    """The model of `meetings` moving among `slots` while the rest of `placing` stays where it is."""

    def __init__(self, placing: Placing, meetings: Collection[int], slots: Iterable[int] | None = None) -> None:
        from ortools.sat.python import cp_model

        self.model: CpModel = cp_model.CpModel()
        self.placing = placing
        self.instance = placing.instance
        self.slots = list(range(self.instance.slots)) if slots is None else sorted(slots)
        self.meetings = sorted(meetings)
        self.free = set(self.meetings)
        mask = sum(1 << slot for slot in self.slots)
        self.held: dict[tuple[int, int], Literal] = {
            (meeting, slot): self.model.new_bool_var("")
            for meeting in self.meetings
            for slot in self.instance.options[meeting]
            if mask >> slot & 1 and self._is_open(meeting, slot)
        }
        self.of_meeting: dict[int, list[Literal]] = {meeting: [] for meeting in self.meetings}
        for (meeting, _), literal in self.held.items():
            self.of_meeting[meeting].append(literal)
        self._hold_meetings()
        self._hold_nodes()
        self._hold_room()
        if self.instance.languages:
            self._hold_interpreters()
        for (meeting, slot), literal in self.held.items():
            self.model.add_hint(literal, placing.slot_of[meeting] == slot)

    def _is_open(self, meeting: int, slot: int) -> bool:
        return all(
            self.placing.at[node][slot] == NOWHERE or self.placing.at[node][slot] in self.free
            for node in self.instance.nodes[meeting]
        )

    def _hold_meetings(self) -> None:
        for meeting, literals in self.of_meeting.items():
            if meeting in self.instance.musts:
                self.model.add_exactly_one(literals)
            else:
                self.model.add_at_most_one(literals)

    def _hold_nodes(self) -> None:
        at: dict[tuple[int, int], list[Literal]] = {}
        of: dict[int, list[Literal]] = {}
        for (meeting, slot), literal in self.held.items():
            for node in self.instance.nodes[meeting]:
                at.setdefault((node, slot), []).append(literal)
                of.setdefault(node, []).append(literal)
        for literals in at.values():
            if len(literals) > 1:
                self.model.add_at_most_one(literals)
        for node, literals in of.items():
            left = self.instance.limits[node] - self.placing.count[node] + self._freed(node)
            if left < min(len(self.slots), len(literals)):
                self.model.add(sum(literals) <= left)

    def _freed(self, node: int) -> int:
        return sum(meeting in self.free for meeting in self.placing.at[node] if meeting != NOWHERE)

    def _hold_room(self) -> None:
        for slot in self.slots:
            literals = [literal for (_, at), literal in self.held.items() if at == slot]
            left = self.instance.room[slot] - sum(it not in self.free for it in self.placing.inside[slot])
            if left < len(literals):
                self.model.add(sum(literals) <= left)

    def _hold_interpreters(self) -> None:
        """Of each slot and language: as many interpreters as meetings; nobody in two places."""
        language = self.instance.language
        wanting: dict[tuple[int, int], list[Literal | int]] = {}
        for (meeting, slot), literal in self.held.items():
            if language[meeting] >= 0:
                wanting.setdefault((slot, language[meeting]), []).append(literal)
        for slot in {slot for slot, _ in wanting}:
            for meeting in self.placing.inside[slot]:
                if meeting not in self.free and language[meeting] >= 0:
                    wanting.setdefault((slot, language[meeting]), []).append(1)
            self._man(slot, {spoken: literals for (at, spoken), literals in wanting.items() if at == slot})

    def _man(self, slot: int, wanting: dict[int, list[Literal | int]]) -> None:
        crew = self.instance.crews[slot]
        there = [spoken for person, (spoken, _) in enumerate(self.instance.interpreters) if crew >> person & 1]
        alike = {spoken: there.count(spoken) for spoken in there}
        used: dict[int, list[Literal]] = {spoken: [] for spoken in alike}
        for wanted, literals in wanting.items():
            able = [spoken for spoken in alike if spoken >> wanted & 1]
            flows = [self.model.new_int_var(0, alike[spoken], "") for spoken in able]
            for spoken, flow in zip(able, flows, strict=True):
                used[spoken].append(flow)
            self.model.add(sum(literals) <= sum(flows))
        for spoken, flows in used.items():
            if len(flows) > 1:
                self.model.add(sum(flows) <= alike[spoken])

    def total(self, weights: Sequence[int]) -> Any:
        """Return the sum, as an expression, of `weights` over those free meetings that are held."""
        return sum(weights[meeting] * literal for meeting, literals in self.of_meeting.items() for literal in literals)

    def solve(self, leg: Leg, *, seed: int, deterministic: float) -> Answer:
        """Solve within `deterministic` seconds of CP-SAT's own time and what `leg` has left, and count it there."""
        from ortools.sat.python import cp_model

        solver, status = run(self.model, leg, seed=seed, deterministic=deterministic)
        is_found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        has_objective = self.model.has_objective() and is_found
        return Answer(
            slot_of=self._slots(solver) if is_found else None,
            is_optimal=status == cp_model.OPTIMAL,
            is_infeasible=status == cp_model.INFEASIBLE,
            value=round(solver.objective_value) if has_objective else 0,
            bound=round(solver.best_objective_bound) if has_objective else 0,
        )

    def _slots(self, solver: Any) -> list[int]:
        slot_of = list(self.placing.slot_of)
        for meeting in self.meetings:
            slot_of[meeting] = NOWHERE
        for (meeting, slot), literal in self.held.items():
            if solver.boolean_value(literal):
                slot_of[meeting] = slot
        return slot_of
