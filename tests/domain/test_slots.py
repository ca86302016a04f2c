"""Slots of an event: when they are, what the agenda blocks, when somebody is away."""

from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.domain.events import AgendaItem, Event, EventStaff
from matchmaker.domain.registrations import Registration
from matchmaker.domain.slots import absent, blocked, overlaps, slots_of

START = datetime(2026, 12, 3, 1, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.fixture
def event() -> Event:
    return Event(starts_at=START, ends_at=at(120), slot_minutes=20, break_minutes=5)


def test_slots_leave_the_break_and_end_with_the_event(event: Event) -> None:
    found = [(slot.number, slot.starts_at, slot.ends_at) for slot in slots_of(event)]
    assert found == [(n, at(25 * n), at(25 * n + 20)) for n in range(4)] + [(4, at(100), at(120))]


def test_slots_of_meetings_that_begin_later(event: Event) -> None:
    event.meetings_from, event.meetings_until = at(60), at(100)
    assert [slot.starts_at for slot in slots_of(event)] == [at(60)]


def test_event_without_a_length_of_a_meeting_has_no_slots() -> None:
    assert slots_of(Event(starts_at=START, ends_at=at(120), break_minutes=0)) == ()


def test_agenda_blocks_what_it_overlaps_and_nothing_it_touches(event: Event) -> None:
    event.agenda = [
        AgendaItem(title="开幕", starts_at=at(-30), ends_at=START, blocking=True),
        AgendaItem(title="午餐", starts_at=at(44), ends_at=at(51), blocking=True),
        AgendaItem(title="展览", starts_at=START, ends_at=at(120), blocking=False),
    ]
    assert blocked(event) == {1, 2}


def test_person_is_away_before_arrival_after_departure_and_in_between(event: Event) -> None:
    away = [[at(50).isoformat(), at(51).isoformat()]]
    person = Registration(arrives_at=at(1), departs_at=at(119), absences=away)
    assert absent(event, person) == {0, 2, 4}
    assert absent(event, EventStaff(absences=away)) == {2}
    assert absent(event, Registration(arrives_at=START, departs_at=at(120), absences=[])) == frozenset()


def test_spans_that_touch_do_not_overlap() -> None:
    assert [overlaps((at(0), at(10)), (at(start), at(20))) for start in (9, 10, 11)] == [True, False, False]
