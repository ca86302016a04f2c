"""That somebody was reminded of something in a deal: each reminder once for each day that it is about."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now


class DealReminderKind(StrEnum):
    """Of what people are reminded: a next step soon, overdue; an agreement that expires; a deal without an owner."""

    DUE = "due"
    OVERDUE = "overdue"
    EXPIRY = "expiry"
    UNOWNED = "unowned"


class DealReminder(Base):
    """One reminder that was given of one deal, about what is or was due on `day`."""

    __tablename__ = "deal_reminders"
    __table_args__ = (sa.UniqueConstraint("deal_id", "kind", "day"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"))
    kind: Mapped[str] = mapped_column(sa.String(8))
    day: Mapped[date]
    given_at: Mapped[datetime] = mapped_column(default=utc_now)
