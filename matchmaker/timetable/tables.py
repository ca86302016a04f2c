"""Tables for meetings whose slots are known: as few changes of table as a sweep over the slots finds.

Within one slot the best tables are a linear assignment, given the tables before and after; slots are swept until
nothing changes. Fixed tables stay, and so do earlier ones where a repair asks for it.
"""

from collections.abc import Mapping, Sequence

from matchmaker.timetable.effort import Leg
from matchmaker.timetable.instance import Instance
from matchmaker.timetable.placing import NOWHERE

STAY = 1000
"""What an earlier table weighs against a change of table."""


class Tables:
    """Tables of a placing's meetings."""

    def __init__(self, instance: Instance, slot_of: Sequence[int], earlier: Mapping[int, int] | None = None) -> None:
        self.instance = instance
        self.earlier = earlier or {}
        self.table = [NOWHERE] * len(slot_of)
        self.held: list[list[int]] = [[] for _ in range(instance.slots)]
        self.days: list[dict[int, int]] = [{} for _ in range(instance.parties)]
        for meeting, slot in enumerate(slot_of):
            if slot != NOWHERE:
                self.held[slot].append(meeting)
                for party in instance.nodes[meeting][:2]:
                    self.days[party][slot] = meeting
        self.order = [sorted(day) for day in self.days]
        self.open = [self._open(slot) for slot in range(instance.slots)]

    def _open(self, slot: int) -> list[int]:
        problem = self.instance.problem
        return [table for table in range(problem.tables) if (slot, table) not in problem.closed]

    def take(self) -> list[int]:
        """Return tables as they come, slot by slot: the fixed one, or a party's last, or the first that is free."""
        for slot, meetings in enumerate(self.held):
            free = dict.fromkeys(self.open[slot])
            waiting = []
            for meeting in sorted(meetings, key=lambda it: self._fixed(it) is None):
                wishes = [self._fixed(meeting)] if self._fixed(meeting) is not None else self._last(meeting, slot)
                table = next((wish for wish in wishes if wish in free), None)
                if table is None:
                    waiting.append(meeting)
                else:
                    self.table[meeting] = table
                    del free[table]
            for meeting, table in zip(waiting, free, strict=False):
                self.table[meeting] = table
        return self.table

    def _fixed(self, meeting: int) -> int | None:
        fixed = self.instance.problem.meetings[meeting].fixed
        return None if fixed is None else fixed.table

    def _last(self, meeting: int, slot: int) -> list[int | None]:
        beside = (self._beside(party, slot) for party in self.instance.nodes[meeting][:2])
        return [self.table[before] for before, _ in beside if before is not None]

    def seat(self, leg: Leg) -> list[int]:
        """Return each meeting's table, `NOWHERE` for those that are not held, after one sweep at least."""
        for slot in range(self.instance.slots):
            self._seat_slot(slot)
        forwards = True
        while not leg.is_over():
            before = list(self.table)
            forwards = not forwards
            for slot in range(self.instance.slots) if forwards else reversed(range(self.instance.slots)):
                self._seat_slot(slot)
                leg.spend(100)
            if before == self.table:
                break
        return self.table

    def _seat_slot(self, slot: int) -> None:
        meetings = self.held[slot]
        if not meetings:
            return
        from numpy import zeros
        from scipy.optimize import linear_sum_assignment

        place = {table: column for column, table in enumerate(self.open[slot])}
        gain = zeros((len(meetings), len(place)))
        for row, meeting in enumerate(meetings):
            for table, weight in self._wishes(meeting, slot):
                if table in place:
                    gain[row, place[table]] += weight
        rows, columns = linear_sum_assignment(gain, maximize=True)
        for row, column in zip(rows, columns, strict=True):
            self.table[meetings[row]] = self.open[slot][column]

    def _wishes(self, meeting: int, slot: int) -> list[tuple[int, float]]:
        """Return (table, weight): a fixed table, an earlier one, those where its parties are before and after."""
        fixed = self._fixed(meeting)
        wishes: list[tuple[int, float]] = [] if fixed is None else [(fixed, STAY**3)]
        if meeting in self.earlier:
            wishes.append((self.earlier[meeting], STAY))
        if self.table[meeting] != NOWHERE:
            wishes.append((self.table[meeting], 0.01))
        for party in self.instance.nodes[meeting][:2]:
            for neighbour in self._beside(party, slot):
                if neighbour is not None and self.table[neighbour] != NOWHERE:
                    wishes.append((self.table[neighbour], 1.0))
        return wishes

    def _beside(self, party: int, slot: int) -> tuple[int | None, int | None]:
        """Return a party's meetings before and after the one in `slot`."""
        day, order = self.days[party], self.order[party]
        at = order.index(slot)
        return (
            day[order[at - 1]] if at else None,
            day[order[at + 1]] if at + 1 < len(order) else None,
        )
