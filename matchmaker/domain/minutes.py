"""Minutes (纪要) of appointments: every revision is kept, and a later one never takes an earlier one's number."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.people import User


class Minutes(Base):
    """One revision of the minutes of an appointment, numbered from 1; the highest number is what they say now."""

    __tablename__ = "minutes"
    __table_args__ = (sa.UniqueConstraint("appointment_id", "number"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(sa.ForeignKey("appointments.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    saved_at: Mapped[datetime] = mapped_column(default=utc_now)

    appointment: Mapped[Appointment] = relationship()
    author: Mapped[User | None] = relationship()
