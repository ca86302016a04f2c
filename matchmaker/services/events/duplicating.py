"""Duplicating an event: the same again as a draft, some weeks later."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.events import AgendaItem, Event, EventFile, EventStaff, EventTable
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.events.loading import require_runner

WEEK = timedelta(weeks=1)
COPIED = (
    *("kind", "title", "summary", "fields", "place", "address", "region", "online_url", "organizers", "sponsors"),
    *("branch_id", "contact", "capacity", "needs_approval", "slot_minutes", "break_minutes", "wish_quota"),
    *("match_threshold", "settings"),
)
SHIFTED = ("starts_at", "ends_at", "registration_until", "meetings_from", "meetings_until", "wishes_until")


def duplicate_event(session: Session, actor: Actor, event: Event) -> Event:
    """Write the same event again as a draft of the actor's organization: its agenda, tables, staff and files too.

    All times move on by the same number of weeks, the fewest that bring it into the future. Nobody who came is taken
    along, and staff without their absences.

    Raises:
        Forbidden: the actor does not run the event.
    """
    require_runner(actor, event)
    if actor.organization_id is None:
        raise Forbidden(N_("活动由技术经纪人和科技局发起。"))
    later = WEEK * max(1, (utc_now() - event.starts_at) // WEEK + 1)
    copy = Event(
        organization_id=actor.organization_id,
        owner_id=actor.user_id,
        created_by_id=actor.user_id,
        **{name: getattr(event, name) for name in COPIED},
        **{name: _moved(getattr(event, name), later) for name in SHIFTED},
    )
    copy.agenda = [_item(item, later) for item in event.agenda]
    copy.tables = [EventTable(number=table.number, name=table.name, room=table.room) for table in event.tables]
    copy.staff = [_person(person) for person in event.staff]
    session.add(copy)
    session.flush()
    for file in session.scalars(sa.select(EventFile).where(_present_of(event)).order_by(EventFile.id)):
        session.add(_file(file, copy, actor))
    session.flush()
    record(session, actor, "create", "event", copy.id, after=copy.state, copy_of=event.id)
    return copy


def _moved(moment: datetime | None, later: timedelta) -> datetime | None:
    return None if moment is None else moment + later


def _item(item: AgendaItem, later: timedelta) -> AgendaItem:
    return AgendaItem(
        title=item.title,
        starts_at=item.starts_at + later,
        ends_at=item.ends_at + later,
        room=item.room,
        speaker=item.speaker,
        blocking=item.blocking,
    )


def _person(person: EventStaff) -> EventStaff:
    names = ("duty", "user_id", "name", "phone", "languages")
    return EventStaff(**{name: getattr(person, name) for name in names})


def _file(file: EventFile, copy: Event, actor: Actor) -> EventFile:
    names = ("name", "media_type", "size", "sha256", "public")
    return EventFile(event_id=copy.id, uploaded_by_id=actor.user_id, **{name: getattr(file, name) for name in names})


def _present_of(event: Event) -> sa.ColumnElement[bool]:
    return sa.and_(EventFile.event_id == event.id, EventFile.deleted_at.is_(None))
