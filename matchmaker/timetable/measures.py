"""What a timetable is worth, in the figures that a solution states."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise

from matchmaker.timetable.problem import Assignment, Party, Problem, gaps_of


def value_of(problem: Problem, assignments: Iterable[Assignment]) -> Fraction:
    """Return the exact sum of the values of what is held."""
    held = {assignment.meeting for assignment in assignments}
    return sum((meeting.value for meeting in problem.meetings if meeting.id in held), Fraction(0))


def days_of(problem: Problem, assignments: Iterable[Assignment]) -> dict[str, list[tuple[int, int]]]:
    """Return each party's meetings as (slot, table), in the order of time; parties without any are left out."""
    parties = {meeting.id: meeting.parties for meeting in problem.meetings}
    days: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for assignment in assignments:
        for party in parties[assignment.meeting]:
            days[party].append((assignment.slot, assignment.table))
    return {party: sorted(day) for party, day in days.items()}


def gaps(days: Mapping[str, list[tuple[int, int]]]) -> int:
    """Return the empty slots between each party's first and last meeting, summed."""
    return sum(gaps_of(slot for slot, _ in day) for day in days.values())


def table_changes(days: Mapping[str, list[tuple[int, int]]]) -> int:
    """Return how often a party's next meeting is at another table, summed."""
    return sum(before != after for day in days.values() for (_, before), (_, after) in pairwise(day))


def shares(problem: Problem, assignments: Iterable[Assignment]) -> dict[str, Fraction]:
    """Return the share of its wished value that each party gets, 0 to 1.

    Wished is what is not vetoed. A party counts if it wishes something of value and could have a meeting at all: it is
    there in some slot, and its maximum is not 0.
    """
    held = {assignment.meeting for assignment in assignments}
    wished: dict[str, Fraction] = defaultdict(Fraction)
    got: dict[str, Fraction] = defaultdict(Fraction)
    for meeting in problem.meetings:
        for party in () if problem.is_vetoed(meeting) else meeting.parties:
            wished[party] += meeting.value
            got[party] += meeting.value if meeting.id in held else 0
    return {
        party.id: got[party.id] / wished[party.id]
        for party in problem.parties
        if wished[party.id] and can_meet(party, problem.slots)
    }


def served(problem: Problem, assignments: Iterable[Assignment]) -> Fraction:
    """Return the share that the worst-served party gets; 1 where no party counts."""
    return min(shares(problem, assignments).values(), default=Fraction(1))


def can_meet(party: Party, slots: int) -> bool:
    """Whether a party could have a meeting at all: it is there in some slot, and its maximum is not 0."""
    return party.max_meetings != 0 and any(slot not in party.unavailable for slot in range(slots))
