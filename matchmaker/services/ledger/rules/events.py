"""Events that were held or are planned, public calls, and who came to what."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from matchmaker.domain.campaigns import Campaign, CampaignState
from matchmaker.domain.events import Event, EventState
from matchmaker.domain.indicators import Definition
from matchmaker.domain.people import OFFICES, Organization, OrganizationKind
from matchmaker.domain.registrations import Registration
from matchmaker.services.ledger.rules.reading import Reading, Row, city_day

HELD = frozenset({EventState.HELD, EventState.CLOSED})
PLANNED = frozenset({EventState.ANNOUNCED, EventState.REGISTRATION, EventState.TIMETABLE, EventState.FINAL})


@dataclass(frozen=True, slots=True)
class PlacedEvent:
    """An event of the span in whatever state, as rules look at it; `words` are its title, organizers and sponsors."""

    id: int
    kind: str
    state: str
    words: str
    on: date
    branch_id: int | None
    field: str | None
    region: str | None


def held_events(reading: Reading, definition: Definition) -> Iterable[Row]:
    """Events that were held, of `event_kinds` and naming one of `named` where given; with `calls` also public calls."""
    yield from (_row(event) for event in _chosen(reading, definition) if event.state in HELD)
    if definition.parameters.get("calls"):
        yield from _calls(reading)


def planned_events(reading: Reading, definition: Definition) -> int:
    """How many more events of the span were announced and not held yet."""
    return sum(event.state in PLANNED for event in _chosen(reading, definition))


def attendance(reading: Reading, definition: Definition) -> Iterable[Row]:
    """Registrations that checked in at a held event of `event_kinds`; public offices do not count."""
    rows = reading.session.execute(
        sa.select(Registration.id, Event.starts_at, Organization.branch_id, Organization.id)
        .join(Event, Event.id == Registration.event_id)
        .join(Organization, Organization.id == Registration.organization_id)
        .where(
            Event.kind.in_(definition.parameters["event_kinds"]),
            Event.state.in_(HELD),
            reading.within(Event.starts_at),
            Registration.checked_in_at.is_not(None),
            Organization.kind.not_in(OFFICES),
        )
    )
    for registration_id, at, branch_id, organization_id in rows:
        day = city_day(at)
        yield Row(
            Registration.subject_kind,
            registration_id,
            day,
            branch_id=branch_id,
            organization_id=organization_id,
        )


def events_of(reading: Reading) -> list[PlacedEvent]:
    """Return the span's events, by day; an event of no branch is that of its organizer's branch."""
    organizer = aliased(Organization)
    own_branch = sa.case((organizer.kind == OrganizationKind.BRANCH, organizer.id), else_=organizer.branch_id)
    rows = reading.session.execute(
        sa.select(Event.id, Event.kind, Event.state, Event.title, Event.organizers, Event.sponsors)
        .add_columns(Event.starts_at, sa.func.coalesce(Event.branch_id, own_branch), Event.fields, Event.region)
        .join(organizer, organizer.id == Event.organization_id)
        .where(reading.within(Event.starts_at))
        .order_by(Event.starts_at, Event.id)
    )
    return [
        PlacedEvent(
            event_id,
            kind,
            state,
            " ".join((title, *organizers, *sponsors)),
            city_day(at),
            branch_id,
            fields[0] if len(fields) == 1 else None,
            region,
        )
        for event_id, kind, state, title, organizers, sponsors, at, branch_id, fields, region in rows
    ]


def _chosen(reading: Reading, definition: Definition) -> Iterator[PlacedEvent]:
    kinds, named = definition.parameters.get("event_kinds"), definition.parameters.get("named")
    for event in reading.shared(events_of):
        if (not kinds or event.kind in kinds) and (not named or any(word in event.words for word in named)):
            yield event


def _row(event: PlacedEvent) -> Row:
    return Row(
        Event.subject_kind,
        event.id,
        event.on,
        branch_id=event.branch_id,
        field=event.field,
        region=event.region,
    )


def _calls(reading: Reading) -> Iterator[Row]:
    opened = sa.select(Campaign.id, Campaign.opened_at).where(
        reading.within(Campaign.opened_at), Campaign.state != CampaignState.CANCELLED
    )
    for campaign_id, at in reading.session.execute(opened):
        if at is not None:
            yield Row(Campaign.subject_kind, campaign_id, city_day(at))
