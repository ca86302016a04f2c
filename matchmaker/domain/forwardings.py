"""Forwardings: one side of a pair shown by mail to a person without account, and what he answered."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.inventors import Inventor
from matchmaker.domain.mails import Mail
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Organization, User


class Answer(StrEnum):
    """What the person to whom a listing was forwarded said."""

    INTERESTED = "interested"
    UNSUITABLE = "unsuitable"
    QUESTION = "question"


class Forwarding(Base):
    """One listing forwarded to one person by the organization that owns the other side of the pair.

    The link in the mail opens until `expires_at`, unless `revoked_at` is set. The person has no account: name and
    address are what the sender typed, or those of one of his organization's inventors.
    """

    __tablename__ = "forwardings"

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(sa.ForeignKey("matches.id"), index=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    sender_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    inventor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("inventors.id"))
    mail_id: Mapped[int | None] = mapped_column(sa.ForeignKey("mails.id", ondelete="SET NULL"))
    recipient_name: Mapped[str] = mapped_column(sa.String(80))
    recipient_email: Mapped[str] = mapped_column(sa.String(254))
    message: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(sa.String(16))
    answer_note: Mapped[str | None] = mapped_column(sa.Text)
    answered_at: Mapped[datetime | None]

    subject_kind: ClassVar[str] = "forwarding"

    match: Mapped[Match] = relationship()
    organization: Mapped[Organization] = relationship()
    sender: Mapped[User | None] = relationship()
    inventor: Mapped[Inventor | None] = relationship()
    mail: Mapped[Mail | None] = relationship()
