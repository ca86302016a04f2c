"""What counting rules read and return: the rows of one span of days, with the queries that several rules share."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.events import Event
from matchmaker.domain.people import Organization, OrganizationKind

ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that counts: a record of the platform, its day in the city, its amount (1, or yuan), whose it is.

    `organization_id` and `region` (a province's code) are what a definition may count once.
    """

    subject_kind: str
    subject_id: int
    on: date
    amount: Decimal = ONE
    branch_id: int | None = None
    field: str | None = None
    organization_id: int | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """An event of the span, as rules look at it."""

    id: int
    kind: str
    state: str
    words: str
    on: date
    branch_id: int | None
    field: str | None
    region: str | None


class Reading:
    """One span of days (both included) of one database, read once for all rules."""

    def __init__(self, session: Session, since: date, until: date) -> None:
        self.session, self.since, self.until = session, since, until
        self.starts_at, self.ends_at = midnight(since), midnight(until + timedelta(days=1))

    def within(self, moment: Any) -> sa.ColumnElement[bool]:
        """Return the condition that a column's moment lies in the span."""
        return sa.and_(moment >= self.starts_at, moment < self.ends_at)

    @cached_property
    def events(self) -> Sequence[HeldEvent]:
        """The span's events in whatever state, by day."""
        organizer = aliased(Organization)
        own_branch = sa.case((organizer.kind == OrganizationKind.BRANCH, organizer.id), else_=organizer.branch_id)
        rows = self.session.execute(
            sa.select(Event.id, Event.kind, Event.state, Event.title, Event.organizers, Event.sponsors)
            .add_columns(Event.starts_at, sa.func.coalesce(Event.branch_id, own_branch), Event.fields, Event.region)
            .join(organizer, organizer.id == Event.organization_id)
            .where(self.within(Event.starts_at))
            .order_by(Event.starts_at, Event.id)
        )
        return [
            HeldEvent(
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


def midnight(day: date) -> datetime:
    """Return the moment at which a day of the city begins."""
    return datetime.combine(day, time(), CITY_ZONE)


def city_day(moment: datetime) -> date:
    """Return the day that a moment falls on in the city."""
    return moment.astimezone(CITY_ZONE).date()
