"""Every timetable of a tiny problem, tried one by one, and problems that hypothesis invents."""

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product

from hypothesis import strategies as st

from matchmaker.timetable.problem import Broker, Fixed, Interpreter, Meeting, Party, Problem

Place = tuple[int, int, str | None]
PEOPLE = ("alice", "bob", "carol", "dave")
PAIRS = list(combinations(PEOPLE, 2))


def places(problem: Problem, meeting: Meeting) -> list[Place]:
    """Return where a meeting could be by itself: slot, table and interpreter."""
    parties = {party.id: party for party in problem.parties}
    brokers = {broker.id: broker for broker in problem.brokers}
    away = set().union(*(parties[each].unavailable for each in meeting.parties))
    away |= brokers[meeting.broker].unavailable if meeting.broker else set()
    found = []
    for slot, table in product(range(problem.slots), range(problem.tables)):
        fixed = meeting.fixed
        if slot in away or (slot, table) in problem.closed or problem.is_vetoed(meeting):
            continue
        if fixed and (fixed.slot != slot or fixed.table not in (None, table)):
            continue
        if meeting.language is None:
            found.append((slot, table, None))
        for each in problem.interpreters if meeting.language else ():
            if meeting.language in each.languages and slot not in each.unavailable:
                found.append((slot, table, each.id))
    return found


def timetables(problem: Problem, meetings: Sequence[Meeting], *, whole: bool = False) -> Iterator[list[Meeting]]:
    """Yield what each possible timetable of the meetings holds; `whole`: only those that hold all of them."""
    yield from _from(problem, meetings, [], set(), {}, whole)


def _from(
    problem: Problem, rest: Sequence[Meeting], held: list[Meeting], taken: set[tuple[str, object, int]],
    count: dict[str, int], whole: bool,
) -> Iterator[list[Meeting]]:  # fmt: skip
    if not rest:
        yield held
        return
    meeting, *others = rest
    if not whole:
        yield from _from(problem, others, held, taken, count, whole)
    most = {party.id: party.max_meetings for party in problem.parties}
    more = {**count, **{party: count.get(party, 0) + 1 for party in meeting.parties}}
    if any(most[party] is not None and more[party] > most[party] for party in meeting.parties):
        return
    for slot, table, interpreter in places(problem, meeting):
        needs = _needs(meeting, slot, table, interpreter)
        if not needs & taken:
            yield from _from(problem, others, [*held, meeting], taken | needs, more, whole)


def _needs(meeting: Meeting, slot: int, table: int, interpreter: str | None) -> set[tuple[str, object, int]]:
    needs: set[tuple[str, object, int]] = {("party", party, slot) for party in meeting.parties}
    needs |= {("table", table, slot)}
    needs |= {("interpreter", interpreter, slot)} if interpreter else set()
    return needs | ({("broker", meeting.broker, slot)} if meeting.broker else set())


def fits(problem: Problem, meetings: Sequence[Meeting]) -> bool:
    """Whether all of the meetings can be held together."""
    return next(timetables(problem, meetings, whole=True), None) is not None


def is_right(problem: Problem, rows: Sequence[tuple[Meeting, Place]]) -> bool:
    """Whether meetings at these places break no rule; musts that are missing are not looked at."""
    taken: set[tuple[str, object, int]] = set()
    for meeting, (slot, table, interpreter) in rows:
        needs = _needs(meeting, slot, table, interpreter)
        if (slot, table, interpreter) not in places(problem, meeting) or needs & taken:
            return False
        taken |= needs
    held = [party for meeting, _place in rows for party in meeting.parties]
    return all(party.max_meetings is None or held.count(party.id) <= party.max_meetings for party in problem.parties)


def smallest_conflict(problem: Problem) -> int | None:
    """Return how many must meetings the smallest conflict has, or None where all musts fit."""
    musts = [meeting for meeting in problem.meetings if meeting.must]
    sizes = (size for size in range(1, len(musts) + 1) for some in combinations(musts, size) if not fits(problem, some))
    return next(sizes, None)


def best_value(problem: Problem) -> Fraction | None:
    """Return the greatest value of a timetable with all musts, or None where there is no such timetable."""
    musts = {meeting.id for meeting in problem.meetings if meeting.must}
    values = [
        sum((meeting.value for meeting in held), Fraction(0))
        for held in timetables(problem, problem.meetings)
        if musts <= {meeting.id for meeting in held}
    ]
    return max(values, default=None)


@st.composite
def chances(draw: st.DrawFn) -> random.Random:
    """Draw a source of chance: hypothesis chooses the seed, not each number, lest most of them become 0."""
    return random.Random(draw(st.integers(0, 2**32)))


@st.composite
def problems(draw: st.DrawFn, *, musts: bool | None = None, most_meetings: int = 5) -> Problem:
    """Invent a tiny problem that uses everything; `musts`: all of its meetings must be held."""
    chance = draw(chances())
    slots, tables = chance.choice([0, 1, 2, 2, 3, 3, 3]), chance.choice([0, 1, 2, 2, 2])
    places = [(slot, table) for slot in range(slots) for table in range(tables)]

    def away() -> frozenset[int]:
        return frozenset(slot for slot in range(slots) if chance.random() < 0.2)

    def fixed() -> Fixed | None:
        slot, table = chance.choice(places) if places else (0, 0)
        return Fixed(slot, chance.choice([None, table])) if places and chance.random() < 0.2 else None

    meetings = tuple(
        Meeting(
            id=f"m{number}",
            parties=chance.choice(PAIRS),
            value=Fraction(chance.choice(["0", "1", "2.5", "0.125", "3"])),
            must=chance.random() < 0.1 if musts is None else musts,
            fixed=fixed(),
            language=chance.choice([None, None, None, "ru", "kk"]),
            broker=chance.choice([None, None, "peter"]),
        )
        for number in range(chance.randint(0, most_meetings))
    )
    return Problem(
        slots,
        tables,
        tuple(Party(name, away(), chance.choice([None, None, None, None, 0, 1, 2])) for name in PEOPLE),
        meetings,
        (Interpreter("olga", frozenset({"ru"}), away()), Interpreter("aigul", frozenset({"ru", "kk"}), away())),
        (Broker("peter", away()),),
        frozenset({frozenset(chance.choice(PAIRS))}) if chance.random() < 0.3 else frozenset(),
        frozenset(place for place in places if chance.random() < 0.15),
    )
