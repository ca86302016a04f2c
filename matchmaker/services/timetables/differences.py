"""What releasing a draft would change for those who have appointments, and for those who get some."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.timetables import Placement, Timetable
from matchmaker.services.timetables.board import Board
from matchmaker.services.timetables.building import is_open, standing


class ChangeKind(StrEnum):
    """What becomes of a meeting."""

    NEW = "new"
    MOVED = "moved"
    RESEATED = "reseated"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Change:
    """One meeting that changes: from `before`, which stands, to `after`, which is planned.

    `MOVED` is another time, `RESEATED` the same time at another table or with other staff.
    """

    kind: ChangeKind
    pair: tuple[int, int]
    before: Appointment | None
    after: Placement | None


def changes(session: Session, board: Board, draft: Timetable) -> list[Change]:
    """Return what releasing the draft would change, new meetings first; what is over stays out of it."""
    before = {(row.one_id, row.other_id): row for row in standing(session, board.event)}
    after = {(row.one_id, row.other_id): row for row in draft.placements}
    gone = [
        Change(ChangeKind.CANCELLED, pair, row, None)
        for pair, row in before.items()
        if pair not in after and is_open(board, row)
    ]
    found = [change for pair, row in after.items() if (change := _change(before.get(pair), row)) is not None]
    order = list(ChangeKind)
    return sorted([*found, *gone], key=lambda change: (order.index(change.kind), _slot(change), change.pair))


def concerned(found: Iterable[Change]) -> dict[int, list[Change]]:
    """Return each person's own changes, by registration."""
    people: dict[int, list[Change]] = {}
    for change in found:
        for person in change.pair:
            people.setdefault(person, []).append(change)
    return people


def stamp_of(session: Session, board: Board, draft: Timetable) -> str:
    """Return a mark of the draft and of everything that stands, which differs as soon as any of it has changed."""
    rows: Sequence[Appointment] = standing(session, board.event)
    parts = [f"{draft.id}.{draft.version}", *(f"{row.id}.{row.version}.{row.state}.{row.slot}" for row in rows)]
    return hashlib.sha256(" ".join(parts).encode()).hexdigest()[:20]


def _change(before: Appointment | None, after: Placement) -> Change | None:
    pair = after.one_id, after.other_id
    if before is None:
        return Change(ChangeKind.NEW, pair, None, after)
    if before.slot != after.slot:
        return Change(ChangeKind.MOVED, pair, before, after)
    places = [(row.table_id, row.interpreter_id, row.broker_id) for row in (before, after)]
    return None if places[0] == places[1] else Change(ChangeKind.RESEATED, pair, before, after)


def _slot(change: Change) -> int:
    row = change.after or change.before
    return row.slot if row is not None else 0
