"""What is printed for the meetings of an event, as plain data: table cards, day sheets, a list for the door."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SheetHead:
    """What stands on every sheet: the event, when and where it is, who made the sheet and when."""

    event: str
    when: str
    where: str
    made: str


@dataclass(frozen=True, slots=True)
class CardLine:
    """One meeting at a table: its time, both sides, and who helps."""

    time: str
    one: str
    one_organization: str
    other: str
    other_organization: str
    helpers: str


@dataclass(frozen=True, slots=True)
class TableCard:
    """The card of one table: its number and the day's meetings at it."""

    number: int
    name: str
    room: str
    lines: tuple[CardLine, ...]


@dataclass(frozen=True, slots=True)
class DayLine:
    """One line of a person's day: a meeting with a table, or a line of the agenda without."""

    time: str
    place: str
    what: str
    detail: str
    is_meeting: bool


@dataclass(frozen=True, slots=True)
class DaySheet:
    """One person's day."""

    person: str
    position: str
    organization: str
    lines: tuple[DayLine, ...]


@dataclass(frozen=True, slots=True)
class DoorLine:
    """One person on the list at the door; `came` is when he checked in, empty where he has not."""

    number: int
    name: str
    organization: str
    position: str
    meetings: str
    came: str


@dataclass(frozen=True, slots=True)
class MeetingSheets:
    """All that can be printed for an event."""

    head: SheetHead
    cards: tuple[TableCard, ...]
    days: tuple[DaySheet, ...]
    door: tuple[DoorLine, ...]
