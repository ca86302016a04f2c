"""Fairness: raise the share of their wishes that the worst-served parties get, while the total value stays.

Party by party from the worst: CP-SAT looks in his neighbourhood for a timetable of the same value where he gets more,
nobody worse off than he gets less, and everybody else stays better off than he was. Whoever cannot be helped is passed
over, so that one hopeless party does not end it for all.
"""

import random
from fractions import Fraction
from math import floor

from matchmaker.timetable.effort import Leg
from matchmaker.timetable.measures import can_meet
from matchmaker.timetable.model import Neighbourhood
from matchmaker.timetable.placing import NOWHERE, Placing
from matchmaker.timetable.value import around

SIZE = 80
"""How many meetings a neighbourhood has, about."""
STEP = 0.2
"""Deterministic seconds that CP-SAT gets for one neighbourhood."""
PARTS = 10_000
"""Shares are compared in units of 1 / PARTS within one model."""
PATIENCE = 24
"""After so many parties in a row who could not be helped, the rest is left."""


class FairnessSearch:
    """Raises the shares of the worst-served in a placing without lowering its value."""

    def __init__(self, placing: Placing, chance: random.Random) -> None:
        self.placing = placing
        self.instance = placing.instance
        self.chance = chance
        problem = self.instance.problem
        self.value = [meeting.value for meeting in problem.meetings]
        self.wished = [0] * self.instance.parties
        for place, meeting in enumerate(problem.meetings):
            for party in () if problem.is_vetoed(meeting) else self.instance.nodes[place][:2]:
                self.wished[party] += self.instance.worth[place]
        self.counting = [
            place
            for place, party in enumerate(problem.parties)
            if self.wished[place] and can_meet(party, problem.slots)
        ]

    def run(self, leg: Leg) -> None:
        """Help one after another until `leg` is spent or nobody is found who can be helped."""
        passed: set[int] = set()
        while not leg.is_over() and len(passed) < PATIENCE:
            worst = min(
                (party for party in self.counting if party not in passed and self._missing(party)),
                key=lambda party: (self.share(party), party),
                default=None,
            )
            if worst is None:
                return
            if self._help(worst, leg):
                passed.clear()
            else:
                passed.add(worst)

    def share(self, party: int) -> Fraction:
        """Return the share of its wished value that a party gets now."""
        return Fraction(self._got(party), self.wished[party])

    def _got(self, party: int) -> int:
        return sum(self.instance.worth[meeting] for meeting in self.placing.at[party] if meeting != NOWHERE)

    def _missing(self, party: int) -> list[int]:
        worth = self.instance.worth
        return [
            meeting
            for meeting in self.instance.meetings_of[party]
            if self.placing.slot_of[meeting] == NOWHERE and worth[meeting]
        ]

    def _help(self, party: int, leg: Leg) -> bool:
        """Whether a timetable of the same value was found, and taken, in which `party` gets more."""
        meetings = around(self.instance, self.chance.choice(self._missing(party)), SIZE, self.chance)
        meetings |= set(self.instance.meetings_of[party])
        model = Neighbourhood(self.placing, meetings)
        before, value = self._got(party), self._value(meetings)
        self._demand(model, party)
        answer = model.solve(leg, seed=self.chance.randrange(2**31), deterministic=STEP)
        if answer.slot_of is None:
            return False
        slots_before = list(self.placing.slot_of)
        self.placing.restore(answer.slot_of)
        if self._value(meetings) >= value and self._got(party) > before:
            return True
        self.placing.restore(slots_before)
        return False

    def _value(self, meetings: set[int]) -> Fraction:
        held = (self.value[meeting] for meeting in meetings if self.placing.slot_of[meeting] != NOWHERE)
        return sum(held, Fraction(0))

    def _demand(self, model: Neighbourhood, party: int) -> None:
        """Ask for the greatest least share of `party` and all that are better off, at no loss in value."""
        worth = self.instance.worth
        held = sum(worth[meeting] for meeting in model.meetings if self.placing.slot_of[meeting] != NOWHERE)
        model.model.add(model.total(worth) >= held)
        touched = {node for meeting in model.meetings for node in self.instance.nodes[meeting][:2]}
        above = floor(self.share(party) * PARTS) + 1
        least = model.model.new_int_var(0, PARTS, "")
        for other in sorted(touched & set(self.counting)):
            got = self._got(other)
            free = [meeting for meeting in self.instance.meetings_of[other] if meeting in model.free]
            fixed = got - sum(worth[meeting] for meeting in free if self.placing.slot_of[meeting] != NOWHERE)
            sums = fixed + sum(worth[meeting] * literal for meeting in free for literal in model.of_meeting[meeting])
            if other == party:
                model.model.add(sums > got)
                model.model.add(sums * PARTS >= least * self.wished[other])
            elif self.share(other) * PARTS < above:
                model.model.add(sums >= got)
            else:
                model.model.add(sums * PARTS >= above * self.wished[other])
                model.model.add(sums * PARTS >= least * self.wished[other])
        model.model.maximize(least)
