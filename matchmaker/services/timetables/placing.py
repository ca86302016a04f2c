"""Changing a draft by hand: put in, move, swap, lock, take out. What would break a rule is refused at once, and why."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Origin
from matchmaker.domain.errors import Conflict, Invalid, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_, joined
from matchmaker.domain.permissions import Actor
from matchmaker.domain.timetables import Placement, Timetable, ordered
from matchmaker.services.timetables.board import Board, load_board
from matchmaker.services.timetables.candidates import may_meet
from matchmaker.services.timetables.checking import clashes
from matchmaker.services.timetables.drafting import get_draft
from matchmaker.services.timetables.seating import seating_of


def move_meeting(
    session: Session, actor: Actor, event: Event, placement_id: int, *, slot: int, table_id: int | None, version: int
) -> None:
    """Move a meeting of the draft to another slot or table; what stands there changes places with it.

    Raises:
        Forbidden: the actor does not run the event. NotFound: there is no such meeting in the draft.
        Invalid: no such slot or table. Conflict: it would break a rule, or the draft is not what the actor has seen.
    """
    draft, board, row = _open(session, actor, event, placement_id, version)
    _require_place(board, slot, table_id)
    if row.locked:
        raise Conflict(N_("这场洽谈已锁定，请先解锁再移动。"))
    there = _at(draft, slot, table_id) if board.tables else None
    if there is not None and there is not row:
        if there.locked:
            raise Conflict(N_("那里的洽谈已锁定，请先解锁，或换一个位置。"))
        _seat(board, draft, there, row.slot, row.table_id)
    _seat(board, draft, row, slot, table_id)
    _finish(session, board, draft, [row] if there is None else [row, there])


def add_meeting(
    session: Session,
    actor: Actor,
    event: Event,
    one_id: int,
    other_id: int,
    *,
    version: int,
    slot: int | None = None,
    table_id: int | None = None,
) -> Placement:
    """Put a meeting into the draft by hand: at a place, else at the first one where it breaks no rule. It is locked.

    Raises:
        Forbidden: the actor does not run the event. NotFound: one of the two does not come.
        Conflict: they are not to meet, meet already, or cannot at that place.
    """
    draft = get_draft(session, actor, event, version)
    board = load_board(session, event)
    one_id, other_id = ordered(one_id, other_id)
    if not {one_id, other_id} <= board.people.keys() or one_id == other_id:
        raise NotFound(N_("没有找到这位参会人。"))
    one, other = board.people[one_id], board.people[other_id]
    if not may_meet(session, event, one, other):
        raise Conflict(N_("这两位不能安排洽谈：是同一单位，或双方之间有谢绝或回避要求。"))
    if any((row.one_id, row.other_id) == (one_id, other_id) for row in draft.placements):
        raise Conflict(N_("这两位在草稿中已经有一场洽谈。"))
    row = Placement(one_id=one_id, other_id=other_id, origin=Origin.ORGANIZER, locked=True)
    row.one, row.other = one, other
    if slot is None:
        slot, table_id = _first_place(board, draft, row)
    _require_place(board, slot, table_id)
    if board.tables and _at(draft, slot, table_id) is not None:
        raise Conflict(N_("这个位置已经有一场洽谈，请换一个位置。"))
    _seat(board, draft, row, slot, table_id)
    draft.placements.append(row)
    _finish(session, board, draft, [row])
    return row


def remove_meeting(session: Session, actor: Actor, event: Event, placement_id: int, *, version: int) -> None:
    """Take a meeting out of the draft.

    Raises:
        Forbidden, NotFound, Conflict: as `move_meeting`.
    """
    draft, _, row = _open(session, actor, event, placement_id, version)
    if row.locked:
        raise Conflict(N_("这场洽谈已锁定，请先解锁再移出。"))
    draft.placements.remove(row)
    draft.version += 1
    session.flush()


def lock_meeting(
    session: Session, actor: Actor, event: Event, placement_id: int, *, locked: bool, version: int
) -> None:
    """Lock a meeting where it is, or unlock it.

    Raises:
        Forbidden, NotFound, Conflict: as `move_meeting`.
    """
    draft, _, row = _open(session, actor, event, placement_id, version)
    row.locked = locked
    draft.version += 1
    session.flush()


def _first_place(board: Board, draft: Timetable, row: Placement) -> tuple[int, int | None]:
    place = next(seating_of(board, draft.placements).places((row.one_id, row.other_id)), None)
    if place is None:
        raise Conflict(N_("没有可以安排的位置：双方没有共同的空闲时段，或这些时段的桌位、翻译都已排满。"))
    return place


def _open(
    session: Session, actor: Actor, event: Event, placement_id: int, version: int
) -> tuple[Timetable, Board, Placement]:
    draft = get_draft(session, actor, event, version)
    row = next((each for each in draft.placements if each.id == placement_id), None)
    if row is None:
        raise NotFound(N_("草稿中没有这场洽谈，它可能刚被移出。"))
    return draft, load_board(session, event), row


def _require_place(board: Board, slot: int, table_id: int | None) -> None:
    if not 0 <= slot < len(board.slots) or (bool(board.tables) and table_id not in board.place_of):
        raise Invalid(N_("请选择一个时段和桌位。"))


def _seat(board: Board, draft: Timetable, row: Placement, slot: int, table_id: int | None) -> None:
    row.slot, row.table_id = slot, table_id if board.tables else None
    if row.one_id in board.people and row.other_id in board.people:
        row.interpreter_id = _interpreter(board, draft, row, slot)


def _interpreter(board: Board, draft: Timetable, row: Placement, slot: int) -> int | None:
    """Who interprets: whoever did so far where he can, else the first who is free; None where nobody is needed."""
    free = seating_of(board, draft.placements, row).interpreters((row.one_id, row.other_id), slot) or []
    return row.interpreter_id if row.interpreter_id in free else next(iter(free), None)


def _at(draft: Timetable, slot: int, table_id: int | None) -> Placement | None:
    return next((row for row in draft.placements if (row.slot, row.table_id) == (slot, table_id)), None)


def _finish(session: Session, board: Board, draft: Timetable, rows: Sequence[Placement]) -> None:
    """Keep a change that breaks no rule for what it touches; otherwise nothing of it is kept."""
    pairs = {(row.one_id, row.other_id) for row in rows}
    session.flush()
    found = [clash.sentence for clash in clashes(session, board, draft) if pairs & set(clash.pairs)]
    if found:
        raise Conflict(joined(list(dict.fromkeys(found))[:3]))
    draft.version += 1
    session.flush()
