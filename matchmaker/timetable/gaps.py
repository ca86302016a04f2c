"""Fewer idle gaps: simulated annealing over Kempe chains. What is held stays held, so value and fairness stay.

A chain is what must change places when one meeting goes from one slot to another: whoever it meets there in the other
direction, and so on (Kempe's argument for colouring edges). Swapping a whole chain breaks no rule of people or brokers;
room, presence and interpreters are checked.
"""

import math
import random
from collections.abc import Callable

from matchmaker.timetable.effort import Leg
from matchmaker.timetable.filling import gaps_in
from matchmaker.timetable.instance import bits
from matchmaker.timetable.placing import NOWHERE, Placing

HOT, COLD = 0.8, 0.12
"""Temperatures at the start and at the end, in gaps."""
LONGEST = 16
"""Chains of more meetings are left alone."""
HOPE = 2
"""How many gaps a second chain may be hoped to save."""
STEPS = 5
"""So many trials are one step of work."""
THOROUGH = 1_000
"""How many trials each meeting and slot gets at most."""
IMPOSSIBLE = 10**6
"""What a chain costs that cannot be swapped."""


NEAR = 0.7
"""How often a meeting is tried in a gap or beside the day of one of its parties, not anywhere."""


class _Known(dict[int, int]):
    """The gaps of each mask of slots, counted once."""

    def __missing__(self, mask: int) -> int:
        self[mask] = gaps_in(mask)
        return self[mask]


class _Near(dict[int, tuple[int, ...]]):
    """Of each mask of slots: the empty ones between the first and the last, and one more on either side."""

    def __init__(self, slots: int) -> None:
        self.every = (1 << slots) - 1

    def __missing__(self, mask: int) -> tuple[int, ...]:
        lowest = mask & -mask
        around = (1 << mask.bit_length() + 1) - (lowest >> 1 or lowest) if mask else 0
        self[mask] = tuple(bits(around & ~mask & self.every))
        return self[mask]


class GapSearch:
    """Lowers the gaps of a placing, which ends as the best that was seen."""

    def __init__(self, placing: Placing, chance: random.Random) -> None:
        self.placing = placing
        self.instance = placing.instance
        self.chance = chance
        self.movable = [
            meeting
            for meeting, slot in enumerate(placing.slot_of)
            if slot != NOWHERE and len(self.instance.options[meeting]) > 1
        ]
        self.known = _Known()
        self.near = _Near(self.instance.slots)
        self.gaps = sum(gaps_in(mask) for mask in placing.busy[: self.instance.parties])

    @property
    def enough(self) -> int:
        """After how many steps of work more of them would hardly find anything."""
        return THOROUGH * sum(len(self.instance.options[meeting]) for meeting in self.movable) // STEPS

    def run(self, leg: Leg, tell: Callable[[], object] = lambda: None) -> None:
        """Anneal until `leg` is spent or nobody has a gap; `tell` is called now and then, with the best in place."""
        best, best_slots, told = self.gaps, list(self.placing.slot_of), 0.0
        while self.movable and best and not leg.is_over():
            heat = HOT * (COLD / HOT) ** leg.progress
            for _ in range(STEPS * 100):
                self._step(heat)
            leg.spend(100)
            if self.gaps < best:
                best, best_slots = self.gaps, list(self.placing.slot_of)
            if leg.progress >= told + 0.05:
                told = leg.progress
                self._tell(best_slots, tell)
        self.placing.restore(best_slots)
        self.gaps = best

    def _tell(self, best_slots: list[int], tell: Callable[[], object]) -> None:
        now = list(self.placing.slot_of)
        self.placing.restore(best_slots)
        tell()
        self.placing.restore(now)

    def _step(self, heat: float) -> None:
        draw = self.chance.random
        meeting = self.movable[int(draw() * len(self.movable))]
        here = self.placing.slot_of[meeting]
        if draw() < NEAR:
            party = self.instance.nodes[meeting][draw() < 0.5]
            options = self.near[self.placing.busy[party] & ~(1 << here)]
        else:
            options = self.instance.options[meeting]
        there = options[int(draw() * len(options))] if options else here
        if there == here:
            return
        most = -heat * math.log(1 - draw())
        chain: list[int] = []
        change = self._lengthen(chain, meeting, here, there)
        if change > most + HOPE:
            return
        change += self._balance(chain, here, there)
        if change <= most and self._is_interpreted(chain, here, there):
            self._swap(chain, here, there)
            self.gaps += change

    def _lengthen(self, chain: list[int], meeting: int, here: int, there: int) -> int:
        """Add to `chain` all that must change places when `meeting` does; return how many more gaps that makes."""
        at, nodes, allowed, busy, known = (
            self.placing.at, self.instance.nodes, self.instance.allowed, self.placing.busy, self.known
        )  # fmt: skip
        both, away, parties, change = 1 << here | 1 << there, here + there, self.instance.parties, 0
        chain.append(meeting)
        waiting = [meeting]
        while waiting:
            one = waiting.pop()
            if allowed[one] & both != both or len(chain) > LONGEST:
                return IMPOSSIBLE
            other_slot = away - self.placing.slot_of[one]
            for node in nodes[one]:
                other = at[node][other_slot]
                if other < 0:
                    if node < parties:
                        change += known[busy[node] ^ both] - known[busy[node]]
                elif other not in chain:
                    chain.append(other)
                    waiting.append(other)
        return change

    def _balance(self, chain: list[int], here: int, there: int) -> int:
        """Where a slot lacks a table for `chain`, add another that goes the other way; return what that costs."""
        slot_of, room, inside = self.placing.slot_of, self.instance.room, self.placing.inside
        coming = 0
        for meeting in chain:
            coming += 1 if slot_of[meeting] == here else -1
        if len(inside[there]) + coming > room[there]:
            full = there
        elif len(inside[here]) - coming > room[here]:
            full = here
        else:
            return 0
        rest = tuple(inside[full])
        other = rest[int(self.chance.random() * len(rest))]
        if other in chain:
            return IMPOSSIBLE
        change = self._lengthen(chain, other, here, there)
        coming = sum(1 if slot_of[meeting] == here else -1 for meeting in chain)
        fits = len(inside[there]) + coming <= room[there] and len(inside[here]) - coming <= room[here]
        return change if fits else IMPOSSIBLE

    def _is_interpreted(self, chain: list[int], here: int, there: int) -> bool:
        if not self.instance.languages:
            return True
        unit, slot_of, language = self.placing.interpreting.unit, self.placing.slot_of, self.instance.language
        moved = sum(
            unit[language[meeting]] * (1 if slot_of[meeting] == here else -1)
            for meeting in chain
            if language[meeting] >= 0
        )
        if not moved:
            return True
        is_enough, demand = self.placing.interpreting.is_enough, self.placing.demand
        return is_enough(here, demand[here] - moved) and is_enough(there, demand[there] + moved)

    def _swap(self, chain: list[int], here: int, there: int) -> None:
        slots = [self.placing.slot_of[meeting] for meeting in chain]
        for meeting in chain:
            self.placing.remove(meeting)
        for meeting, slot in zip(chain, slots, strict=True):
            self.placing.place(meeting, here + there - slot)
