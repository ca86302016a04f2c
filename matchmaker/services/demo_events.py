"""The demonstration's events: one of each kind, past and to come, with people who are registered."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from functools import partial
from importlib.resources import files
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.days import CITY_ZONE, today
from matchmaker.domain.events import AgendaItem, Event, EventStaff, EventState, EventTable
from matchmaker.domain.people import Organization, User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.domain.states import move

ANNOUNCED_BEFORE = timedelta(days=30)
PAST_WRITTEN = time(19)
# The way of an event to each state in which the demonstration has one.
PATHS: dict[str, tuple[str, ...]] = {
    EventState.ANNOUNCED: (EventState.ANNOUNCED,),
    EventState.REGISTRATION: (EventState.ANNOUNCED, EventState.REGISTRATION),
    EventState.HELD: (EventState.ANNOUNCED, EventState.REGISTRATION, EventState.FINAL, EventState.HELD),
    EventState.CLOSED: (
        *(EventState.ANNOUNCED, EventState.REGISTRATION, EventState.FINAL),
        *(EventState.HELD, EventState.CLOSED),
    ),
}
PERSONAL = ("name", "position", "languages", "speaks_chinese", "max_meetings")
PLAIN = (
    *("kind", "title", "summary", "fields", "place", "address", "region", "online_url", "organizers", "sponsors"),
    *("contact", "capacity", "slot_minutes", "break_minutes", "wish_quota"),
)


def load_demo_events(
    session: Session, organizations: dict[str, Organization], owners: dict[int, User]
) -> dict[str, Event]:
    """Write the events of `matchmaker/demo/events.jsonl`, counted from today; return them by their keys.

    `owners` is whoever answers for an organization, by its id: he is the one who comes where a row says `me`.
    """
    text = (files("matchmaker") / "demo" / "events.jsonl").read_text(encoding="utf-8")
    return {row["key"]: _event(session, row, organizations, owners) for row in map(json.loads, text.splitlines())}


def past_event_acts(
    session: Session, organizations: dict[str, Organization], owners: dict[int, User], now: datetime
) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Yield when each event of the past months was over, and what writes it, as of that evening."""
    text = (files("matchmaker") / "demo" / "past_events.jsonl").read_text(encoding="utf-8")
    for row in map(json.loads, text.splitlines()):
        day = (now - timedelta(days=row["days_ago"])).astimezone(CITY_ZONE).date()
        evening = datetime.combine(day, PAST_WRITTEN, CITY_ZONE)
        yield evening, partial(_past_event, session, row, organizations, owners)


def _past_event(
    session: Session, row: dict[str, Any], organizations: dict[str, Organization], owners: dict[int, User]
) -> None:
    came = [
        {"organization": key, "name": name, "state": RegistrationState.ACCEPTED, "came": True}
        for key, name in row["came"]
    ]
    times = {"in_days": 0, "at": "10:00", "minutes": 180, "agenda": [], "state": EventState.CLOSED}
    _event(session, {**row, **times, "organizers": [], "registrations": came}, organizations, owners)


def _event(
    session: Session, row: dict[str, Any], organizations: dict[str, Organization], owners: dict[int, User]
) -> Event:
    organizer = organizations[row["organizer"]]
    starts = _at(row["in_days"], row["at"])
    event = Event(
        organization_id=organizer.id,
        owner_id=owners[organizer.id].id,
        created_by_id=owners[organizer.id].id,
        branch_id=organizations[row["branch"]].id if "branch" in row else None,
        starts_at=starts,
        ends_at=starts + timedelta(minutes=row["minutes"]),
        **{name: row[name] for name in PLAIN if name in row},
    )
    if "meetings" in row:
        event.meetings_from, event.meetings_until = (_at(row["in_days"], clock) for clock in row["meetings"])
    if "wishes_in_days" in row:
        event.wishes_until = _at(row["wishes_in_days"], "18:00")
    event.agenda = [_item(row["in_days"], item) for item in row["agenda"]]
    event.tables = [EventTable(number=number, room=row["room"]) for number in range(1, row.get("tables", 0) + 1)]
    event.staff = [EventStaff(**person) for person in row.get("staff", ())]
    session.add(event)
    session.flush()
    for state in PATHS[row["state"]]:
        move(session, event, state, Actor.system())
    event.announced_at = min(utc_now(), starts) - ANNOUNCED_BEFORE
    for number, person in enumerate(row["registrations"]):
        _registration(session, event, person, organizations, owners, timedelta(hours=5 * number))
    session.flush()
    return event


def _registration(
    session: Session,
    event: Event,
    row: dict[str, Any],
    organizations: dict[str, Organization],
    owners: dict[int, User],
    later: timedelta,
) -> None:
    organization = organizations[row["organization"]]
    registration = Registration(
        event_id=event.id,
        organization_id=organization.id,
        user_id=owners[organization.id].id if row.get("me") else None,
        registered_by_id=owners[organization.id].id,
        registered_at=min(utc_now(), event.starts_at) - timedelta(days=4) + later,
        phone="0991-0000000",
        checked_in_at=event.starts_at - timedelta(minutes=10) if row.get("came") else None,
        arrives_at=_clock_of(event, row.get("arrives")),
        departs_at=_clock_of(event, row.get("departs")),
        **{
            name: row[name]
            for name in ("name", "position", "languages", "speaks_chinese", "max_meetings")
            if name in row
        },
    )
    session.add(registration)
    session.flush()
    if row["state"] != RegistrationState.REQUESTED:
        move(session, registration, row["state"], Actor.system())


def _item(in_days: int, row: dict[str, Any]) -> AgendaItem:
    starts = _at(in_days, row["at"])
    return AgendaItem(
        title=row["title"],
        starts_at=starts,
        ends_at=starts + timedelta(minutes=row["minutes"]),
        room=row["room"],
        speaker=row["speaker"],
        blocking=row["blocking"],
    )


def _clock_of(event: Event, clock: str | None) -> datetime | None:
    if clock is None:
        return None
    return datetime.combine(event.starts_at.astimezone(CITY_ZONE).date(), time.fromisoformat(clock), CITY_ZONE)


def _at(in_days: int, clock: str) -> datetime:
    return datetime.combine(today() + timedelta(days=in_days), time.fromisoformat(clock), CITY_ZONE)
