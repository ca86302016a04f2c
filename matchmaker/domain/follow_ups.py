"""Follow-ups (回访): what became of a pitch or an appointment 30, 90 and 180 days later, asked until it is answered."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.domain.people import User
from matchmaker.domain.pitches import Pitch

AFTER_DAYS = (30, 90, 180)
"""Days after the event, as the trade follows up."""


class FollowUpState(StrEnum):
    """Due until it is answered."""

    DUE = "due"
    ANSWERED = "answered"


class FollowUpAnswer(StrEnum):
    """What became of it."""

    SIGNED = "signed"
    TALKING = "talking"
    STALLED = "stalled"
    ENDED = "ended"


ANSWER_NAMES: dict[str, str] = {
    FollowUpAnswer.SIGNED: N_("已签约"),
    FollowUpAnswer.TALKING: N_("正在洽谈"),
    FollowUpAnswer.STALLED: N_("停滞"),
    FollowUpAnswer.ENDED: N_("不再推进"),
}


class FollowUp(Base):
    """One question, due on a day of the city, about a pitch or an appointment; somebody always owns it."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        sa.CheckConstraint("(pitch_id is null) <> (appointment_id is null)", name="one_subject"),
        sa.UniqueConstraint("pitch_id", "days"),
        sa.UniqueConstraint("appointment_id", "days"),
        sa.Index("ix_follow_ups_owner_id_state", "owner_id", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), index=True)
    pitch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("pitches.id"))
    appointment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("appointments.id"))
    days: Mapped[int]
    due_on: Mapped[date] = mapped_column(index=True)
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(sa.String(16), default=FollowUpState.DUE)
    answer: Mapped[str | None] = mapped_column(sa.String(16))
    note: Mapped[str | None] = mapped_column(sa.Text)
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    reminded_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    subject_kind: ClassVar[str] = "follow_up"

    event: Mapped[Event] = relationship()
    pitch: Mapped[Pitch | None] = relationship()
    appointment: Mapped[Appointment | None] = relationship()
    owner: Mapped[User] = relationship(foreign_keys=[owner_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
