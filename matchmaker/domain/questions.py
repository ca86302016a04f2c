"""Questions about an indicator of a need, put to the owner of an achievement that says nothing sure of it."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.people import Organization, User


class QuestionState(StrEnum):
    """The life of a question (see states.py for the moves)."""

    WAITING = "waiting"
    ANSWERED = "answered"
    WITHHELD = "withheld"


class Question(Base):
    """One question of a pair. `key` names the need's indicator (see services/verdicts/views.py), `field` where it lies.

    `indicator` is what was asked for, as it was then; `answer` the words of the other side, `amount` the quantity that
    was read from them, None where there was none.
    """

    __tablename__ = "questions"
    __table_args__ = (sa.UniqueConstraint("match_id", "key"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(sa.ForeignKey("matches.id"))
    key: Mapped[str] = mapped_column(sa.String(32))
    field: Mapped[str] = mapped_column(sa.String(32))
    indicator: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(sa.String(16), default=QuestionState.WAITING)
    asking_organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    asked_at: Mapped[datetime] = mapped_column(default=utc_now)
    answering_organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(sa.Text)
    amount: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))

    subject_kind: ClassVar[str] = "question"

    asking_organization: Mapped[Organization] = relationship(foreign_keys=[asking_organization_id])
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
