"""Every timetable of a tiny problem, tried one by one, and problems that hypothesis invents."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product

from hypothesis import strategies as st

from matchmaker.timetable.problem import Broker, Fixed, Interpreter, Meeting, Party, Problem

Place = tuple[int, int, str | None]
PEOPLE = ("alice", "bob", "carol", "dave")


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
        needs = {("party", party, slot) for party in meeting.parties} | {("table", table, slot)}
        needs |= {("interpreter", interpreter, slot)} if interpreter else set()
        needs |= {("broker", meeting.broker, slot)} if meeting.broker else set()
        if not needs & taken:
            yield from _from(problem, others, [*held, meeting], taken | needs, more, whole)


def fits(problem: Problem, meetings: Sequence[Meeting]) -> bool:
    """Whether all of the meetings can be held together."""
    return next(timetables(problem, meetings, whole=True), None) is not None


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
def problems(draw: st.DrawFn, *, musts: bool | None = None, most_meetings: int = 5) -> Problem:
    """Invent a tiny problem that uses everything; `musts`: all or none of its meetings must be held."""
    slots, tables = draw(st.integers(0, 3)), draw(st.integers(0, 2))
    some_slots = st.frozensets(st.integers(0, slots - 1), max_size=1) if slots else st.just(frozenset[int]())
    most = st.sampled_from([None, None, 0, 1, 2])
    parties = tuple(Party(name, draw(some_slots), draw(most)) for name in PEOPLE)
    olga = Interpreter("olga", frozenset({"ru"}), draw(some_slots))
    aigul = Interpreter("aigul", frozenset({"ru", "kk"}), draw(some_slots))
    peter = Broker("peter", draw(some_slots))
    fixed = st.none()
    if slots and tables:
        table = st.one_of(st.none(), st.integers(0, tables - 1))
        fixed = st.one_of(st.none(), st.none(), st.none(), st.builds(Fixed, st.integers(0, slots - 1), table))
    pair = st.sampled_from(list(combinations(PEOPLE, 2)))
    meetings = tuple(
        Meeting(
            id=f"m{number}",
            parties=draw(pair),
            value=draw(st.sampled_from([Fraction(0), Fraction(1), Fraction("2.5"), Fraction("0.125"), Fraction(3)])),
            must=draw(st.sampled_from([False, False, False, True])) if musts is None else musts,
            fixed=draw(fixed),
            language=draw(st.sampled_from([None, None, "ru", "kk"])),
            broker=draw(st.sampled_from([None, None, "peter"])),
        )
        for number in range(draw(st.integers(0, most_meetings)))
    )
    places = [(slot, table) for slot in range(slots) for table in range(tables)]
    closed = draw(st.frozensets(st.sampled_from(places), max_size=2)) if places else frozenset()
    vetoes = draw(st.sampled_from([frozenset(), frozenset({frozenset({"alice", "bob"})})]))
    return Problem(slots, tables, parties, meetings, (olga, aigul), (peter,), vetoes, closed)
