"""Meetings of a deal outside events: each has its minutes (see minutes.py)."""

from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.deals import Deal


class DealMeeting(Base):
    """One meeting: the day on which it took place, and what it was about."""

    __tablename__ = "deal_meetings"

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"), index=True)
    held_on: Mapped[date]
    title: Mapped[str] = mapped_column(sa.String(100))
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)

    subject_kind: ClassVar[str] = "deal_meeting"

    deal: Mapped[Deal] = relationship()
