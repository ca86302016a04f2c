"""Invitations to events: an organization is asked once, because of what it published, and says whether it comes."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Organization, User

MESSAGE_MOST = 500
TOPIC_MOST = 60
NOTE_MOST = 300


class InvitationState(StrEnum):
    """The life of an invitation (see states.py for the moves)."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class DeclineReason(StrEnum):
    """Why an organization does not come."""

    BUSY = "busy"
    OFF_TOPIC = "off_topic"
    SOLVED = "solved"
    TOO_FAR = "too_far"
    OTHER = "other"


DECLINE_REASONS: dict[str, str] = {
    DeclineReason.BUSY: N_("时间冲突"),
    DeclineReason.OFF_TOPIC: N_("主题与我们关系不大"),
    DeclineReason.SOLVED: N_("问题已经解决"),
    DeclineReason.TOO_FAR: N_("路途太远"),
    DeclineReason.OTHER: N_("其他原因"),
}


class EventInvitation(Base):
    """One organization asked to one event, at most once. `listing_id` is what it published itself and is asked for.

    `topic` and `message` are what the organiser wrote. `opened_at` is when the first of its members read it.
    """

    __tablename__ = "event_invitations"
    __table_args__ = (sa.UniqueConstraint("event_id", "organization_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    listing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("listings.id"))
    state: Mapped[str] = mapped_column(sa.String(16), default=InvitationState.INVITED)
    topic: Mapped[str] = mapped_column(sa.String(TOPIC_MOST), default="")
    message: Mapped[str] = mapped_column(sa.Text, default="")
    invited_at: Mapped[datetime] = mapped_column(default=utc_now)
    invited_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    opened_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decline_reason: Mapped[str | None] = mapped_column(sa.String(16))
    decline_note: Mapped[str | None] = mapped_column(sa.Text)

    subject_kind: ClassVar[str] = "event_invitation"

    event: Mapped[Event] = relationship()
    organization: Mapped[Organization] = relationship()
    listing: Mapped[Listing | None] = relationship()
    invited_by: Mapped[User | None] = relationship(foreign_keys=[invited_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
