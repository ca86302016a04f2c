"""Solve a timetable: value first, then fairness, then idle gaps, then changes of table, each held for the next."""

import random
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from matchmaker.timetable.bound import choose, in_values
from matchmaker.timetable.effort import STEPS_A_SECOND, Effort, Progress
from matchmaker.timetable.fairness import FairnessSearch
from matchmaker.timetable.filling import Filling, greedy_order, insert_greedily
from matchmaker.timetable.gaps import GapSearch
from matchmaker.timetable.instance import ready
from matchmaker.timetable.measures import days_of, gaps, served, table_changes, value_of
from matchmaker.timetable.model import Neighbourhood
from matchmaker.timetable.placing import NOWHERE, Placing
from matchmaker.timetable.problem import Assignment, Problem, Solution
from matchmaker.timetable.tables import Tables
from matchmaker.timetable.value import ValueSearch

VALUE, FAIRNESS, GAPS = 0.4, 0.15, 0.95
"""How much of what is left each stage may spend; most stages end before."""

LAST_TOUCH = 0.5
"""Whoever stops a run waits so many seconds for fewer gaps, where it had not come to them."""


def solve(
    problem: Problem,
    *,
    seconds: float = 30,
    seed: int = 0,
    start: Solution | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    work: int | None = None,
) -> Solution:
    """Return the best timetable found within `seconds`, beginning with what of `start` is still possible.

    `progress` is told of each stage and each better timetable; `stop` is asked often, and True ends the run with the
    best so far. `work` limits the run in counted steps instead (some 10,000 a second): the same problem, seed and work
    give the same timetable on every machine, as long as `seconds` does not cut it.
    """
    return Run(problem, Effort(seconds, work, stop), seed, progress).solve(start)


