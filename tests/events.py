"""Events in each state of their life and people who come, made by the verbs that the site uses."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.events import Event, EventTable
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.domain.states import move
from matchmaker.services.events.planning import create_event
from matchmaker.services.events.plans import Plan
from matchmaker.services.reading.moments import written_moment
from tests.cast import Member

PATHS: dict[str, tuple[str, ...]] = {
    "draft": (),
    "announced": ("announced",),
    "registration": ("announced", "registration"),
    "timetable": ("announced", "registration", "timetable"),
    "final": ("announced", "registration", "final"),
    "held": ("announced", "registration", "final", "held"),
    "closed": ("announced", "registration", "final", "held", "closed"),
    "cancelled": ("announced", "cancelled"),
}


def a_plan(**values: Any) -> Plan:
    """Return a complete session next week, four hours long with slots of 30 minutes, but for what `values` change."""
    starts = (utc_now() + timedelta(days=7)).replace(hour=2, minute=0, second=0, microsecond=0)
    whole = {
        "kind": "session",
        "title": "装备制造对接会",
        "summary": "企业与高校一对一洽谈。",
        "starts_at": written_moment(starts),
        "ends_at": written_moment(starts + timedelta(hours=4)),
        "place": "会展中心三楼",
        "slot_minutes": "30" if values.get("kind", "session") == "session" else "",
    }
    return Plan(**{**whole, **values})


def make_event(
    session: Session,
    actor: Actor,
    kind: str = "session",
    state: str = "registration",
    *,
    tables: int = 0,
    **values: Any,
) -> Event:
    """Write an event and take it to `state`, whatever it still lacks.

    `values` are columns of the event (moments and numbers as such), set as they are: a test may need what no form
    would take. `tables` are added with the numbers 1 to `tables`.
    """
    event = create_event(session, actor, a_plan(kind=kind))
    for name, value in values.items():
        setattr(event, name, value)
    event.tables = [EventTable(number=number) for number in range(1, tables + 1)]
    for step in PATHS[state]:
        move(session, event, step, actor, "场地不可用" if step == "cancelled" else None)
    event.cancel_reason = "场地不可用" if state == "cancelled" else None
    event.announced_at = utc_now() if state != "draft" else None
    session.flush()
    return event


def make_registration(
    session: Session, event: Event, member: Member | Organization, state: str = "accepted", **values: Any
) -> Registration:
    """Register somebody of the cast for his organization, or with `name` a person without an account of one.

    `values` are columns of the registration, such as `absences`, `languages`, `max_meetings`.
    """
    person = (
        {"organization_id": member.organization_id, "user_id": member.user_id, "name": member.name}
        if isinstance(member, Member)
        else {"organization_id": member.id, "name": "来宾"}
    )
    registration = Registration(event_id=event.id, state=state, **{**person, **values})
    session.add(registration)
    session.flush()
    return registration
