"""What an appointment takes: its two people, its table, its interpreter and broker, each once in a slot.

The database's unique rows decide, whoever tries, in whichever process.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import OCCUPYING, Appointment, Occupancy


def resources_of(row: Appointment) -> list[str]:
    """Return all that an appointment takes; people first and in order, so that two who try never wait in a ring."""
    people = [f"person:{registration}" for registration in sorted((row.one_id, row.other_id))]
    table = [f"table:{row.table_id}"] if row.table_id is not None else []
    staff = [f"staff:{staff}" for staff in sorted({row.interpreter_id, row.broker_id} - {None})]  # type: ignore[type-var]
    return people + table + staff


def occupy(session: Session, row: Appointment) -> None:
    """Take everything that an appointment of an occupying state needs, at once.

    Raises:
        IntegrityError: something of it is taken in that slot.
    """
    for resource in resources_of(row):
        take(session, row, resource)


def take(session: Session, row: Appointment, resource: str) -> None:
    """Take one resource in an appointment's slot.

    Raises:
        IntegrityError: it is taken.
    """
    values = {"event_id": row.event_id, "slot": row.slot, "resource": resource, "appointment_id": row.id}
    session.execute(sa.insert(Occupancy).values(**values))


def set_free(session: Session, row: Appointment) -> None:
    """Give back everything that an appointment holds."""
    session.execute(sa.delete(Occupancy).where(Occupancy.appointment_id == row.id))


def occupy_anew(session: Session, rows: list[Appointment]) -> None:
    """Let these appointments of one event hold exactly what they need now, after all of them may have changed places.

    Raises:
        IntegrityError: two of them need the same.
    """
    ids = [row.id for row in rows]
    session.execute(sa.delete(Occupancy).where(Occupancy.appointment_id.in_(ids)))
    taken = [
        {"event_id": row.event_id, "slot": row.slot, "resource": resource, "appointment_id": row.id}
        for row in rows
        if row.state in OCCUPYING
        for resource in resources_of(row)
    ]
    if taken:
        session.execute(sa.insert(Occupancy), taken)
