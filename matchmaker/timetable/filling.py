"""Fill a placing: greedily first, then by putting in what is out and moving or dropping what is in its way.

The second is a tabu search over partial colourings (Blöchliger and Zufferey, "A graph coloring heuristic using partial
solutions and a reactive tabu scheme", 2008), with weights and with a look one step further: a meeting in the way that
can be held elsewhere costs nothing.
"""

import random
from dataclasses import dataclass

from matchmaker.timetable.effort import Effort, Leg
from matchmaker.timetable.instance import bits
from matchmaker.timetable.placing import NOWHERE, Placing

MOST_TRIED = 20
"""Among so many slots at most a meeting's first one is chosen."""
SAMPLE = 6
"""How many meetings are looked at when a full slot has to give up one."""


def insert_greedily(placing: Placing, order: list[int], effort: Effort | None = None) -> None:
    """Place each meeting of `order` that fits, where it leaves its parties the fewest gaps, while there is time."""
    for meeting in order:
        if effort is not None and effort.is_late:
            return
        slots = placing.fitting(meeting)
        slots = slots[:: len(slots) // MOST_TRIED + 1]
        if slots:
            placing.place(meeting, min(slots, key=lambda slot: _spread(placing, meeting, slot)))


def greedy_order(placing: Placing) -> list[int]:
    """Return what is out, heaviest first, those with the least choice first among equals."""
    instance = placing.instance
    return sorted(placing.unplaced(), key=lambda it: (-instance.weight[it], len(instance.options[it]), it))


def _spread(placing: Placing, meeting: int, slot: int) -> tuple[int, int]:
    bit = 1 << slot
    gaps = sum(gaps_in(placing.busy[node] | bit) for node in placing.instance.nodes[meeting][:2])
    return gaps, len(placing.inside[slot])


def gaps_in(mask: int) -> int:
    """Return the empty slots between the first and the last bit of `mask`."""
    if not mask:
        return 0
    return mask.bit_length() - (mask & -mask).bit_length() + 1 - mask.bit_count()


@dataclass(slots=True)
class _Plan:
    """Putting a meeting into a slot: who is moved elsewhere, who is dropped, and what that gains."""

    slot: int
    moved: list[int]
    dropped: list[int]
    gain: int


class Filling:
    """A tabu search for more weight in a placing. The placing ends as the best that was seen."""

    def __init__(self, placing: Placing, chance: random.Random) -> None:
        self.placing = placing
        self.instance = placing.instance
        self.chance = chance
        self.tabu: dict[tuple[int, int], int] = {}
        self.step = 0
        self.best = placing.weight
        self.best_slots = list(placing.slot_of)

    def run(self, leg: Leg, steps: int) -> None:
        """Search for so many steps at most, until `leg` is spent or everything is placed."""
        out = self.placing.unplaced()
        while out and not leg.is_over() and self.step < steps:
            for _ in range(20):
                leg.spend()
                self._advance(out)
                if not out:
                    break
        self.placing.restore(self.best_slots)

    def _advance(self, out: list[int]) -> None:
        self.step += 1
        place = self.chance.randrange(len(out))
        meeting = out[place]
        plan = self._best_plan(meeting)
        if plan is None or not self._is_taken(plan, len(out)):
            return
        out[place] = out[-1]
        out.pop()
        out += self._carry_out(meeting, plan)
        if self.placing.weight > self.best:
            self.best = self.placing.weight
            self.best_slots = list(self.placing.slot_of)

    def _is_taken(self, plan: _Plan, out: int) -> bool:
        if plan.gain >= 0:
            return True
        loss = -plan.gain / (1 + sum(self.instance.weight[meeting] for meeting in plan.dropped))
        return self.chance.random() < 0.02 * (1 - loss) / out

    def _best_plan(self, meeting: int) -> _Plan | None:
        best, ties = None, 0
        for slot in self.instance.options[meeting]:
            plan = self._plan(meeting, slot)
            if plan is None or (self.tabu.get((meeting, slot), 0) > self.step and not self._is_record(plan)):
                continue
            ties = ties + 1 if best is not None and plan.gain == best.gain else 1
            if best is None or plan.gain > best.gain or (plan.gain == best.gain and self.chance.random() * ties < 1):
                best = plan
        return best

    def _is_record(self, plan: _Plan) -> bool:
        return self.placing.weight + plan.gain > self.best

    def _plan(self, meeting: int, slot: int) -> _Plan | None:
        """Return how to put `meeting` into `slot`, or None where that cannot be."""
        placing, instance = self.placing, self.instance
        moved: list[int] = []
        dropped: list[int] = []
        for node in instance.nodes[meeting]:
            blocker = placing.at[node][slot]
            if placing.count[node] >= instance.limits[node]:
                over = blocker if blocker != NOWHERE else self._lightest_of(node)
                if over not in dropped:
                    dropped.append(over)
            elif blocker != NOWHERE and blocker not in moved:
                moved.append(blocker)
        moved = [blocker for blocker in moved if blocker not in dropped]
        self._make_room(slot, moved, dropped)
        if not self._make_understood(meeting, slot, moved, dropped):
            return None
        gain = instance.weight[meeting]
        staying: list[int] = []
        for blocker in moved:
            if self._has_elsewhere(blocker):
                staying.append(blocker)
            else:
                dropped.append(blocker)
        gain -= sum(instance.weight[blocker] for blocker in dropped)
        return _Plan(slot, staying, dropped, gain)

    def _lightest_of(self, node: int) -> int:
        held = [self.placing.at[node][slot] for slot in bits(self.placing.busy[node])]
        return min(held, key=lambda it: (self.instance.weight[it], self.chance.random()))

    def _make_room(self, slot: int, moved: list[int], dropped: list[int]) -> None:
        leaving = len(moved) + sum(self.placing.slot_of[meeting] == slot for meeting in dropped)
        if len(self.placing.inside[slot]) - leaving < self.instance.room[slot]:
            return
        inside = [meeting for meeting in self.placing.inside[slot] if meeting not in moved and meeting not in dropped]
        moved.append(self._cheapest(inside))

    def _cheapest(self, meetings: list[int]) -> int:
        sample = meetings if len(meetings) <= SAMPLE else self.chance.sample(meetings, SAMPLE)
        return min(sample, key=lambda it: 0 if self._has_elsewhere(it) else self.instance.weight[it])

    def _make_understood(self, meeting: int, slot: int, moved: list[int], dropped: list[int]) -> bool:
        """Let one more leave where the interpreters of `slot` are too few; False where one is not enough."""
        language, unit = self.instance.language, self.placing.interpreting.unit
        if language[meeting] < 0:
            return True
        demand = self.placing.demand[slot] + unit[language[meeting]]
        leaving = [it for it in (*moved, *dropped) if self.placing.slot_of[it] == slot and language[it] >= 0]
        demand -= sum(unit[language[it]] for it in leaving)
        if self.placing.interpreting.is_enough(slot, demand):
            return True
        helping = {spoken for spoken in range(len(unit)) if self._helps(slot, demand, spoken)}
        rivals = [it for it in self.placing.inside[slot] if language[it] in helping and it not in leaving]
        if rivals:
            moved.append(self._cheapest(rivals))
        return bool(rivals)

    def _helps(self, slot: int, demand: int, language: int) -> bool:
        """Whether one meeting less in `language` leaves the interpreters enough for `demand`."""
        unit = self.placing.interpreting.unit[language]
        is_asked = demand // unit % self.placing.interpreting.base > 0
        return is_asked and self.placing.interpreting.is_enough(slot, demand - unit)

    def _has_elsewhere(self, meeting: int) -> bool:
        return self.placing.open_slots(meeting) != 0

    def _carry_out(self, meeting: int, plan: _Plan) -> list[int]:
        """Do what `plan` says and return what is out now because of it."""
        placing = self.placing
        for blocker in (*plan.dropped, *plan.moved):
            self._forbid(blocker, placing.slot_of[blocker])
            placing.remove(blocker)
        placing.place(meeting, plan.slot)
        out = []
        for blocker in (*plan.moved, *plan.dropped):
            slots = placing.fitting(blocker)
            if slots:
                placing.place(blocker, self.chance.choice(slots))
            else:
                out.append(blocker)
        return out

    def _forbid(self, meeting: int, slot: int) -> None:
        self.tabu[meeting, slot] = self.step + 10 + self.chance.randrange(10)
