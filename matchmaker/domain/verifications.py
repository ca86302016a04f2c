"""Verification: the bureau checks with two pairs of eyes that an organization is who it says it is."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.people import Organization, User


class VerificationState(StrEnum):
    """The life of one verification: gathered by the owner, checked by one of the bureau, confirmed by another."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHECKED = "checked"
    VERIFIED = "verified"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


OPEN_STATES = frozenset({VerificationState.DRAFT, VerificationState.SUBMITTED, VerificationState.CHECKED})


class Verification(Base):
    """One round of checking. `name` and `credit_code` are what was handed in, and what the result is about.

    `valid_until` is the last day on which the result counts; a renewal is a new round.
    """

    __tablename__ = "verifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=VerificationState.DRAFT, index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    credit_code: Mapped[str | None] = mapped_column(sa.String(18))
    note: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    submitted_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    submitted_at: Mapped[datetime | None]
    checked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    checked_at: Mapped[datetime | None]
    check_note: Mapped[str | None] = mapped_column(sa.Text)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    refusal_reason: Mapped[str | None] = mapped_column(sa.String(24))
    advice: Mapped[str | None] = mapped_column(sa.Text)
    valid_until: Mapped[date | None] = mapped_column(index=True)
    reminded_at: Mapped[datetime | None]

    subject_kind: ClassVar[str] = "verification"

    organization: Mapped[Organization] = relationship()
    submitted_by: Mapped[User | None] = relationship(foreign_keys=[submitted_by_id])
    checked_by: Mapped[User | None] = relationship(foreign_keys=[checked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    documents: Mapped[list["VerificationDocument"]] = relationship(
        back_populates="verification", order_by="VerificationDocument.id"
    )

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act on it."""
        return self.state in OPEN_STATES


class VerificationDocument(Base):
    """A scan handed in as proof, stored under the hash of its content; only owners and the bureau may open it."""

    __tablename__ = "verification_documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    verification_id: Mapped[int] = mapped_column(sa.ForeignKey("verifications.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(24))
    name: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64))
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    uploaded_at: Mapped[datetime] = mapped_column(default=utc_now)
    deleted_at: Mapped[datetime | None]

    verification: Mapped[Verification] = relationship(back_populates="documents")
