"""What the timetable floor says, in words: people, times and tables by their names instead of its own ids."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matchmaker.domain import codes
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.language import Sentence, pack
from matchmaker.services.sayings import sentence_of
from matchmaker.services.timetables.board import Board
from matchmaker.services.timetables.building import Plan, party_key
from matchmaker.services.timetables.languages import BOTH
from matchmaker.timetable.wording import Saying, Value

EXPLAIN_SECONDS = 5.0
SLOT_NAMES = frozenset({"slot", "fixed"})
TABLE_NAMES = frozenset({"table", "fixed_table"})


@dataclass(frozen=True, slots=True)
class Names:
    """How ids of a problem are called: a name for each party, member of the staff and meeting."""

    board: Board
    by_id: Mapping[str, str]

    def sentence(self, saying: Saying) -> Sentence:
        """Return what is said, with names."""
        return sentence_of(self._named(saying))

    def _named(self, saying: Saying) -> Saying:
        return Saying(saying.template, {name: self._value(name, value) for name, value in saying.values.items()})

    def _value(self, name: str, value: Value) -> Value:
        if isinstance(value, Saying):
            return self._named(value)
        if isinstance(value, tuple):
            one = name.removesuffix("s")
            return tuple(self._named(each) if isinstance(each, Saying) else self._word(one, each) for each in value)
        if isinstance(value, int) and name in TABLE_NAMES:
            return self.board.tables[value].number if value < len(self.board.tables) else value
        if isinstance(value, int) and name not in SLOT_NAMES:
            return value
        return self._word(name, str(value))

    def _word(self, name: str, value: str) -> str:
        if name in SLOT_NAMES and value.isdigit() and int(value) < len(self.board.slots):
            return time_of(self.board, int(value))
        if name == "language":
            return BOTH.join(codes.table("languages").name(code) for code in value.split(BOTH))
        return self.by_id.get(value, value)


def explain(plan: Plan) -> dict[str, Any]:
    """Return why the plan's musts cannot all be held: {"meetings": [[one, other], ...], "sentence": packed}."""
    from matchmaker.timetable.conflicts import find_conflict

    conflict = find_conflict(plan.problem, seconds=EXPLAIN_SECONDS)
    if conflict is None:
        return {}
    return {
        "meetings": [list(plan.pair_of(meeting)) for meeting in conflict.meetings],
        "sentence": pack(names_of(plan).sentence(conflict.saying)),
    }


def names_of(plan: Plan) -> Names:
    """Return how everybody and everything in a plan is called."""
    board = plan.board
    staff = {f"s{each.id}": each.name for each in (*board.interpreters, *board.brokers)}
    people = {party_key(person.id): f"{person.name}（{person.organization.name}）" for person in board.people.values()}
    meetings = {
        meeting.id: " × ".join(board.people[person].name for person in plan.pair_of(meeting.id))
        for meeting in plan.problem.meetings
    }
    return Names(board, {**staff, **people, **meetings})


def time_of(board: Board, slot: int) -> str:
    """Return when a slot begins, as the city's clock shows it."""
    return board.slots[slot].starts_at.astimezone(CITY_ZONE).strftime("%H:%M")
