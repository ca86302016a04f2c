"""An event as a problem for the solver: its board, who might meet whom at what worth, and what already stands."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import OCCUPYING, STANDING, Appointment, AppointmentState, Origin
from matchmaker.domain.events import Event
from matchmaker.domain.timetables import Placement, SolveMode
from matchmaker.services.timetables.board import Board
from matchmaker.services.timetables.candidates import Candidate, Pair, candidates, vetoes
from matchmaker.services.timetables.languages import language_between, languages_of
from matchmaker.services.timetables.worth import scale_of
from matchmaker.timetable.problem import Assignment, Broker, Fixed, Interpreter, Meeting, Party, Problem, Solution

OWN = (Origin.SELF, Origin.ROADSHOW)
"""Origins of appointments that people made themselves: no timetable moves them."""
BY_HAND = (*OWN, Origin.ORGANIZER)


@dataclass(frozen=True)
class Plan:
    """A board with everything that is to be held on it, as the solver's problem. Ids there are `key(pair)`.

    `passed` are the pairs whose meeting is over or running: they meet no more. `loose` are pairs that should stay
    where they are but cannot, because somebody is not to be had then.
    """

    board: Board
    candidates: Mapping[Pair, Candidate]
    problem: Problem
    passed: frozenset[Pair]
    loose: frozenset[Pair]

    def pair_of(self, meeting: str) -> Pair:
        """Return whose meeting an id of the problem is."""
        one, _, other = meeting.partition("-")
        return int(one), int(other)


def key(pair: Pair) -> str:
    """Return the id of a pair's meeting."""
    return f"{pair[0]}-{pair[1]}"


def party_key(registration_id: int) -> str:
    """Return the id of a person in the problem."""
    return f"p{registration_id}"


def staff_key(staff_id: int | None) -> str | None:
    """Return the id of a member of the staff in the problem."""
    return None if staff_id is None else f"s{staff_id}"


def staff_id_of(name: str | None) -> int | None:
    """Return the member of the staff whom an id of the problem means."""
    return None if name is None else int(name.removeprefix("s"))


def standing(session: Session, event: Event) -> list[Appointment]:
    """Return the appointments that hold their pair's place, in order."""
    rows = sa.select(Appointment).where(Appointment.event_id == event.id, Appointment.state.in_(STANDING))
    return list(session.scalars(rows.order_by(Appointment.slot, Appointment.id)))


def is_open(board: Board, appointment: Appointment) -> bool:
    """Whether an appointment still lies ahead, so that a timetable may plan with it."""
    return appointment.state in OCCUPYING and appointment.starts_at > board.now


def build(
    session: Session,
    board: Board,
    mode: str,
    placements: Collection[Placement] = (),
    wanted: Mapping[Pair, Candidate] | None = None,
) -> Plan:
    """Return the plan of an event: of who might meet (`wanted`, else everybody whom something speaks for).

    Fixed are the appointments that people made themselves, what is locked, in the present draft too, and with
    `SolveMode.FILL` all that stands in the draft. What cannot stay where it is fixed is let loose instead of making
    everything impossible.
    """
    appointments = standing(session, board.event)
    passed = frozenset((row.one_id, row.other_id) for row in appointments if not is_open(board, row))
    # What two people have booked or asked for themselves ends by their own word only: a timetable that took it away
    # because of somebody's no would tell.
    never = vetoes(session, board) - {(row.one_id, row.other_id) for row in appointments if _is_own(row)}
    wanted = candidates(session, board) if wanted is None else wanted
    found = {pair: row for pair, row in wanted.items() if pair not in passed}
    fixed = _fixed(board, appointments, placements, mode)
    fixed = {pair: place for pair, place in fixed.items() if pair not in passed and pair not in never}
    held = {row.pair: row for row in _held(board, appointments, placements)}
    for pair in held.keys() - found.keys() - passed - never:
        if pair in fixed or mode == SolveMode.REPAIR:
            found[pair] = held[pair]
    kept = {pair: place for pair, place in fixed.items() if pair in found and _can_stay(board, found[pair], place)}
    found = _as_held(board, found, held)
    meetings = _meetings(board, found, kept)
    used = Counter(person for pair in passed for person in pair)
    return Plan(
        board=board,
        candidates=found,
        problem=_problem(board, meetings, never, used),
        passed=passed,
        loose=frozenset(fixed.keys() - kept.keys()) & found.keys(),
    )


