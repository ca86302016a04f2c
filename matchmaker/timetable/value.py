"""Raise the total value: CP-SAT on one neighbourhood after another (large-neighbourhood search), tabu search between.

A neighbourhood is some slots with all that is in them, or some parties with all their meetings; what is out may come
in. Its size follows what CP-SAT can solve to the end.
"""

import random
from collections.abc import Callable, Collection

from matchmaker.timetable.effort import Leg
from matchmaker.timetable.filling import Filling
from matchmaker.timetable.instance import Instance
from matchmaker.timetable.model import Neighbourhood
from matchmaker.timetable.placing import NOWHERE, Placing

WHOLE = 3_000
"""So many pairs of meeting and slot at most are solved as a whole."""
STEP = 0.15
"""Deterministic seconds that CP-SAT gets for one neighbourhood."""


class ValueSearch:
    """Raises a placing's value towards a bound that is known, and lowers the bound where it can."""

    def __init__(self, placing: Placing, bound: int, chance: random.Random) -> None:
        self.placing = placing
        self.instance = placing.instance
        self.bound = bound
        self.chance = chance
        self.size = 60
        """How many meetings a neighbourhood has, about."""

    @property
    def is_proven(self) -> bool:
        """Whether no timetable is worth more."""
        return self.placing.worth() >= self.bound

    def run(self, leg: Leg, tell: Callable[[], object] = lambda: None) -> None:
        """Search until `leg` is spent or the value is proven the greatest; `tell` is called after each gain."""
        turn, told = 0, self.placing.worth()
        if not self.is_proven and sum(map(len, self.instance.options)) <= WHOLE:
            self._solve_whole(leg)
        while not leg.is_over() and not self.is_proven:
            if turn % 8 == 7:
                Filling(self.placing, self.chance).run(leg, 2_000)
            else:
                self._improve(self._some_slots() if turn % 2 else self._some_parties(), leg)
            turn += 1
            if self.placing.worth() > told:
                told = self.placing.worth()
                tell()

    def _solve_whole(self, leg: Leg) -> None:
        meetings = [meeting for meeting, mask in enumerate(self.instance.allowed) if mask]
        model = Neighbourhood(self.placing, meetings)
        model.model.maximize(model.total(self.instance.worth))
        answer = model.solve(leg, seed=self.chance.randrange(2**31), deterministic=20)
        if answer.slot_of is not None:
            self.bound = min(self.bound, answer.bound)
            if answer.value >= self.placing.worth():
                self.placing.restore(answer.slot_of)

    def _improve(self, meetings: Collection[int], leg: Leg) -> None:
        model = Neighbourhood(self.placing, meetings)
        before = sum(self.instance.worth[it] for it in meetings if self.placing.slot_of[it] != NOWHERE)
        model.model.maximize(model.total(self.instance.worth))
        answer = model.solve(leg, seed=self.chance.randrange(2**31), deterministic=STEP)
        if answer.slot_of is not None and answer.value >= before:
            self.placing.restore(answer.slot_of)
        self.size = min(400, self.size + 5) if answer.is_optimal else max(20, self.size - 5)

    def _some_slots(self) -> set[int]:
        """Return what is in some slots, and of what is out whatever could be in them."""
        slots = list(range(self.instance.slots))
        self.chance.shuffle(slots)
        found: set[int] = set()
        mask = 0
        for slot in slots:
            if mask and len(found) + len(self.placing.inside[slot]) > self.size:
                break
            found |= self.placing.inside[slot].keys()
            mask |= 1 << slot
        return found | {meeting for meeting in self.placing.unplaced() if self.instance.allowed[meeting] & mask}

    def _some_parties(self) -> set[int]:
        """Return the meetings of parties around one that is out."""
        return around(self.instance, self.chance.choice(self.placing.unplaced()), self.size, self.chance)


def around(instance: Instance, meeting: int, size: int, chance: random.Random) -> set[int]:
    """Return some `size` meetings: those of the parties of `meeting`, of whom they may meet, and so on."""
    queue = list(instance.nodes[meeting])
    found: set[int] = set()
    seen = set(queue)
    while queue and len(found) < size:
        node = queue.pop(chance.randrange(len(queue)) if len(seen) > 3 else 0)
        meetings = instance.meetings_of[node]
        found |= set(meetings)
        beside = sorted({other for meeting in meetings for other in instance.nodes[meeting]} - seen)
        seen |= set(beside)
        queue += beside
    return found
