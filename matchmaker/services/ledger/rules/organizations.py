"""Organizations that joined, and the provinces that deals and events reach."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from matchmaker.domain import codes
from matchmaker.domain.deals import Deal
from matchmaker.domain.events import Event
from matchmaker.domain.indicators import Definition
from matchmaker.domain.people import Organization, OrganizationKind
from matchmaker.services.ledger.rules.events import HELD, events_of
from matchmaker.services.ledger.rules.reading import Reading, Row, city_day

KIND = "organization"


def new_organizations(reading: Reading, definition: Definition) -> Iterable[Row]:
    """Organizations of `organization_kinds` that are new; one that was merged into another does not count.

    A branch is new on the day that the bureau says it opened, and not at all while nobody said so: when it was entered
    tells nothing. Others are new when they joined, but for the first `already`: those were there before.
    """
    kinds = frozenset(definition.parameters["organization_kinds"])
    if OrganizationKind.BRANCH in kinds:
        yield from _opened(reading)
    joined = kinds - {OrganizationKind.BRANCH}
    if joined:
        yield from _joined(reading, joined, definition.parameters.get("already", 0))


def counts_branches(definition: Definition) -> bool:
    """Whether an indicator counts branches, by the days on which they opened."""
    kinds = definition.parameters.get("organization_kinds", ())
    return definition.rule == "new_organizations" and OrganizationKind.BRANCH in kinds


def _opened(reading: Reading) -> Iterator[Row]:
    on: Any = Organization.opened_on
    standing = Organization.kind == OrganizationKind.BRANCH, Organization.merged_into_id.is_(None)
    query = sa.select(Organization.id, on).where(*standing, on.between(reading.since, reading.until))
    for branch_id, day in reading.session.execute(query):
        yield Row(KIND, branch_id, day, organization_id=branch_id, branch_id=branch_id)


def _joined(reading: Reading, kinds: frozenset[str], already: int) -> Iterator[Row]:
    rows = reading.session.execute(
        sa.select(Organization.id, Organization.created_at)
        .where(
            Organization.kind.in_(kinds),
            Organization.merged_into_id.is_(None),
            Organization.created_at < reading.ends_at,
        )
        .order_by(Organization.created_at, Organization.id)
        .offset(already)
    )
    for organization_id, at in rows:
        if at >= reading.starts_at:
            yield Row(KIND, organization_id, city_day(at), organization_id=organization_id, branch_id=organization_id)


def regions(reading: Reading, definition: Definition) -> Iterable[Row]:
    """Provinces of the parties of deals that were opened, and of the places of held events, without `leave_out`."""
    left_out = frozenset(definition.parameters.get("leave_out", ()))
    for row in (*_deals(reading), *_events(reading)):
        if row.region is not None and row.region not in left_out:
            yield row


@cache
def province_of(region: str | None) -> str | None:
    """Return the first two digits of the province around a region's code; None for a country or what is no code."""
    province = f"{(region or '')[:2]}0000"
    return province[:2] if len(region or "") == 6 and province in codes.table("provinces") else None


def _deals(reading: Reading) -> Iterator[Row]:
    one, other = aliased(Organization), aliased(Organization)
    rows = reading.session.execute(
        sa.select(Deal.id, Deal.opened_at, one.region, other.region, sa.func.coalesce(one.branch_id, other.branch_id))
        .join(one, one.id == Deal.one_organization_id)
        .join(other, other.id == Deal.other_organization_id)
        .where(reading.within(Deal.opened_at))
    )
    for deal_id, at, *places, branch_id in rows:
        for place in places:
            yield Row(Deal.subject_kind, deal_id, city_day(at), branch_id=branch_id, region=province_of(place))


def _events(reading: Reading) -> Iterator[Row]:
    for event in reading.shared(events_of):
        if event.state in HELD:
            yield Row(
                Event.subject_kind, event.id, event.on, branch_id=event.branch_id, region=province_of(event.region)
            )
