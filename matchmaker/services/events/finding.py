"""Finding events: those that a viewer may know of, narrowed by kind, field, branch and time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.events import Event, EventStaff, EventState
from matchmaker.domain.people import Organization, Role
from matchmaker.domain.permissions import Actor, can_plan_events
from matchmaker.domain.registrations import Registration, RegistrationState

PAGE_SIZE = 20
CALENDAR_MOST = 500
# Fields are a short list in a JSON column: few enough rows stay after all else to look at each.
FIELDS_MOST = 2000


class When(StrEnum):
    """Which part of time a list shows."""

    UPCOMING = "upcoming"
    PAST = "past"
    MINE = "mine"


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What narrows a list; "" and None leave all."""

    kind: str = ""
    field: str = ""
    branch_id: int | None = None
    when: str = When.UPCOMING


@dataclass(frozen=True, slots=True)
class EventCard:
    """An event in a list: `taken` places of its capacity; `mine` is the state of the viewer's own registration."""

    event: Event
    taken: int
    mine: str | None

    @property
    def left(self) -> int | None:
        """Places left, None without limit."""
        return None if self.event.capacity is None else max(0, self.event.capacity - self.taken)


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """An event at which `count` registrations wait for the organiser's word."""

    event: Event
    count: int


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of a list."""

    cards: tuple[EventCard, ...]
    total: int
    number: int
    pages: int


def list_events(session: Session, actor: Actor, wanted: EventFilter, page: int = 1) -> EventPage:
    """Return a page of the events that `actor` may know of; those to come by their start, others the latest first."""
    query = _narrowed(_readable(actor), actor, wanted)
    order = (Event.starts_at, Event.id) if wanted.when == When.UPCOMING else (Event.starts_at.desc(), Event.id.desc())
    ids = _of_field(session, query.order_by(*order), wanted.field)
    pages = max(1, math.ceil(len(ids) / PAGE_SIZE))
    number = min(max(1, page), pages)
    shown = ids[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return EventPage(cards_of(session, actor, _loaded(session, shown)), len(ids), number, pages)


def events_between(
    session: Session, actor: Actor, start: datetime, end: datetime, wanted: EventFilter
) -> tuple[Event, ...]:
    """Return the events that `actor` may know of and that lie, in part or whole, between two moments."""
    span = sa.and_(Event.starts_at < end, Event.ends_at > start)
    query = _narrowed(_readable(actor).where(span), actor, wanted, timeless=True)
    ids = _of_field(session, query.order_by(Event.starts_at, Event.id), wanted.field)
    return _loaded(session, ids[:CALENDAR_MOST])


def next_events(session: Session, actor: Actor, most: int) -> tuple[EventCard, ...]:
    """Return the next events that anybody may come to, the nearest first."""
    standing = Event.announced_at.is_not(None), Event.state.not_in((EventState.CANCELLED, EventState.CLOSED))
    query = _readable(actor).where(*standing, Event.ends_at > utc_now()).order_by(Event.starts_at, Event.id)
    return cards_of(session, actor, _loaded(session, session.scalars(query.limit(most)).all()))


def my_events(session: Session, actor: Actor, most: int) -> tuple[EventCard, ...]:
    """Return the events to come that the actor is registered for, works at or runs, the nearest first."""
    if not actor.signed_in:
        return ()
    query = _readable(actor).where(_mine(actor), Event.ends_at > utc_now(), Event.state != EventState.CANCELLED)
    found = session.scalars(query.order_by(Event.starts_at, Event.id).limit(most)).all()
    return cards_of(session, actor, _loaded(session, found))


def waiting_events(session: Session, actor: Actor) -> tuple[WaitingEvent, ...]:
    """Return the events of the actor's organization at which registrations wait for its word, the nearest first."""
    if not can_plan_events(actor) or actor.organization_id is None:
        return ()
    over = (EventState.HELD, EventState.CLOSED, EventState.CANCELLED)
    query = (
        sa.select(Event, sa.func.count(Registration.id))
        .join(Registration, Registration.event_id == Event.id)
        .where(
            Event.organization_id == actor.organization_id,
            Event.state.not_in(over),
            Registration.state == RegistrationState.REQUESTED,
        )
        .group_by(Event.id)
        .order_by(Event.starts_at, Event.id)
    )
    return tuple(WaitingEvent(event, count) for event, count in session.execute(query))


