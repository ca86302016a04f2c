"""Where there still is room in a draft: its tables, people and interpreters, slot by slot."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from matchmaker.domain.timetables import Placement
from matchmaker.services.timetables.board import Board
from matchmaker.services.timetables.candidates import Pair
from matchmaker.services.timetables.languages import BOTH, language_between


@dataclass(frozen=True)
class Seating:
    """What the meetings of a draft take: (slot, table), (slot, member of the staff), and each person's slots."""

    board: Board
    tables: frozenset[tuple[int, int | None]]
    staff: frozenset[tuple[int, int]]
    people: dict[int, set[int]]

    def interpreters(self, pair: Pair, slot: int) -> list[int] | None:
        """Return who could interpret for two people in a slot; None where they need nobody."""
        one, other = (self.board.people[person] for person in pair)
        needed = language_between(one, other, self.board.interpreters)
        if needed is None:
            return None
        return [
            each.id
            for each in self.board.interpreters
            if set(needed.split(BOTH)) <= set(each.languages)
            and slot not in self.board.staff_busy[each.id]
            and (slot, each.id) not in self.staff
        ]

    def slots(self, pair: Pair) -> Iterator[int]:
        """Yield the slots in which two people are free of everything and of each other meeting."""
        busy = set().union(*(self.board.busy[person] | self.people.get(person, set()) for person in pair))
        return (slot.number for slot in self.board.slots if slot.number not in busy)

    def places(self, pair: Pair) -> Iterator[tuple[int, int | None]]:
        """Yield the places (slot, table) at which two people could meet, by time."""
        seats: list[int | None] = [table.id for table in self.board.tables] or [None]
        for slot in self.slots(pair):
            if self.interpreters(pair, slot) == []:
                continue
            for table_id in seats:
                if self.board.is_open(slot, table_id) and (table_id is None or (slot, table_id) not in self.tables):
                    yield slot, table_id


def seating_of(board: Board, rows: Iterable[Placement], but: Placement | None = None) -> Seating:
    """Return what meetings take, without one of them."""
    kept = [row for row in rows if row is not but]
    people: dict[int, set[int]] = defaultdict(set)
    for row in kept:
        people[row.one_id].add(row.slot)
        people[row.other_id].add(row.slot)
    staff = {(row.slot, each) for row in kept for each in (row.interpreter_id, row.broker_id) if each is not None}
    return Seating(board, frozenset((row.slot, row.table_id) for row in kept), frozenset(staff), people)