class Run:
    """One run of the solver."""

    def __init__(
        self, problem: Problem, effort: Effort, seed: int, progress: Callable[[Progress], None] | None = None
    ) -> None:
        self.problem = problem
        self.effort = effort
        self.seed = seed
        self.tell = progress
        self.instance = ready(problem)
        self.placing = Placing(self.instance)
        self.chance = random.Random(seed)  # noqa: S311 - a search, not a secret
        self.bound_worth = sum(
            worth for worth, mask in zip(self.instance.worth, self.instance.allowed, strict=True) if mask
        )
        self.is_infeasible = False

    def solve(self, start: Solution | None) -> Solution:
        """Go through all stages."""
        if start is not None:
            put_back(self.placing, start.assignments)
        if not self.begin():
            return self.solution([])
        self.report("first")
        self.raise_value()
        if self.placing.unplaced():
            FairnessSearch(self.placing, self.chance).run(self.effort.leg(FAIRNESS))
            self.report("fairness")
        self.close_gaps()
        tables = Tables(self.instance, self.placing.slot_of).seat(self.effort.leg(1))
        self.report("tables", tables)
        return self.solution(tables)

    def begin(self) -> bool:
        """Find a first timetable with everything that must be in it; False where there is none, or none was found."""
        placing, instance = self.placing, self.instance
        if any(not instance.allowed[meeting] for meeting in instance.musts):
            self.is_infeasible = True
            return False
        insert_greedily(placing, greedy_order(placing), self.effort)
        if not placing.has_all_musts():
            Filling(placing, self.chance).run(self.effort.leg(0.2), 5_000)
        if not placing.has_all_musts():
            self.is_infeasible = choose(instance, self.effort.leg(0.2), seed=self.seed).is_infeasible
        patience = 1.0
        while not placing.has_all_musts() and not self.is_infeasible and not self.effort.is_over():
            self._place_musts(patience)
            patience *= 2
        return placing.has_all_musts()

    def _place_musts(self, patience: float) -> None:
        """Ask CP-SAT for the musts alone: it finds them a place, proves that there is none, or tires."""
        alone = Placing(self.instance, self.placing.interpreting)
        for meeting in self.instance.musts:
            if self.placing.slot_of[meeting] != NOWHERE:
                alone.place(meeting, self.placing.slot_of[meeting])
        answer = Neighbourhood(alone, self.instance.musts).solve(
            self.effort.leg(1), seed=self.seed, deterministic=patience
        )
        self.is_infeasible = answer.is_infeasible
        if answer.slot_of is None:
            Filling(self.placing, self.chance).run(self.effort.leg(0.5), round(patience * STEPS_A_SECOND))
        else:
            self.placing.restore([NOWHERE] * len(answer.slot_of))
            self.placing.restore(answer.slot_of)
            insert_greedily(self.placing, greedy_order(self.placing))

    def raise_value(self) -> None:
        """Raise the total value until it is proven the greatest or this stage's share is spent."""
        placing, instance = self.placing, self.instance
        leg = self.effort.leg(VALUE)
        Filling(placing, self.chance).run(self.effort.leg(0.1), 5_000)
        if not placing.unplaced():
            self.bound_worth = placing.worth()
            return
        if leg.is_over():
            return
        self.bound_worth = choose(instance, leg, seed=self.seed).bound
        self.report("value")
        search = ValueSearch(placing, self.bound_worth, self.chance)
        search.run(leg, lambda: self.report("value"))
        self.bound_worth = search.bound
        insert_greedily(placing, greedy_order(placing))  # what is worth nothing, and fits all the same
        self.report("value")

    def close_gaps(self) -> None:
        """Move meetings together, round after round, telling how far it is."""
        search = GapSearch(self.placing, self.chance)
        leg = self.effort.leg(GAPS, most=search.enough)
        if self.effort.is_stopped():
            leg = Effort(LAST_TOUCH).leg(1)
        search.run(leg, lambda: self.report("gaps"))

    @property
    def bound(self) -> Fraction:
        """What no timetable is worth more than."""
        return in_values(self.instance, self.bound_worth)

    def assignments(self, tables: list[int], before: Mapping[int, int] | None = None) -> tuple[Assignment, ...]:
        """Return the timetable as assignments, by slot and table."""
        meetings, people = self.problem.meetings, self.problem.interpreters
        found = []
        for slot, inside in enumerate(self.placing.inside):
            interpreter = self.placing.interpreting.people(slot, sorted(inside), before or {})
            found += [
                Assignment(
                    meetings[meeting].id,
                    slot,
                    tables[meeting],
                    people[interpreter[meeting]].id if meeting in interpreter else None,
                )
                for meeting in inside
            ]
        return tuple(sorted(found, key=lambda it: (it.slot, it.table)))

    def solution(self, tables: list[int], before: Mapping[int, int] | None = None) -> Solution:
        """Return the timetable with its figures; none where a must is missing."""
        bound, elapsed = self.bound, self.effort.elapsed
        if not self.placing.has_all_musts():
            everything = tuple(meeting.id for meeting in self.problem.meetings)
            status = "infeasible" if self.is_infeasible else "stopped"
            return Solution((), everything, bound=bound, status=status, seconds=elapsed)
        assignments = self.assignments(tables, before)
        held = {assignment.meeting for assignment in assignments}
        days = days_of(self.problem, assignments)
        value = value_of(self.problem, assignments)
        return Solution(
            assignments=assignments,
            unscheduled=tuple(meeting.id for meeting in self.problem.meetings if meeting.id not in held),
            value=value,
            bound=max(bound, value),
            gaps=gaps(days),
            served=served(self.problem, assignments),
            table_changes=table_changes(days),
            status="optimal" if value >= bound else "feasible",
            seconds=elapsed,
        )

    def report(self, stage: str, tables: list[int] | None = None) -> None:
        """Tell where the run stands; tables are taken as they come where they are not known yet."""
        if self.tell is None:
            return
        found = self.solution(tables or Tables(self.instance, self.placing.slot_of).take())
        self.tell(
            Progress(
                stage,
                found.value,
                found.bound,
                found.gaps,
                found.served,
                found.table_changes,
                self.effort.elapsed,
                found,
            )
        )


def put_back(placing: Placing, earlier: Iterable[Assignment]) -> None:
    """Place each earlier assignment whose slot is still possible, in the order given."""
    number = {meeting.id: place for place, meeting in enumerate(placing.instance.problem.meetings)}
    for assignment in earlier:
        meeting = number.get(assignment.meeting)
        if meeting is None or placing.slot_of[meeting] != NOWHERE or not 0 <= assignment.slot < placing.instance.slots:
            continue
        if placing.fits(meeting, assignment.slot):
            placing.place(meeting, assignment.slot)
