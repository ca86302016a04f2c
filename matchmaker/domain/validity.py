"""How long a published listing stands: its last valid day, when it may be renewed, and the reminders given before."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.days import years_after

REMINDER_DAYS = (30, 7, 1)
"""How many days before the last valid day a person is reminded, the earliest reminder first."""

RENEWABLE = timedelta(days=60)
"""How long before its last valid day a listing may be renewed."""

GRACE = timedelta(days=42)
"""How long after its last valid day a listing may come back as it was, without a new review."""


class ValidityReminder(Base):
    """One reminder that was given, `days` (or fewer) before the last valid day.

    A renewed listing has another last day, and so is reminded anew.
    """

    __tablename__ = "validity_reminders"
    __table_args__ = ()

    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"), primary_key=True)
    valid_until: Mapped[date] = mapped_column(primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(default=utc_now)


def is_ending(valid_until: date | None, on: date) -> bool:
    """Whether a last valid day is near enough, or past but not too long, to be put off."""
    return valid_until is not None and on - GRACE <= valid_until <= on + RENEWABLE


def is_stale(valid_until: date | None, on: date) -> bool:
    """Whether a last valid day is so long past that what it belongs to must be reviewed anew."""
    return valid_until is not None and valid_until < on - GRACE


def renewed(valid_until: date | None, on: date) -> date | None:
    """Return the last valid day after a renewal: a year later, counted from today where it is past already."""
    return None if valid_until is None else years_after(max(valid_until, on), 1)
