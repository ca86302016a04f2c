"""Slots: when the one-to-one meetings of an event begin and end, and who is free in which of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from matchmaker.domain.events import Event, EventStaff
from matchmaker.domain.registrations import Registration

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot, counted from 0; half-open: it has ended at `ends_at`."""

    number: int
    starts_at: datetime
    ends_at: datetime

    @property
    def span(self) -> Span:
        """Its beginning and end."""
        return self.starts_at, self.ends_at


def overlaps(one: Span, other: Span) -> bool:
    """Whether two half-open spans share a moment."""
    return one[0] < other[1] and other[0] < one[1]


def slots_of(event: Event) -> tuple[Slot, ...]:
    """Return the slots of an event's meetings, whatever its agenda; none where it has no length of a meeting."""
    if not event.slot_minutes:
        return ()
    length, pause = timedelta(minutes=event.slot_minutes), timedelta(minutes=event.break_minutes)
    start, end = event.meetings_from or event.starts_at, event.meetings_until or event.ends_at
    slots: list[Slot] = []
    while start + length <= end:
        slots.append(Slot(len(slots), start, start + length))
        start += length + pause
    return tuple(slots)


def taken(slots: Iterable[Slot], spans: Iterable[Span]) -> frozenset[int]:
    """Return the numbers of the slots that overlap any of `spans`."""
    busy = tuple(spans)
    return frozenset(slot.number for slot in slots if any(overlaps(slot.span, span) for span in busy))


def blocked(event: Event) -> frozenset[int]:
    """Return the slots in which the agenda leaves nobody free."""
    return taken(slots_of(event), ((item.starts_at, item.ends_at) for item in event.agenda if item.blocking))


def absent(event: Event, person: Registration | EventStaff) -> frozenset[int]:
    """Return the slots in which a person is not there by his own account; the agenda is not looked at."""
    slots = slots_of(event)
    away = taken(slots, spans(person.absences))
    if isinstance(person, EventStaff):
        return away
    before = {slot.number for slot in slots if person.arrives_at and slot.starts_at < person.arrives_at}
    after = {slot.number for slot in slots if person.departs_at and slot.ends_at > person.departs_at}
    return away | before | after


def spans(absences: Iterable[Iterable[str]]) -> tuple[Span, ...]:
    """Return stored absences, [[start, end], ...] in ISO 8601, as spans."""
    return tuple((datetime.fromisoformat(start), datetime.fromisoformat(end)) for start, end in absences)
