"""Events that were held or are planned, public calls, and who came to what."""

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from matchmaker.domain.campaigns import Campaign, CampaignState
from matchmaker.domain.events import Event, EventState
from matchmaker.domain.indicators import Definition
from matchmaker.domain.people import OFFICES, Organization
from matchmaker.domain.registrations import Registration
from matchmaker.services.ledger.rules.reading import HeldEvent, Reading, Row, city_day

HELD = frozenset({EventState.HELD, EventState.CLOSED})
PLANNED = frozenset({EventState.ANNOUNCED, EventState.REGISTRATION, EventState.TIMETABLE, EventState.FINAL})


def held_events(reading: Reading, definition: Definition) -> Iterable[Row]:
    """Events that were held, of `kinds` and naming one of `named`, where given; with `calls` public calls as well."""
    yield from (_row(event) for event in _chosen(reading, definition) if event.state in HELD)
    if definition.parameters.get("calls"):
        yield from _calls(reading)


def planned_events(reading: Reading, definition: Definition) -> int:
    """How many more events of the span were announced and not held yet."""
    return sum(event.state in PLANNED for event in _chosen(reading, definition))


def attendance(reading: Reading, definition: Definition) -> Iterable[Row]:
    """Registrations that checked in at a held event of `kinds`; public offices do not count."""
    rows = reading.session.execute(
        sa.select(Registration.id, Event.starts_at, Organization.branch_id, Organization.id)
        .join(Event, Event.id == Registration.event_id)
        .join(Organization, Organization.id == Registration.organization_id)
        .where(
            Event.kind.in_(definition.parameters["kinds"]),
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


def _chosen(reading: Reading, definition: Definition) -> Iterator[HeldEvent]:
    kinds, named = definition.parameters.get("kinds"), definition.parameters.get("named")
    for event in reading.events:
        if (not kinds or event.kind in kinds) and (not named or any(word in event.words for word in named)):
            yield event


def _row(event: HeldEvent) -> Row:
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