def solution_of(plan: Plan, rows: Iterable[tuple[Pair, int, int | None, int | None]]) -> Solution:
    """Return (pair, slot, table, interpreter) as a timetable of the plan's problem, but for what that does not know."""
    known = {meeting.id for meeting in plan.problem.meetings}
    assignments = []
    online: Counter[int] = Counter()
    for pair, slot, table_id, interpreter_id in rows:
        at = plan.board.place_of.get(table_id or 0) if plan.board.tables else online[slot]
        if key(pair) in known and at is not None:
            online[slot] += 1
            interpreter = staff_key(interpreter_id)
            assignments.append(Assignment(key(pair), slot, at, interpreter))
    held = {assignment.meeting for assignment in assignments}
    return Solution(tuple(assignments), tuple(sorted(known - held)))


def _problem(board: Board, meetings: tuple[Meeting, ...], never: frozenset[Pair], used: Mapping[int, int]) -> Problem:
    needed = frozenset(meeting.language for meeting in meetings if meeting.language is not None)
    return Problem(
        slots=len(board.slots),
        tables=board.places,
        parties=tuple(
            Party(
                party_key(person.id), board.busy[person.id], _most(board, person.max_meetings, used.get(person.id, 0))
            )
            for person in board.people.values()
        ),
        meetings=meetings,
        interpreters=tuple(
            Interpreter(f"s{each.id}", languages_of(each, needed), board.staff_busy[each.id])
            for each in board.interpreters
        ),
        brokers=tuple(Broker(f"s{each.id}", board.staff_busy[each.id]) for each in board.brokers),
        vetoes=frozenset(frozenset(map(party_key, pair)) for pair in never),
        closed=board.closed,
    )


def _most(board: Board, most: int | None, used: int) -> int | None:
    return None if most is None else max(0, most - used)


def _meetings(board: Board, found: Mapping[Pair, Candidate], kept: Mapping[Pair, Fixed]) -> tuple[Meeting, ...]:
    free = [len(board.slots) - len(board.busy[person]) for person in board.people]
    most = min(len(board.slots) * board.places, sum(free) // 2)
    scale = scale_of([row.claim for row in found.values()], most)
    return tuple(
        Meeting(
            id=key(pair),
            parties=(party_key(pair[0]), party_key(pair[1])),
            value=scale.worth(row.claim),
            must=row.must or pair in kept,
            fixed=kept.get(pair),
            language=language_between(board.people[pair[0]], board.people[pair[1]], board.interpreters),
            broker=staff_key(row.broker_id),
        )
        for pair, row in sorted(found.items())
    )


def _fixed(
    board: Board, appointments: Iterable[Appointment], placements: Iterable[Placement], mode: str
) -> dict[Pair, Fixed]:
    fixed = {}
    for placement in placements:
        if placement.locked or mode == SolveMode.FILL:
            pair = placement.one_id, placement.other_id
            fixed[pair] = Fixed(placement.slot, board.place_of.get(placement.table_id or 0))
    for row in appointments:
        if row.locked or _is_own(row):
            fixed[row.one_id, row.other_id] = Fixed(row.slot, board.place_of.get(row.table_id or 0))
    return {pair: place for pair, place in fixed.items() if board.people.keys() >= set(pair)}


def _is_own(row: Appointment) -> bool:
    return row.origin in OWN or row.state == AppointmentState.ASKED


def _held(board: Board, appointments: Iterable[Appointment], placements: Iterable[Placement]) -> Iterable[Candidate]:
    """What stands although nobody (any more) wishes it: a meeting that somebody set by hand or asked for himself."""
    rows: list[Appointment | Placement] = [*appointments, *placements]
    for row in rows:
        pair = row.one_id, row.other_id
        if board.people.keys() >= set(pair):
            yield Candidate(pair, match_id=row.match_id, broker_id=row.broker_id, source=row.origin)


def _can_stay(board: Board, row: Candidate, place: Fixed) -> bool:
    if any(place.slot in board.busy[person] for person in row.pair) or place.slot >= len(board.slots):
        return False
    return place.table is None or (place.slot, place.table) not in board.closed


def _as_held(board: Board, found: Mapping[Pair, Candidate], held: Mapping[Pair, Candidate]) -> dict[Pair, Candidate]:
    """Keep what was made by hand known as such, and each meeting's broker; where one was asked for, give it a broker.

    That is whoever has the fewest meetings so far; brokers who are no longer there are dropped.
    """
    known = [broker.id for broker in board.brokers]
    before = {pair: row.broker_id or (held[pair].broker_id if pair in held else None) for pair, row in found.items()}
    load = Counter(before.values())
    given = {}
    for pair, row in sorted(found.items()):
        broker_id = before[pair] if before[pair] in known else None
        if broker_id is None and row.with_broker and known:
            broker_id = min(known, key=lambda each: (load[each], each))
            load[broker_id] += 1
        source = held[pair].source if pair in held and held[pair].source in BY_HAND else row.source
        given[pair] = replace(row, broker_id=broker_id, source=source)
    return given
