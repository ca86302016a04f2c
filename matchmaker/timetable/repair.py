"""Repair a timetable after something changed: a no-show, a late arrival, a closed table, an interpreter who is ill.

What still can be stays in its slot, confirmed meetings before others. What lost its place is put elsewhere, for which
others move only where that saves more than it costs; then new meetings take the places that are free.
"""

from collections.abc import Callable, Collection

from matchmaker.timetable.bound import choose
from matchmaker.timetable.effort import Effort
from matchmaker.timetable.filling import greedy_order, insert_greedily
from matchmaker.timetable.model import Answer, Neighbourhood
from matchmaker.timetable.placing import NOWHERE
from matchmaker.timetable.problem import Assignment, Problem, Solution
from matchmaker.timetable.solve import Run, put_back
from matchmaker.timetable.tables import Tables
from matchmaker.timetable.way import make_way

CONFIRMED_STAYS = 10_000
HELD_AT_ALL = 10
STAYS = 3
"""Saving a meeting from being dropped may move three others, never a confirmed one."""
MOST_BESIDE = 200
"""How many meetings are looked at at once to find places for those that lost theirs."""
UNIT = 2**24
"""Above what all values together count: new meetings move nobody."""


def repair(
    problem: Problem,
    earlier: Solution,
    *,
    confirmed: Collection[str] = frozenset(),
    seconds: float = 2,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
    work: int | None = None,
) -> Solution:
    """Return a timetable of `problem`, as it is now, that keeps as much of `earlier` as can be.

    `confirmed` are ids of meetings whose parties were told and agreed. `problem` is what is true now: a no-show has
    every slot from now on in `unavailable`, and what is over is `fixed` where it was. See `solve` for the rest.
    """
    return _Repair(problem, earlier, confirmed, Effort(seconds, work, stop), seed).run()


class _Repair:
    def __init__(
        self, problem: Problem, earlier: Solution, confirmed: Collection[str], effort: Effort, seed: int
    ) -> None:
        self.run_ = Run(problem, effort, seed)
        self.problem = problem
        self.instance, self.placing, self.effort = self.run_.instance, self.run_.placing, effort
        self.seed = seed
        number = {meeting.id: place for place, meeting in enumerate(problem.meetings)}
        self.earlier = {number[it.meeting]: it for it in earlier.assignments if it.meeting in number}
        self.confirmed = {number[meeting] for meeting in confirmed if meeting in number}

    def run(self) -> Solution:
        put_back(self.placing, [self.earlier[meeting] for meeting in sorted(self.earlier, key=self._rank)])
        self._rescue()
        if not self.placing.has_all_musts() and not self.run_.begin():
            return self.run_.solution([])
        self._fill()
        self.run_.bound_worth = choose(self.instance, self.effort.leg(0.5), seed=self.seed, deterministic=0.3).bound
        kept = {meeting: it for meeting, it in self.earlier.items() if self.placing.slot_of[meeting] == it.slot}
        tables = Tables(self.instance, self.placing.slot_of, {meeting: it.table for meeting, it in kept.items()})
        return self.run_.solution(tables.seat(self.effort.leg(1)), self._interpreters(kept))

    def _rank(self, meeting: int) -> tuple[bool, bool, bool, int, int]:
        """Order of putting back: last is first to give way where a slot lost a table or an interpreter."""
        before = self.earlier[meeting]
        return (
            meeting not in self.instance.musts,
            meeting not in self.confirmed,
            (before.slot, before.table) in self.problem.closed,
            -self.instance.worth[meeting],
            meeting,
        )

    def _interpreters(self, kept: dict[int, Assignment]) -> dict[int, int]:
        person = {interpreter.id: place for place, interpreter in enumerate(self.problem.interpreters)}
        return {meeting: person[it.interpreter] for meeting, it in kept.items() if it.interpreter in person}

    def _rescue(self) -> None:
        """Find places for what lost its own and for musts, moving others where that is worth it."""
        insert_greedily(self.placing, self._lost())
        for meeting in self._lost():
            make_way(self.placing, meeting, self.confirmed, HELD_AT_ALL // STAYS)
        lost = self._lost()
        if lost:
            self._take(self._best(self._beside(lost)))
        if not self.placing.has_all_musts():
            self._take(self._best({meeting for meeting, mask in enumerate(self.instance.allowed) if mask}))

    def _lost(self) -> list[int]:
        wanted = self.instance.musts | self.earlier.keys()
        return [meeting for meeting in greedy_order(self.placing) if meeting in wanted]

    def _beside(self, lost: list[int]) -> set[int]:
        """Return `lost` and whatever may stand in their way, the nearest first, up to a number."""
        placing = self.placing
        found = dict.fromkeys(lost)
        places = [(meeting, slot) for meeting in lost for slot in self.instance.options[meeting]]
        for meeting, slot in places:
            found |= dict.fromkeys(placing.at[node][slot] for node in self.instance.nodes[meeting])
        for meeting, slot in places:
            if placing.full >> slot & 1 or not placing.is_interpreted(meeting, slot):
                found |= placing.inside[slot]
        return set(list(found)[: len(lost) + MOST_BESIDE]) - {NOWHERE}

    def _best(self, meetings: Collection[int]) -> Answer:
        """Ask for the best places of `meetings` while all others stay."""
        model = Neighbourhood(self.placing, meetings)
        dearest = max(self.instance.worth, default=0) or 1
        model.model.maximize(
            sum(
                (self._stake(meeting, slot) * UNIT + self.instance.worth[meeting] * 1000 // dearest) * literal
                for (meeting, slot), literal in model.held.items()
            )
        )
        return model.solve(self.effort.leg(0.5), seed=self.seed, deterministic=0.5)

    def _stake(self, meeting: int, slot: int) -> int:
        if meeting not in self.earlier:
            return 0
        stays = CONFIRMED_STAYS if meeting in self.confirmed else STAYS
        return HELD_AT_ALL + stays * (slot == self.earlier[meeting].slot)

    def _take(self, answer: Answer) -> None:
        if answer.slot_of is not None:
            self.placing.restore(answer.slot_of)

    def _fill(self) -> None:
        """Give the places that are free to the best of what is out, moving nobody who was there before."""
        new = [meeting for meeting in self.placing.unplaced() if meeting not in self.earlier]
        insert_greedily(self.placing, greedy_order(self.placing))
        if any(self.placing.slot_of[meeting] == NOWHERE for meeting in new) and not self.effort.is_over():
            model = Neighbourhood(self.placing, new)
            model.model.maximize(model.total(self.instance.worth))
            self._take(model.solve(self.effort.leg(0.4), seed=self.seed, deterministic=0.3))
