"""That somebody was reminded of an event: each reminder once, and again only where the event moved to another day."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now


class ReminderKind(StrEnum):
    """When somebody is reminded: a week before, the day before, in the morning of the day."""

    WEEK = "week"
    DAY = "day"
    MORNING = "morning"


class EventReminder(Base):
    """One reminder that was given for one registration, of an event that then began on `starts_on`."""

    __tablename__ = "event_reminders"
    __table_args__ = (sa.UniqueConstraint("registration_id", "starts_on", "kind"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"))
    starts_on: Mapped[date]
    kind: Mapped[str] = mapped_column(sa.String(8))
    given_at: Mapped[datetime] = mapped_column(default=utc_now)
