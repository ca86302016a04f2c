"""Evidence records: what the platform cannot see itself, written down with day, document and person, never as a bare
number. A second person confirms; what was wrong is corrected by a new record that refers to the old one."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.people import Organization, User


class RecordState(StrEnum):
    """The life of a record (see states.py for the moves). Only an approved one counts."""

    RECORDED = "recorded"
    APPROVED = "approved"
    DISMISSED = "dismissed"
    CORRECTED = "corrected"


class EvidenceRecord(Base):
    """One record: on `on`, `subject` added `amount` (a number, or yuan) to an indicator.

    It names its document: by `reference` (number or title), by a file stored under the hash of its content, or both.
    """

    __tablename__ = "evidence_records"
    __table_args__ = (sa.Index("ix_evidence_records_on", "on", "indicator"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator: Mapped[str] = mapped_column(sa.String(40))
    on: Mapped[date]
    subject: Mapped[str] = mapped_column(sa.String(200))
    amount: Mapped[Decimal]
    branch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    reference: Mapped[str] = mapped_column(sa.String(200), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    file_name: Mapped[str | None] = mapped_column(sa.String(200))
    media_type: Mapped[str | None] = mapped_column(sa.String(100))
    size: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=RecordState.RECORDED, index=True)
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("evidence_records.id"), index=True)
    entered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    entered_at: Mapped[datetime] = mapped_column(default=utc_now)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    refusal: Mapped[str | None] = mapped_column(sa.Text)

    subject_kind: ClassVar[str] = "evidence_record"

    branch: Mapped[Organization | None] = relationship()
    entered_by: Mapped[User | None] = relationship(foreign_keys=[entered_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    corrects: Mapped["EvidenceRecord | None"] = relationship(remote_side=[id])
