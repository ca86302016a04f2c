"""Who comes to an event: the organiser's table, and the list that those who come may see of each other."""

import math
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Forbidden
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_run_event
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.services.events.loading import require_runner
from matchmaker.services.events.places import count_by_state
from matchmaker.services.reading.text import line

PAGE_SIZE = 50
SEARCH_MOST = 60

_SORTS: dict[str, tuple[Any, ...]] = {
    "first": (Registration.registered_at, Registration.id),
    "last": (Registration.registered_at.desc(), Registration.id.desc()),
    "name": (Registration.name, Registration.id),
    "organization": (Organization.name, Registration.name, Registration.id),
}
SORTS = tuple(_SORTS)


@dataclass(frozen=True, slots=True)
class AttendeeFilter:
    """What narrows the organiser's table; "" leaves all. `text` is part of a name, organization or telephone number."""

    state: str = ""
    text: str = ""
    interpreter: bool = False
    sort: str = "first"


@dataclass(frozen=True, slots=True)
class AttendeePage:
    """One page of the table; `counts` by state, over all of the event."""

    rows: tuple[Registration, ...]
    counts: dict[str, int]
    total: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class Party:
    """An organization that comes, and the names of its people."""

    organization_id: int
    organization_name: str
    names: tuple[str, ...]


def attendee_page(session: Session, actor: Actor, event: Event, wanted: AttendeeFilter, page: int = 1) -> AttendeePage:
    """Return a page of an event's registrations.

    Raises:
        Forbidden: the actor does not run the event.
    """
    require_runner(actor, event)
    counts = count_by_state(session, event)
    query = _narrowed(event, wanted)
    total = session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    pages = max(1, math.ceil(total / PAGE_SIZE))
    number = min(max(1, page), pages)
    shown = query.limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    return AttendeePage(tuple(session.scalars(shown)), counts, total, number, pages)


def all_attendees(session: Session, actor: Actor, event: Event, wanted: AttendeeFilter) -> tuple[Registration, ...]:
    """Return all registrations that a filter leaves, for a file.

    Raises:
        Forbidden: the actor does not run the event.
    """
    require_runner(actor, event)
    return tuple(session.scalars(_narrowed(event, wanted)))


def may_see_parties(session: Session, actor: Actor, event: Event) -> bool:
    """Whether the actor comes for certain, or runs the event."""
    if can_run_event(actor, event):
        return True
    if actor.user_id is None:
        return False
    own = (
        Registration.event_id == event.id,
        Registration.user_id == actor.user_id,
        Registration.state == RegistrationState.ACCEPTED,
    )
    return session.scalar(sa.select(Registration.id).where(*own)) is not None


def parties(session: Session, actor: Actor, event: Event) -> tuple[Party, ...]:
    """Return who comes for certain: organizations and names, nothing else.

    Suspended organizations are left out, and so are those that are to be kept apart from the actor's own.

    Raises:
        Forbidden: the actor neither comes for certain nor runs the event.
    """
    if not may_see_parties(session, actor, event):
        raise Forbidden(N_("参会名单只对已确认的参会人开放。"))
    accepted = Registration.event_id == event.id, Registration.state == RegistrationState.ACCEPTED
    query = (
        sa.select(Organization.id, Organization.name, Registration.name)
        .join(Organization, Organization.id == Registration.organization_id)
        .where(*accepted, Organization.suspended_at.is_(None))
        .order_by(Organization.name, Organization.id, Registration.name, Registration.id)
    )
    found: dict[tuple[int, str], list[str]] = {}
    for organization_id, organization_name, name in session.execute(query):
        if can_run_event(actor, event) or organization_id not in actor.avoided:
            found.setdefault((organization_id, organization_name), []).append(name)
    return tuple(Party(*organization, tuple(names)) for organization, names in found.items())


def _narrowed(event: Event, wanted: AttendeeFilter) -> sa.Select[Registration]:
    query = (
        sa.select(Registration)
        .join(Organization, Organization.id == Registration.organization_id)
        .where(Registration.event_id == event.id)
        .options(joinedload(Registration.organization))
    )
    if wanted.state:
        query = query.where(Registration.state == wanted.state)
    if wanted.interpreter:
        query = query.where(Registration.speaks_chinese.is_(False))
    if words := line(wanted.text)[:SEARCH_MOST]:
        columns = (Registration.name, Registration.phone, Registration.position, Organization.name)
        query = query.where(sa.or_(*(column.icontains(words, autoescape=True) for column in columns)))
    return query.order_by(*_SORTS.get(wanted.sort, _SORTS["first"]))