def cards_of(session: Session, actor: Actor, events: Sequence[Event]) -> tuple[EventCard, ...]:
    """Return events as a list shows them, in two queries however many there are."""
    if not events:
        return ()
    ids = [event.id for event in events]
    accepted = Registration.event_id.in_(ids), Registration.state == RegistrationState.ACCEPTED
    counting = sa.select(Registration.event_id, sa.func.count()).where(*accepted).group_by(Registration.event_id)
    taken = {row[0]: row[1] for row in session.execute(counting)}
    mine: dict[int, str] = {}
    if actor.signed_in:
        own = Registration.event_id.in_(ids), Registration.user_id == actor.user_id
        mine = {
            row[0]: row[1] for row in session.execute(sa.select(Registration.event_id, Registration.state).where(*own))
        }
    return tuple(EventCard(event, taken.get(event.id, 0), mine.get(event.id)) for event in events)


def _readable(actor: Actor) -> sa.Select[int]:
    """Return the query of the ids of events that `actor` may know of: the SQL twin of `can_read_event`."""
    query = sa.select(Event.id).join(Organization, Organization.id == Event.organization_id)
    if actor.is_system or actor.role in {Role.BUREAU, Role.ADMIN}:
        unseen = sa.true() if actor.is_system or actor.role is Role.BUREAU else Event.announced_at.is_not(None)
        return query.where(unseen)
    public = sa.and_(Event.announced_at.is_not(None), Organization.suspended_at.is_(None))
    own: sa.ColumnElement[bool] = sa.false()
    if actor.organization_id is not None and can_plan_events(actor):
        own = Event.organization_id == actor.organization_id
    return query.where(public | own)


def _narrowed(query: sa.Select[int], actor: Actor, wanted: EventFilter, *, timeless: bool = False) -> sa.Select[int]:
    if wanted.kind:
        query = query.where(Event.kind == wanted.kind)
    if wanted.branch_id is not None:
        query = query.where(Event.branch_id == wanted.branch_id)
    if wanted.when == When.MINE:
        return query.where(_mine(actor))
    if timeless:
        return query
    now = utc_now()
    return query.where(Event.ends_at <= now if wanted.when == When.PAST else Event.ends_at > now)


def _mine(actor: Actor) -> sa.ColumnElement[bool]:
    if not actor.signed_in:
        return sa.false()
    gone = (RegistrationState.WITHDRAWN, RegistrationState.DECLINED)
    coming = sa.select(Registration.event_id).where(
        Registration.user_id == actor.user_id, Registration.state.not_in(gone)
    )
    working = sa.select(EventStaff.event_id).where(EventStaff.user_id == actor.user_id)
    return sa.or_(Event.owner_id == actor.user_id, Event.id.in_(coming), Event.id.in_(working))


def _of_field(session: Session, query: sa.Select[int], field: str) -> list[int]:
    """Run a query of ids; with a field only events of it, or of all fields, stay."""
    if not field:
        return list(session.scalars(query))
    rows = session.execute(query.add_columns(Event.fields).limit(FIELDS_MOST))
    return [event_id for event_id, fields in rows if not fields or field in fields]


def _loaded(session: Session, ids: Sequence[int]) -> tuple[Event, ...]:
    if not ids:
        return ()
    loaded = joinedload(Event.organization), joinedload(Event.branch)
    found = {event.id: event for event in session.scalars(sa.select(Event).where(Event.id.in_(ids)).options(*loaded))}
    return tuple(found[event_id] for event_id in ids)
