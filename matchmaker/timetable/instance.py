"""A problem made ready for search: numbers for ids, bit masks for slots, whole numbers for values.

A *node* is whatever can be in one meeting at a time: a party, a broker, or a table that somebody fixed in one slot. A
meeting has two nodes or more, so one rule (no node twice in a slot) holds all of them apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor, lcm

from matchmaker.timetable.problem import Broker, Meeting, Party, Problem

LARGEST_TOTAL = 2**40
"""Whole-number values sum to this at most, so that every model's sums stay far below 2^63."""


@dataclass(frozen=True)
class Instance:
    """The problem in numbers. Meetings, nodes and languages are counted from 0; bit t of a mask is slot t."""

    problem: Problem
    slots: int
    nodes: tuple[tuple[int, ...], ...]
    """Of each meeting: its two parties, its broker, its fixed table."""
    allowed: tuple[int, ...]
    """Of each meeting: the slots where it can be held if nothing else is."""
    worth: tuple[int, ...]
    """Of each meeting: its value in units of 1 / `scale`, rounded down."""
    scale: Fraction
    musts: frozenset[int]
    language: tuple[int, ...]
    """Of each meeting: the language it needs an interpreter for, or -1."""
    limits: tuple[int, ...]
    """Of each node: how many meetings it can have."""
    free: tuple[int, ...]
    """Of each node: the slots in which it is there."""
    room: tuple[int, ...]
    """Of each slot: how many tables are open."""
    interpreters: tuple[tuple[int, int], ...]
    """Of each interpreter: languages and slots, as masks."""
    languages: int
    parties: int
    """The first nodes are the parties, in the problem's order."""

    @cached_property
    def options(self) -> tuple[tuple[int, ...], ...]:
        """Of each meeting: its allowed slots, in order."""
        slots = {mask: tuple(bits(mask)) for mask in set(self.allowed)}
        return tuple(slots[mask] for mask in self.allowed)

    @cached_property
    def weight(self) -> tuple[int, ...]:
        """Of each meeting: its worth, and for a must more than all others together."""
        above = sum(self.worth) + 1
        return tuple(worth + above * (meeting in self.musts) for meeting, worth in enumerate(self.worth))

    @cached_property
    def meetings_of(self) -> tuple[tuple[int, ...], ...]:
        """Of each node: its meetings that can be held at all."""
        found: list[list[int]] = [[] for _ in self.limits]
        for meeting, nodes in enumerate(self.nodes):
            for node in nodes if self.allowed[meeting] else ():
                found[node].append(meeting)
        return tuple(map(tuple, found))

    @cached_property
    def crews(self) -> tuple[int, ...]:
        """Of each slot: the interpreters who are there, as a mask."""
        return tuple(
            sum(1 << person for person, (_, slots) in enumerate(self.interpreters) if slots >> slot & 1)
            for slot in range(self.slots)
        )


def bits(mask: int) -> Iterator[int]:
    """Yield the places of the bits that are set, lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def ready(problem: Problem) -> Instance:
    """Return the problem in numbers. A meeting that can be held nowhere has no allowed slot."""
    return _Making(problem).instance()


class _Making:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.every = (1 << problem.slots) - 1
        people: list[Party | Broker] = [*problem.parties, *problem.brokers]
        self.free = [self.without(person.unavailable) for person in people]
        self.limits = [
            _limit(party.max_meetings, free) for party, free in zip(problem.parties, self.free, strict=False)
        ]
        self.limits += [free.bit_count() for free in self.free[len(problem.parties) :]]
        self.party = {party.id: place for place, party in enumerate(problem.parties)}
        self.broker = {broker.id: len(problem.parties) + place for place, broker in enumerate(problem.brokers)}
        self.seat: dict[tuple[int, int], int] = {}
        self.language = {code: place for place, code in enumerate(_languages(problem.meetings))}
        self.interpreters = tuple(
            (self.spoken(person.languages), self.without(person.unavailable)) for person in problem.interpreters
        )
        shut = [len({table for at, table in problem.closed if at == slot}) for slot in range(problem.slots)]
        self.room = tuple(max(0, problem.tables - count) for count in shut)

    def without(self, unavailable: Iterable[int]) -> int:
        return self.every & ~sum(1 << slot for slot in set(unavailable) if slot >= 0)

    def spoken(self, languages: Iterable[str]) -> int:
        return sum(1 << self.language[code] for code in set(languages) if code in self.language)

    def instance(self) -> Instance:
        meetings = self.problem.meetings
        nodes = tuple(self.nodes(meeting) for meeting in meetings)
        scale = _scale([meeting.value for meeting in meetings])
        return Instance(
            problem=self.problem,
            slots=self.problem.slots,
            nodes=nodes,
            allowed=tuple(self.allowed(meeting, of) for meeting, of in zip(meetings, nodes, strict=True)),
            worth=tuple(floor(meeting.value * scale) for meeting in meetings),
            scale=scale,
            musts=frozenset(place for place, meeting in enumerate(meetings) if meeting.must),
            language=tuple(-1 if meeting.language is None else self.language[meeting.language] for meeting in meetings),
            limits=tuple(self.limits),
            free=tuple(self.free),
            room=self.room,
            interpreters=self.interpreters,
            languages=len(self.language),
            parties=len(self.problem.parties),
        )

    def nodes(self, meeting: Meeting) -> tuple[int, ...]:
        nodes = [self.party[party] for party in meeting.parties]
        if meeting.broker is not None:
            nodes.append(self.broker[meeting.broker])
        if meeting.fixed is not None and meeting.fixed.table is not None:
            nodes.append(self.table(meeting.fixed.slot, meeting.fixed.table))
        return tuple(nodes)

    def table(self, slot: int, table: int) -> int:
        if (slot, table) not in self.seat:
            self.seat[slot, table] = len(self.free)
            is_open = 0 <= table < self.problem.tables and (slot, table) not in self.problem.closed
            self.free.append(self.every & (1 << slot) if is_open else 0)
            self.limits.append(int(is_open))
        return self.seat[slot, table]

    def allowed(self, meeting: Meeting, nodes: Iterable[int]) -> int:
        mask = self.every
        for node in nodes:
            mask &= self.free[node] if self.limits[node] else 0
        if meeting.fixed is not None:
            mask &= 1 << meeting.fixed.slot
        if self.problem.is_vetoed(meeting):
            return 0
        return sum(1 << slot for slot in bits(mask) if self.room[slot] and self.is_understood(meeting, slot))

    def is_understood(self, meeting: Meeting, slot: int) -> bool:
        if meeting.language is None:
            return True
        language = self.language[meeting.language]
        return any(spoken >> language & 1 and there >> slot & 1 for spoken, there in self.interpreters)


def _limit(most: int | None, free: int) -> int:
    return free.bit_count() if most is None else min(max(0, most), free.bit_count())


def _languages(meetings: Iterable[Meeting]) -> list[str]:
    return sorted({meeting.language for meeting in meetings if meeting.language is not None})


def _scale(values: list[Fraction]) -> Fraction:
    """Return by how much to multiply values: to whole numbers exactly where their sum stays small enough."""
    total = sum(values, Fraction(0))
    exact = lcm(*(value.denominator for value in values)) if values else 1
    if total * exact <= LARGEST_TOTAL:
        return Fraction(exact)
    return Fraction(LARGEST_TOTAL) / total
