"""Confidentiality agreements (保密协议) of deals on paper: sent, signed, until when they bind."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.days import today
from matchmaker.domain.deal_notes import DealFile
from matchmaker.domain.deals import Deal
from matchmaker.domain.language import N_

WARNED_DAYS = 30
"""So many days before its end people are told that a confidentiality agreement expires."""


class ConfidentialityState(StrEnum):
    """The life of an agreement on paper; a deal without any has none."""

    SENT = "nda_sent"
    SIGNED = "nda_signed"
    DROPPED = "nda_dropped"


CONFIDENTIALITY_NAMES: dict[str, str] = {
    ConfidentialityState.SENT: N_("已寄送，待签署"),
    ConfidentialityState.SIGNED: N_("保密协议已签署"),
    ConfidentialityState.DROPPED: N_("保密协议已作废"),
}


class Confidentiality(Base):
    """One agreement of a deal; the last one counts. `expires_on` None: it binds without end."""

    __tablename__ = "confidentialities"

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=ConfidentialityState.SENT)
    sent_on: Mapped[date]
    signed_on: Mapped[date | None]
    expires_on: Mapped[date | None] = mapped_column(index=True)
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("deal_files.id"))
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)

    subject_kind: ClassVar[str] = "confidentiality"

    deal: Mapped[Deal] = relationship()
    file: Mapped[DealFile | None] = relationship()

    @property
    def has_expired(self) -> bool:
        """Whether its last day has passed."""
        return self.expires_on is not None and self.expires_on < today()
