"""Which meeting is in which slot: a timetable while it is being made, without tables."""

from collections.abc import Sequence

from matchmaker.timetable.instance import Instance, bits
from matchmaker.timetable.interpreting import Interpreting

NOWHERE = -1


class Placing:
    """Meetings in slots, never breaking a rule: `place` what `fits`, `remove` what is placed."""

    def __init__(self, instance: Instance, interpreting: Interpreting | None = None) -> None:
        self.instance = instance
        self.interpreting = interpreting or Interpreting(instance)
        nodes = len(instance.limits)
        self.slot_of = [NOWHERE] * len(instance.nodes)
        self.at = [[NOWHERE] * instance.slots for _ in range(nodes)]
        self.busy = [0] * nodes
        self.count = [0] * nodes
        self.inside: list[dict[int, None]] = [{} for _ in range(instance.slots)]
        self.full = sum(1 << slot for slot in range(instance.slots) if not instance.room[slot])
        self.demand = [0] * instance.slots
        self.spare = [0] * instance.languages
        """Of each language: the slots, as a mask, whose interpreters can take one more meeting in it."""
        for slot in range(instance.slots):
            self._look_for_spare(slot)
        self.weight = 0

    def place(self, meeting: int, slot: int) -> None:
        """Hold `meeting` in `slot`; it must fit."""
        bit = 1 << slot
        for node in self.instance.nodes[meeting]:
            self.at[node][slot] = meeting
            self.busy[node] |= bit
            self.count[node] += 1
        self.slot_of[meeting] = slot
        self.inside[slot][meeting] = None
        if len(self.inside[slot]) >= self.instance.room[slot]:
            self.full |= bit
        if self.instance.language[meeting] >= 0:
            self.demand[slot] += self.interpreting.unit[self.instance.language[meeting]]
            self._look_for_spare(slot)
        self.weight += self.instance.weight[meeting]

    def remove(self, meeting: int) -> None:
        """Take `meeting` out of its slot."""
        slot = self.slot_of[meeting]
        bit = 1 << slot
        for node in self.instance.nodes[meeting]:
            self.at[node][slot] = NOWHERE
            self.busy[node] ^= bit
            self.count[node] -= 1
        self.slot_of[meeting] = NOWHERE
        del self.inside[slot][meeting]
        if len(self.inside[slot]) < self.instance.room[slot]:
            self.full &= ~bit
        if self.instance.language[meeting] >= 0:
            self.demand[slot] -= self.interpreting.unit[self.instance.language[meeting]]
            self._look_for_spare(slot)
        self.weight -= self.instance.weight[meeting]

    def _look_for_spare(self, slot: int) -> None:
        for language, unit in enumerate(self.interpreting.unit):
            if self.interpreting.is_enough(slot, self.demand[slot] + unit):
                self.spare[language] |= 1 << slot
            else:
                self.spare[language] &= ~(1 << slot)

    def open_slots(self, meeting: int) -> int:
        """Return the slots, as a mask, where nothing but limits may keep `meeting`, which is nowhere, out."""
        mask = self.instance.allowed[meeting] & ~self.full
        for node in self.instance.nodes[meeting]:
            mask &= ~self.busy[node]
        language = self.instance.language[meeting]
        return mask if language < 0 else mask & self.spare[language]

    def is_within_limits(self, meeting: int) -> bool:
        """Whether each of its nodes may have one more meeting."""
        limits = self.instance.limits
        return all(self.count[node] < limits[node] for node in self.instance.nodes[meeting])

    def is_interpreted(self, meeting: int, slot: int) -> bool:
        """Whether the interpreters in `slot` can take `meeting` as well."""
        language = self.instance.language[meeting]
        return language < 0 or bool(self.spare[language] >> slot & 1)

    def fitting(self, meeting: int) -> list[int]:
        """Return the slots where `meeting`, which is nowhere, can be placed now."""
        return list(bits(self.open_slots(meeting))) if self.is_within_limits(meeting) else []

    def fits(self, meeting: int, slot: int) -> bool:
        """Whether `meeting`, which is nowhere, can be placed in `slot` now."""
        return self.is_within_limits(meeting) and bool(self.open_slots(meeting) >> slot & 1)

    def unplaced(self) -> list[int]:
        """Return the meetings that are nowhere but could be somewhere, in the problem's order."""
        allowed = self.instance.allowed
        return [meeting for meeting, at in enumerate(self.slot_of) if at == NOWHERE and allowed[meeting]]

    def has_all_musts(self) -> bool:
        """Whether everything that must be held is."""
        return all(self.slot_of[meeting] != NOWHERE for meeting in self.instance.musts)

    def worth(self) -> int:
        """Return the whole-number value of what is placed."""
        return sum(worth for worth, slot in zip(self.instance.worth, self.slot_of, strict=True) if slot != NOWHERE)

    def restore(self, slot_of: Sequence[int]) -> None:
        """Become what `slot_of`, a copy of some valid placing's, says."""
        moved = [meeting for meeting, slot in enumerate(slot_of) if slot != self.slot_of[meeting]]
        for meeting in moved:
            if self.slot_of[meeting] != NOWHERE:
                self.remove(meeting)
        for meeting in moved:
            if slot_of[meeting] != NOWHERE:
                self.place(meeting, slot_of[meeting])
