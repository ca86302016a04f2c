"""When a table or a member of the staff is taken off an event: drafts and former timetables let go of it.

A draft that loses something that way is not wrong in secret: its meetings say that they have no table or interpreter.
"""

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from matchmaker.domain.timetables import Arrangement, Placement


def let_go_of_table(session: Session, table_id: int) -> None:
    """Leave the meetings of timetables that sat at a table without one."""
    _clear(session, Placement.table_id, table_id)


def let_go_of_staff(session: Session, staff_id: int) -> None:
    """Leave the meetings and pairs that somebody was to interpret or sit in on without him."""
    for column in (Placement.interpreter_id, Placement.broker_id, Arrangement.broker_id):
        _clear(session, column, staff_id)


def _clear(session: Session, column: InstrumentedAttribute[int | None], value: int) -> None:
    session.execute(sa.update(column.class_).where(column == value).values({column.key: None}))
