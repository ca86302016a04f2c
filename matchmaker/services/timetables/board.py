"""The board that a timetable is laid on: an event's slots, tables, people and staff, and when each is not to be had."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.events import Event, EventStaff, EventTable, StaffDuty
from matchmaker.domain.registrations import Registration
from matchmaker.domain.slots import Slot, blocked, slots_of
from matchmaker.services.timetables.availability import busy_of, busy_of_staff
from matchmaker.services.timetables.participants import participants


@dataclass(frozen=True)
class Board:
    """An event as its timetable sees it at the moment `now`. Places are counted from 0 in the order of `tables`.

    An event without tables meets online: it has as many places as its people need, and they are no tables.
    `busy` are, by registration, the slots in which a person cannot meet; `staff_busy` the same by member of the staff.
    """

    event: Event
    now: datetime
    slots: tuple[Slot, ...]
    tables: tuple[EventTable, ...]
    people: Mapping[int, Registration]
    interpreters: tuple[EventStaff, ...]
    brokers: tuple[EventStaff, ...]
    busy: Mapping[int, frozenset[int]]
    staff_busy: Mapping[int, frozenset[int]]

    @property
    def places(self) -> int:
        """How many meetings can be held at once."""
        return len(self.tables) or max(1, len(self.people) // 2)

    @cached_property
    def place_of(self) -> Mapping[int, int]:
        """The place of each table."""
        return {table.id: place for place, table in enumerate(self.tables)}

    @cached_property
    def blocked(self) -> frozenset[int]:
        """The slots in which the agenda leaves nobody free."""
        return blocked(self.event)

    @cached_property
    def closed(self) -> frozenset[tuple[int, int]]:
        """The pairs (slot, place) at which a table cannot be used any more."""
        return frozenset(
            (slot.number, place)
            for place, table in enumerate(self.tables)
            if table.closed_from is not None
            for slot in self.slots
            if slot.ends_at > table.closed_from
        )

    def table_at(self, place: int) -> int | None:
        """Return the table of a place, None online."""
        return self.tables[place].id if self.tables else None

    def is_open(self, slot: int, table_id: int | None) -> bool:
        """Whether there is such a table (or none is needed) and it can be used in the slot."""
        if not self.tables:
            return table_id is None
        place = self.place_of.get(table_id or 0)
        return place is not None and (slot, place) not in self.closed

    @cached_property
    def by_organization(self) -> Mapping[int, list[Registration]]:
        """Return who comes for each organization."""
        found: dict[int, list[Registration]] = {}
        for person in self.people.values():
            found.setdefault(person.organization_id, []).append(person)
        return found


def load_board(session: Session, event: Event, now: datetime | None = None) -> Board:
    """Return the board of an event as it is now, by a fixed number of queries."""
    now = now or utc_now()
    people = participants(session, event)
    staff = session.scalars(sa.select(EventStaff).where(EventStaff.event_id == event.id).order_by(EventStaff.id)).all()
    tables = sa.select(EventTable).where(EventTable.event_id == event.id).order_by(EventTable.number)
    return Board(
        event=event,
        now=now,
        slots=slots_of(event),
        tables=tuple(session.scalars(tables)),
        people={person.id: person for person in people},
        interpreters=tuple(each for each in staff if each.duty == StaffDuty.INTERPRETER),
        brokers=tuple(each for each in staff if each.duty == StaffDuty.BROKER),
        busy=busy_of(session, event, people, now),
        staff_busy=busy_of_staff(session, event, staff, now),
    )
