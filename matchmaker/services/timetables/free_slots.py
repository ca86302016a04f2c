"""Where two people can still meet: slots in which both are free, and the tables and interpreters that are left in them.

What is free now may be taken the next moment: booking (see booking.py) lets the database decide.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Occupancy
from matchmaker.domain.events import Event, EventStaff
from matchmaker.domain.registrations import Registration
from matchmaker.services.timetables.board import Board
from matchmaker.services.timetables.languages import BOTH, language_between

Used = frozenset[tuple[int, str]]
"""What is occupied: slot and resource, such as `table:7`."""


def taken_slots(session: Session, event: Event, registration_ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Return, by registration, the slots in which each of these people has an appointment or holds one open."""
    names = {f"person:{registration}": registration for registration in registration_ids}
    rows = session.execute(
        sa.select(Occupancy.resource, Occupancy.slot).where(
            Occupancy.event_id == event.id, Occupancy.resource.in_(names.keys())
        )
    )
    found: dict[int, set[int]] = {registration: set() for registration in registration_ids}
    for resource, slot in rows:
        found[names[resource]].add(slot)
    return {registration: frozenset(slots) for registration, slots in found.items()}


def common_slots(session: Session, board: Board, own: Registration, other: Registration) -> list[int]:
    """Return the slots in which two people are both free and a table (and an interpreter they need) is left."""
    taken = taken_slots(session, board.event, (own.id, other.id))
    busy = board.busy[own.id] | board.busy[other.id] | taken[own.id] | taken[other.id]
    used = used_in(session, board.event)
    return [
        slot.number
        for slot in board.slots
        if slot.number not in busy
        and free_tables(board, slot.number, used)
        and free_interpreters(board, own, other, slot.number, used) is not None
    ]


def free_tables(board: Board, slot: int, used: Used) -> list[int]:
    """Return the ids of the tables that are open and free in a slot, [0] where the event has no tables."""
    if not board.tables:
        return [0]
    return [
        table.id for table in board.tables if board.is_open(slot, table.id) and (slot, f"table:{table.id}") not in used
    ]


def free_interpreters(
    board: Board, one: Registration, other: Registration, slot: int, used: Used
) -> list[EventStaff] | None:
    """Those who could interpret for two people in a slot: empty where they need nobody, None where nobody is free."""
    language = language_between(one, other, board.interpreters)
    if language is None:
        return []
    needed = set(language.split(BOTH))
    free = [
        each
        for each in board.interpreters
        if needed <= set(each.languages)
        and slot not in board.staff_busy[each.id]
        and (slot, f"staff:{each.id}") not in used
    ]
    return free or None


def used_in(session: Session, event: Event) -> Used:
    """Return what is occupied at an event."""
    rows = session.execute(sa.select(Occupancy.slot, Occupancy.resource).where(Occupancy.event_id == event.id))
    return frozenset((slot, resource) for slot, resource in rows)
