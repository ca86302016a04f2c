"""The demonstration's meetings: what came of a session that is over, with minutes and a deal."""

import json
from datetime import timedelta
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, AppointmentState, Origin
from matchmaker.domain.days import today
from matchmaker.domain.events import Event
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.domain.slots import slots_of
from matchmaker.services.actors import load_member
from matchmaker.services.appointments.ratings import SILENT, Said
from matchmaker.services.appointments.recording import record_outcome, say
from matchmaker.services.deals import open_for_appointment
from matchmaker.services.minutes import save_minutes


def load_demo_meetings(session: Session, events: dict[str, Event]) -> None:
    """Write the meetings of `matchmaker/demo/meetings.jsonl`, what was said of them, and the deals that came of them.

    Whoever has a log-in speaks for himself; for all others the event's broker writes down what he heard.
    """
    text = (files("matchmaker") / "demo" / "meetings.jsonl").read_text(encoding="utf-8")
    for row in map(json.loads, text.splitlines()):
        _meeting(session, events[row["event"]], row)


def _meeting(session: Session, event: Event, row: dict[str, Any]) -> None:
    people = {person.name: person for person in _people(session, event)}
    one, other = sorted((people[row["one"]], people[row["other"]]), key=lambda person: person.id)
    slot = slots_of(event)[row["slot"]]
    appointment = Appointment(
        event_id=event.id,
        one_id=one.id,
        other_id=other.id,
        slot=slot.number,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        table_id=next(table.id for table in event.tables if table.number == row["table"]),
        origin=Origin.ORGANIZER,
        state=AppointmentState.CONFIRMED,
    )
    session.add(appointment)
    session.flush()
    broker = _actor(session, event.owner_id, event.organization_id)
    heard = [_heard(row, person) for person in (one, other)]
    step, on = _step(row)
    record_outcome(
        session,
        broker,
        appointment.id,
        _outcome(row, one),
        one=heard[0],
        other=heard[1],
        next_step=step,
        next_step_on=on,
    )
    for person in (one, other):
        words = row.get("said", {}).get(person.name)
        if words and person.user_id is not None:
            say(session, _actor(session, person.user_id, person.organization_id), appointment.id, Said("met", **words))
    if "minutes" in row:
        save_minutes(session, broker, appointment.id, row["minutes"], seen=0)
    if row.get("deal"):
        open_for_appointment(session, broker, appointment.id, next_step=step, next_step_on=on)


def _people(session: Session, event: Event) -> list[Registration]:
    return list(session.scalars(sa.select(Registration).where(Registration.event_id == event.id)))


def _actor(session: Session, user_id: int | None, organization_id: int) -> Actor:
    actor = load_member(session, user_id, organization_id)
    assert actor is not None  # noqa: S101 - whoever is named here was written before
    return actor


def _outcome(row: dict[str, Any], one: Registration) -> str:
    if "absent" not in row:
        return "held"
    return "one" if row["absent"] == one.name else "other"


def _heard(row: dict[str, Any], person: Registration) -> Said:
    """Return what the broker heard of somebody who cannot say it himself."""
    words = row.get("said", {}).get(person.name)
    return Said("met", **words) if words and person.user_id is None else SILENT


def _step(row: dict[str, Any]) -> tuple[str, str]:
    if "step" not in row:
        return "", ""
    return row["step"], (today() + timedelta(days=row["step_in_days"])).isoformat()
