"""Minutes (纪要) of appointments and of a deal's meetings: every revision is kept, and a later one never takes an
earlier one's number."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.deal_meetings import DealMeeting
from matchmaker.domain.people import User


class Minutes(Base):
    """One revision of the minutes of one meeting, numbered from 1; the highest number is what they say now."""

    __tablename__ = "minutes"
    __table_args__ = (
        sa.UniqueConstraint("appointment_id", "number"),
        sa.UniqueConstraint("deal_meeting_id", "number"),
        sa.CheckConstraint("(appointment_id is null) <> (deal_meeting_id is null)", name="meeting"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("appointments.id"))
    deal_meeting_id: Mapped[int | None] = mapped_column(sa.ForeignKey("deal_meetings.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    saved_at: Mapped[datetime] = mapped_column(default=utc_now)

    appointment: Mapped[Appointment | None] = relationship()
    deal_meeting: Mapped[DealMeeting | None] = relationship()
    author: Mapped[User | None] = relationship()
