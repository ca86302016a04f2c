"""Ratings: what each side of an appointment says of it afterwards; for the organiser, never for the other side."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.language import N_
from matchmaker.domain.people import User

BEST_SCORE = 5


class Account(StrEnum):
    """Whether the two met, as one side tells it."""

    MET = "met"
    OTHER_ABSENT = "other_absent"
    OWN_ABSENT = "own_absent"


class Wish(StrEnum):
    """Whether a side wants to go on."""

    CONTINUE = "continue"
    UNDECIDED = "undecided"
    STOP = "stop"


ACCOUNT_NAMES: dict[str, str] = {
    Account.MET: N_("双方见面了"),
    Account.OTHER_ABSENT: N_("对方没有来"),
    Account.OWN_ABSENT: N_("我方没有去"),
}
WISH_NAMES: dict[str, str] = {
    Wish.CONTINUE: N_("愿意继续对接"),
    Wish.UNDECIDED: N_("还要考虑"),
    Wish.STOP: N_("不再继续"),
}


class Rating(Base):
    """One side's word on an appointment: whether they met, 1 to 5, a note, whether to go on.

    `by_itself` where somebody of the side's own organization said it; else who ran the meeting wrote down what he
    heard, which never counts as the side's own interest.
    """

    __tablename__ = "ratings"
    __table_args__ = (
        sa.UniqueConstraint("appointment_id", "registration_id"),
        sa.CheckConstraint(f"score between 1 and {BEST_SCORE}", name="score"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(sa.ForeignKey("appointments.id"))
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"), index=True)
    account: Mapped[str | None] = mapped_column(sa.String(16))
    score: Mapped[int | None]
    note: Mapped[str] = mapped_column(sa.Text, default="")
    wish: Mapped[str | None] = mapped_column(sa.String(16))
    by_itself: Mapped[bool] = mapped_column(default=False)
    said_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    said_at: Mapped[datetime] = mapped_column(default=utc_now)

    appointment: Mapped[Appointment] = relationship()
    said_by: Mapped[User | None] = relationship()
