"""The meetings that must be held, and whether some of them fit together: the model that conflicts are looked for in.

Tables are counted, not told apart: those open in a slot are alike for all meetings but the ones fixed at a table, so a
slot's meetings fit exactly when there are not more of them than open tables. Interpreters are counted by language.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from matchmaker.timetable.problem import Meeting, Problem

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar

# What a model can be built without, to see whether a conflict is about it.
TABLES = "table", ""
INTERPRETERS = "interpreter", ""
Resource = tuple[str, str]


class Musts:
    """The must meetings of a problem, the slots that each could have by itself, and what is open then."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.meetings = [meeting for meeting in problem.meetings if meeting.must]
        self.parties = {party.id: party for party in problem.parties}
        self.brokers = {broker.id: broker for broker in problem.brokers}
        self.allowed = [self._allowed(meeting) for meeting in self.meetings]

    @cached_property
    def open_tables(self) -> list[int]:
        """How many tables are open in each slot."""
        closed = [0] * self.problem.slots
        for slot, _table in self.problem.closed:
            closed[slot] += 1
        return [self.problem.tables - count for count in closed]

    def free_of(self, who: Resource) -> frozenset[int]:
        """Return the slots in which a party or broker is there."""
        kind, name = who
        person = self.parties[name] if kind == "party" else self.brokers[name]
        return frozenset(range(self.problem.slots)) - person.unavailable

    def interpreters_of(self, languages: Collection[str], slot: int) -> int:
        """Return how many interpreters with one of the languages are there in a slot."""
        spoken = set(languages)
        return sum(
            bool(spoken & interpreter.languages) and slot not in interpreter.unavailable
            for interpreter in self.problem.interpreters
        )

    def resources_of(self, meeting: Meeting) -> tuple[Resource, ...]:
        """Return who must be there: both parties and the broker, if it needs one."""
        parties = tuple(("party", party) for party in meeting.parties)
        return parties if meeting.broker is None else (*parties, ("broker", meeting.broker))

    def _allowed(self, meeting: Meeting) -> tuple[int, ...]:
        if self.problem.is_vetoed(meeting) or any(self.parties[each].max_meetings == 0 for each in meeting.parties):
            return ()
        slots = range(self.problem.slots) if meeting.fixed is None else (meeting.fixed.slot,)
        return tuple(slot for slot in slots if self._is_possible(meeting, slot))

    def _is_possible(self, meeting: Meeting, slot: int) -> bool:
        if any(slot not in self.free_of(who) for who in self.resources_of(meeting)):
            return False
        if meeting.language is not None and not self.interpreters_of([meeting.language], slot):
            return False
        table = meeting.fixed.table if meeting.fixed is not None else None
        return self.open_tables[slot] > 0 if table is None else (slot, table) not in self.problem.closed

    def alike(self) -> list[list[int]]:
        """Return the meetings in classes: two of a class can be exchanged, and nothing else changes.

        They have the same slots, language, broker and place, and differ only in parties who have no other must meeting.
        """
        count: dict[str, int] = defaultdict(int)
        for meeting in self.meetings:
            for party in meeting.parties:
                count[party] += 1
        classes: dict[object, list[int]] = defaultdict(list)
        for number, meeting in enumerate(self.meetings):
            named = frozenset(party for party in meeting.parties if count[party] > 1)
            key = named, self.allowed[number], meeting.fixed, meeting.language, meeting.broker
            classes[key].append(number)
        return list(classes.values())


@dataclass(frozen=True)
class MustModel:
    """A CP-SAT model of some must meetings: `held[number]` is true exactly if that meeting has a slot."""

    model: "CpModel"
    held: "dict[int, IntVar]"


def build(musts: Musts, numbers: Iterable[int], without: Resource | None = None) -> MustModel:
    """Return the model of these meetings, without the limits of one resource where it is named."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    chosen = list(numbers)
    held = {number: model.new_bool_var(f"held {number}") for number in chosen}
    at = {
        (number, slot): model.new_bool_var(f"{number} in {slot}") for number in chosen for slot in musts.allowed[number]
    }
    for number in chosen:
        model.add(sum(at[number, slot] for slot in musts.allowed[number]) == held[number])
    _people(musts, model, held, at, without)
    if without != TABLES:
        _tables(musts, model, at)
    if without != INTERPRETERS:
        _interpreters(musts, model, at)
    return MustModel(model, held)


def _people(
    musts: Musts,
    model: "CpModel",
    held: "dict[int, IntVar]",
    at: "dict[tuple[int, int], IntVar]",
    without: Resource | None,
) -> None:
    once: dict[tuple[Resource, int], list[IntVar]] = defaultdict(list)
    in_all: dict[str, list[IntVar]] = defaultdict(list)
    for (number, slot), variable in at.items():
        for who in musts.resources_of(musts.meetings[number]):
            if who != without:
                once[who, slot].append(variable)
    for variables in once.values():
        model.add_at_most_one(variables)
    for number, variable in held.items():
        for party in musts.meetings[number].parties:
            if ("party", party) != without:
                in_all[party].append(variable)
    for party, variables in in_all.items():
        most = musts.parties[party].max_meetings
        if most is not None and most < len(variables):
            model.add(sum(variables) <= most)


def _tables(musts: Musts, model: "CpModel", at: "dict[tuple[int, int], IntVar]") -> None:
    in_slot: dict[int, list[IntVar]] = defaultdict(list)
    in_place: dict[tuple[int, int], list[IntVar]] = defaultdict(list)
    for (number, slot), variable in at.items():
        in_slot[slot].append(variable)
        fixed = musts.meetings[number].fixed
        if fixed is not None and fixed.table is not None:
            in_place[slot, fixed.table].append(variable)
    for slot, variables in in_slot.items():
        if len(variables) > musts.open_tables[slot]:
            model.add(sum(variables) <= musts.open_tables[slot])
    for variables in in_place.values():
        model.add_at_most_one(variables)


def _interpreters(musts: Musts, model: "CpModel", at: "dict[tuple[int, int], IntVar]") -> None:
    needed: dict[tuple[int, str], list[IntVar]] = defaultdict(list)
    for (number, slot), variable in at.items():
        language = musts.meetings[number].language
        if language is not None:
            needed[slot, language].append(variable)
    given: dict[tuple[int, str], list[IntVar]] = defaultdict(list)
    for interpreter in musts.problem.interpreters:
        for slot in sorted({slot for slot, _language in needed} - interpreter.unavailable):
            speaks = []
            for language in sorted(interpreter.languages):
                if (slot, language) in needed:
                    speaks.append(model.new_bool_var(f"{interpreter.id} {language} {slot}"))
                    given[slot, language].append(speaks[-1])
            model.add_at_most_one(speaks)
    for place, variables in needed.items():
        model.add(sum(variables) <= sum(given[place]))
