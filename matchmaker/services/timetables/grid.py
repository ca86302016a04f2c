"""The grid of a timetable, slot by table, as those who run the event see it: a draft, or what stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.events import EventTable
from matchmaker.domain.language import Sentence
from matchmaker.domain.registrations import Registration
from matchmaker.domain.slots import Slot, overlaps
from matchmaker.domain.timetables import Placement, Timetable
from matchmaker.services.timetables.board import Board
from matchmaker.services.timetables.building import standing
from matchmaker.services.timetables.candidates import Pair
from matchmaker.services.timetables.checking import by_pair, clashes, standing_clashes


@dataclass(frozen=True, slots=True)
class GridMeeting:
    """One meeting: `id` is its placement in a draft, else its appointment; `clashes` say what is wrong with it."""

    id: int
    one: Registration
    other: Registration
    slot: int
    table_id: int | None
    origin: str
    locked: bool
    interpreter: str | None
    broker: str | None
    clashes: tuple[Sentence, ...] = ()
    state: str | None = None

    @property
    def pair(self) -> Pair:
        """Whose meeting it is."""
        return self.one.id, self.other.id


@dataclass(frozen=True, slots=True)
class GridCell:
    """One table in one slot; `is_closed` where it cannot be used. Online all meetings of a slot are in one cell."""

    slot: int
    table_id: int | None
    is_closed: bool
    meetings: tuple[GridMeeting, ...]


@dataclass(frozen=True, slots=True)
class GridRow:
    """One slot; `agenda` names what leaves nobody free in it, `has_begun` where nothing can be planned any more."""

    slot: Slot
    agenda: str
    has_begun: bool
    cells: tuple[GridCell, ...]

    @property
    def meetings(self) -> tuple[GridMeeting, ...]:
        """Everything that is held in the slot."""
        return tuple(meeting for cell in self.cells for meeting in cell.meetings)


@dataclass(frozen=True, slots=True)
class Grid:
    """The whole timetable; `loose` are meetings without a place on it, `busy` each person's own blocked slots."""

    tables: tuple[EventTable, ...]
    rows: tuple[GridRow, ...]
    loose: tuple[GridMeeting, ...]
    busy: Mapping[int, tuple[int, ...]]
    clashing: int

    @property
    def meetings(self) -> tuple[GridMeeting, ...]:
        """Everything that is planned."""
        return (*(meeting for row in self.rows for meeting in row.meetings), *self.loose)


def draft_grid(session: Session, board: Board, draft: Timetable) -> Grid:
    """Return the grid of a draft, with what is wrong with each meeting."""
    return _grid(board, _meetings(session, board, draft.placements, by_pair(clashes(session, board, draft))))


def standing_grid(session: Session, board: Board) -> Grid:
    """Return the grid of the appointments that stand, those that are only asked for included."""
    rows = standing(session, board.event)
    return _grid(board, _meetings(session, board, rows, by_pair(standing_clashes(session, board))))


def _meetings(
    session: Session,
    board: Board,
    rows: Sequence[Placement] | Sequence[Appointment],
    wrong: Mapping[Pair, Sequence[Sentence]],
) -> list[GridMeeting]:
    people, staff = _people(session, board, rows), _staff(board)
    return [
        GridMeeting(
            row.id,
            people[row.one_id],
            people[row.other_id],
            row.slot,
            row.table_id,
            row.origin,
            row.locked,
            staff.get(row.interpreter_id or 0),
            staff.get(row.broker_id or 0),
            tuple(wrong.get((row.one_id, row.other_id), ())),
            row.state if isinstance(row, Appointment) else None,
        )
        for row in rows
    ]


def _grid(board: Board, meetings: list[GridMeeting]) -> Grid:
    seats: list[int | None] = [table.id for table in board.tables] or [None]
    at: dict[tuple[int, int | None], list[GridMeeting]] = {}
    for meeting in meetings:
        at.setdefault((meeting.slot, meeting.table_id), []).append(meeting)
    rows = tuple(
        GridRow(
            slot=slot,
            agenda=_agenda(board, slot),
            has_begun=slot.starts_at <= board.now,
            cells=tuple(
                GridCell(
                    slot.number, seat, not board.is_open(slot.number, seat), tuple(at.pop((slot.number, seat), ()))
                )
                for seat in seats
            ),
        )
        for slot in board.slots
    )
    loose = tuple(meeting for rest in at.values() for meeting in rest)
    own = {person: tuple(sorted(slots - board.blocked)) for person, slots in board.busy.items()}
    clashing = sum(bool(meeting.clashes) for meeting in meetings)
    return Grid(board.tables, rows, loose, {person: slots for person, slots in own.items() if slots}, clashing)


def _agenda(board: Board, slot: Slot) -> str:
    if slot.number not in board.blocked:
        return ""
    return next(
        item.title
        for item in board.event.agenda
        if item.blocking and overlaps(slot.span, (item.starts_at, item.ends_at))
    )


def _people(session: Session, board: Board, rows: Iterable[Placement | Appointment]) -> dict[int, Registration]:
    """Everybody on the board, and those who have left it since but still stand in a timetable."""
    named = {person for row in rows for person in (row.one_id, row.other_id)}
    gone = named - board.people.keys()
    people = dict(board.people)
    if gone:
        query = sa.select(Registration).where(Registration.id.in_(gone))
        left = session.scalars(query.options(selectinload(Registration.organization)))
        people |= {person.id: person for person in left}
    return people


def _staff(board: Board) -> dict[int, str]:
    return {each.id: each.name for each in (*board.interpreters, *board.brokers)}
