"""Judges of a roadshow, their scoring sheets, and where they step back."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.events import Event
from matchmaker.domain.people import Organization, User
from matchmaker.domain.pitches import Pitch


class SheetState(StrEnum):
    """A sheet is written, then signed: from then on nobody changes it."""

    DRAFT = "draft"
    SIGNED = "signed"


class Judge(Base):
    """Somebody who judges at an event, for one organization that he belongs to."""

    __tablename__ = "judges"
    __table_args__ = (sa.UniqueConstraint("event_id", "user_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    invited_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    invited_at: Mapped[datetime] = mapped_column(default=utc_now)
    dismissed_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    organization: Mapped[Organization] = relationship()


class ScoreSheet(Base):
    """What one judge makes of one pitch: `scores` maps a dimension's key to his mark, a number.

    `version` is raised by each saving, so that two open pages do not overwrite one another. `reopen_reason` is why the
    organiser gave a signed sheet back last.
    """

    __tablename__ = "score_sheets"
    __table_args__ = (sa.UniqueConstraint("judge_id", "pitch_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("judges.id"))
    pitch_id: Mapped[int] = mapped_column(sa.ForeignKey("pitches.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=SheetState.DRAFT)
    scores: Mapped[dict[str, Any]] = mapped_column(default=dict)
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(default=utc_now)
    signed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    reopen_reason: Mapped[str | None] = mapped_column(sa.Text)

    subject_kind: ClassVar[str] = "score_sheet"

    judge: Mapped[Judge] = relationship()
    pitch: Mapped[Pitch] = relationship()

    @property
    def is_signed(self) -> bool:
        """Whether it counts, and is locked."""
        return self.state == SheetState.SIGNED


class Recusal(Base):
    """That a judge stepped back from one pitch, and why; the rules' own recusals have no row (see services)."""

    __tablename__ = "recusals"
    __table_args__ = (sa.UniqueConstraint("judge_id", "pitch_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    judge_id: Mapped[int] = mapped_column(sa.ForeignKey("judges.id"))
    pitch_id: Mapped[int] = mapped_column(sa.ForeignKey("pitches.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(default=utc_now)

    judge: Mapped[Judge] = relationship()
    pitch: Mapped[Pitch] = relationship()
