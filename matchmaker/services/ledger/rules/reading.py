"""What counting rules read and return: the rows of one span of days, with the queries that several rules share."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.days import CITY_ZONE

ONE = Decimal(1)
Found = TypeVar("Found")


class Row(NamedTuple):
    """One thing that counts: a record of the platform, its day in the city, its amount (1, or yuan), whose it is.

    `organization_id` and `region` (a province's code) are what a definition may count once. A tuple, because a page of
    the ledger makes thousands of them.
    """

    subject_kind: str
    subject_id: int
    on: date
    amount: Decimal = ONE
    branch_id: int | None = None
    field: str | None = None
    organization_id: int | None = None
    region: str | None = None


class Reading:
    """One span of days (both included) of one database, read once for all rules."""

    def __init__(self, session: Session, since: date, until: date) -> None:
        self.session, self.since, self.until = session, since, until
        self._found: dict[Any, Any] = {}
        self.starts_at, self.ends_at = midnight(since), midnight(until + timedelta(days=1))

    def within(self, moment: Any) -> sa.ColumnElement[bool]:
        """Return the condition that a column's moment lies in the span."""
        return sa.and_(moment >= self.starts_at, moment < self.ends_at)

    def shared(self, read: Callable[["Reading"], Found]) -> Found:
        """Return what `read` finds, asked for once however many rules want it. A failure is each rule's own."""
        if read not in self._found:
            self._found[read] = read(self)
        found: Found = self._found[read]
        return found


def midnight(day: date) -> datetime:
    """Return the moment at which a day of the city begins."""
    return datetime.combine(day, time(), CITY_ZONE)


def city_day(moment: datetime) -> date:
    """Return the day that a moment falls on in the city."""
    return moment.astimezone(CITY_ZONE).date()
