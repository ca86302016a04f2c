"""The tables of an event: adding some, naming them, taking one away."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.errors import Conflict, Invalid, NotFound
from matchmaker.domain.events import Event, EventTable
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.permissions import Actor
from matchmaker.domain.slots import blocked, slots_of
from matchmaker.services.events.loading import lock_event, require_runner
from matchmaker.services.events.planning import require_writable
from matchmaker.services.reading.text import folded, line
from matchmaker.services.timetables.unseating import let_go_of_table

MOST_TABLES, NAME_MOST, ROOM_MOST = 200, 40, 100


def add_tables(session: Session, actor: Actor, event: Event, count: str, room: str) -> int:
    """Add `count` tables in one room, numbered on from the last one; return how many.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: the event is over.
        Invalid: by field (`count`, `room`); an event has at most MOST_TABLES.
    """
    _require(session, actor, event)
    number, place = folded(count), line(room)
    errors: dict[str, str] = {}
    left = MOST_TABLES - len(event.tables)
    if not (number.isascii() and number.isdecimal() and len(number) <= 4 and 1 <= int(number) <= left):
        errors["count"] = Sentence(N_("请填写 %(least)d 到 %(most)d 之间的整数。"), least=1, most=left)
    if len(place) > ROOM_MOST:
        errors["room"] = Sentence(N_("最多 %(most)d 个字。"), most=ROOM_MOST)
    if errors:
        raise Invalid(N_("还有 %(count)d 处需要修改。"), errors, count=len(errors))
    last = max((table.number for table in event.tables), default=0)
    event.tables.extend(EventTable(number=last + step, room=place) for step in range(1, int(number) + 1))
    session.flush()
    record(session, actor, "add_tables", "event", event.id, count=int(number))
    return int(number)


def name_tables(session: Session, actor: Actor, event: Event, typed: Mapping[int, tuple[str, str]]) -> None:
    """Give tables names and rooms, `typed` by their ids; tables that it does not name stay as they are.

    Raises:
        Forbidden, Conflict: see `add_tables`.
        Invalid: a name or room that is too long (`name-<id>`, `room-<id>`).
    """
    _require(session, actor, event)
    errors: dict[str, str] = {}
    for table in event.tables:
        name, room = (line(text) for text in typed.get(table.id, (table.name, table.room)))
        for field, text, most in (("name", name, NAME_MOST), ("room", room, ROOM_MOST)):
            if len(text) > most:
                errors[f"{field}-{table.id}"] = Sentence(N_("最多 %(most)d 个字。"), most=most)
        if not errors:
            table.name, table.room = name, room
    if errors:
        raise Invalid(N_("还有 %(count)d 处需要修改。"), errors, count=len(errors))
    session.flush()
    record(session, actor, "name_tables", "event", event.id)


def remove_table(session: Session, actor: Actor, event: Event, table_id: int) -> None:
    """Take a table away at which no meeting was ever planned.

    Raises:
        Forbidden, Conflict: see `add_tables`; or meetings are or were planned at it.
        NotFound: the event has no such table.
    """
    _require(session, actor, event)
    table = next((table for table in event.tables if table.id == table_id), None)
    if table is None:
        raise NotFound(N_("没有找到这张桌子，它可能已被删除。"))
    if session.scalar(sa.select(Appointment.id).where(Appointment.table_id == table.id).limit(1)) is not None:
        raise Conflict(N_("这张桌子已经安排过洽谈，不能删除。"))
    let_go_of_table(session, table.id)
    event.tables.remove(table)
    session.flush()
    record(session, actor, "remove_table", "event", event.id, number=table.number)


def meetings_that_fit(event: Event) -> int:
    """Return how many meetings the slots and tables hold beside the agenda."""
    return (len(slots_of(event)) - len(blocked(event))) * len(event.tables)


def _require(session: Session, actor: Actor, event: Event) -> None:
    require_runner(actor, event)
    lock_event(session, event)
    require_writable(event)
