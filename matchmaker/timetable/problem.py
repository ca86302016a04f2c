"""A timetable's problem and its solution, as plain data: who is to meet whom, when and where that is possible.

Slots and tables are counted from 0. Ids are the caller's own. Two meetings overlap exactly when they share a slot.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Party:
    """One who meets others, in one place at a time; `max_meetings` None is as many as there are slots."""

    id: str
    unavailable: frozenset[int] = frozenset()
    max_meetings: int | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """Where a meeting must be: in this slot, and at this table where one is named."""

    slot: int
    table: int | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two parties who are to meet once. `must` is hard; every other meeting may stay out of the timetable.

    `value` is what it is worth to have it (0 or more). With a `language` it needs one interpreter who has it, with a
    `broker` that broker. A `fixed` meeting is held there or not at all; with `must` it is held there.
    """

    id: str
    parties: tuple[str, str]
    value: Fraction = Fraction(1)
    must: bool = False
    fixed: Fixed | None = None
    language: str | None = None
    broker: str | None = None


@dataclass(frozen=True, slots=True)
class Interpreter:
    """One who interprets at one table at a time, between Chinese and each of `languages`."""

    id: str
    languages: frozenset[str]
    unavailable: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Broker:
    """One who sits in on the meetings that name him, one at a time."""

    id: str
    unavailable: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything the solver knows. `vetoes` are unordered pairs of parties who are never to meet.

    `closed` are pairs (slot, table) that cannot be used: a table that broke, a room that opens later.
    """

    slots: int
    tables: int
    parties: tuple[Party, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    interpreters: tuple[Interpreter, ...] = ()
    brokers: tuple[Broker, ...] = ()
    vetoes: frozenset[frozenset[str]] = frozenset()
    closed: frozenset[tuple[int, int]] = frozenset()

    def is_vetoed(self, meeting: Meeting) -> bool:
        """Whether its two parties are never to meet."""
        return frozenset(meeting.parties) in self.vetoes


@dataclass(frozen=True, slots=True)
class Assignment:
    """A meeting in its slot, at its table, with its interpreter where it needs one."""

    meeting: str
    slot: int
    table: int
    interpreter: str | None = None


@dataclass(frozen=True, slots=True)
class Solution:
    """A timetable and what is known of it.

    `value` sums the scheduled meetings; `bound` is a proven upper bound of `value` alone. `gaps` are the empty slots
    between a party's first and last meeting, summed over parties. `served` is the share of his wished value that the
    worst-served party gets (0 to 1). `table_changes` counts, over parties, consecutive meetings at different tables.
    `status` is "optimal" (the value is proven the greatest), "feasible", "infeasible" or "stopped" (nothing found yet).
    """

    assignments: tuple[Assignment, ...] = ()
    unscheduled: tuple[str, ...] = ()
    value: Fraction = Fraction(0)
    bound: Fraction = Fraction(0)
    gaps: int = 0
    served: Fraction = Fraction(0)
    table_changes: int = 0
    status: str = "feasible"
    seconds: float = 0.0
    conflict: tuple[str, ...] = field(default=())

    @property
    def gap_to_bound(self) -> float:
        """How far `value` may be from the greatest one, as a share of the bound (0 is proven optimal)."""
        return float((self.bound - self.value) / self.bound) if self.bound else 0.0


def gaps_of(slots: Iterable[int]) -> int:
    """Return the empty slots between the first and the last of a party's `slots`."""
    held = set(slots)
    return max(held) - min(held) + 1 - len(held) if held else 0
