"""Confidentiality agreements between the two parties of a pair."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Organization, User


class AgreementState(StrEnum):
    """The life of an agreement (see states.py for the moves)."""

    AWAITING = "awaiting"
    STANDING = "standing"
    TURNED_DOWN = "turned_down"
    TAKEN_BACK = "taken_back"
    ENDED = "ended"


class Agreement(Base):
    """One proposal and what became of it. `text` is what was agreed to, word for word; the file is a signed copy."""

    __tablename__ = "agreements"
    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(sa.ForeignKey("matches.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=AgreementState.AWAITING)
    text: Mapped[str] = mapped_column(sa.Text)
    remark: Mapped[str | None] = mapped_column(sa.Text)
    file_name: Mapped[str | None] = mapped_column(sa.String(200))
    file_media_type: Mapped[str | None] = mapped_column(sa.String(100))
    file_sha256: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    proposing_organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    proposed_by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=utc_now)
    answering_organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    answered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    subject_kind: ClassVar[str] = "agreement"

    match: Mapped[Match] = relationship()
    proposing_organization: Mapped[Organization] = relationship(foreign_keys=[proposing_organization_id])
    answering_organization: Mapped[Organization] = relationship(foreign_keys=[answering_organization_id])
    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
