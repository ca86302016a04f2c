"""Templates of papers: the Word files from which contracts, agreements and minutes are drafted."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.contracts import ContractKind
from matchmaker.domain.language import N_
from matchmaker.domain.people import User


class PaperKind(StrEnum):
    """What is drafted; of a contract one for each of its five types."""

    DEVELOPMENT = "development"
    TRANSFER = "transfer"
    LICENCE = "licence"
    CONSULTING = "consulting"
    SERVICE = "service"
    COOPERATION = "cooperation"
    CONFIDENTIALITY = "confidentiality"
    MINUTES = "minutes"


CONTRACT_PAPERS = frozenset(PaperKind(kind.value) for kind in ContractKind)
"""Papers that are filled from a contract; the others are filled from a deal."""
DEAL_PAPERS = (PaperKind.COOPERATION, PaperKind.CONFIDENTIALITY, PaperKind.MINUTES)
PAPER_NAMES: dict[str, str] = {
    PaperKind.DEVELOPMENT: N_("技术开发合同"),
    PaperKind.TRANSFER: N_("技术转让合同"),
    PaperKind.LICENCE: N_("技术许可合同"),
    PaperKind.CONSULTING: N_("技术咨询合同"),
    PaperKind.SERVICE: N_("技术服务合同"),
    PaperKind.COOPERATION: N_("合作协议"),
    PaperKind.CONFIDENTIALITY: N_("保密协议"),
    PaperKind.MINUTES: N_("洽谈纪要"),
}


class PaperTemplate(Base):
    """One version of a template that the bureau uploaded, or (without a file) its return to the shipped one.

    The highest version of a kind counts; former ones stay.
    """

    __tablename__ = "paper_templates"
    __table_args__ = (sa.UniqueConstraint("kind", "version"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(24))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    sha256: Mapped[str | None] = mapped_column(sa.String(64))
    note: Mapped[str] = mapped_column(sa.String(200), default="")
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    uploaded_at: Mapped[datetime] = mapped_column(default=utc_now)

    subject_kind: ClassVar[str] = "paper_template"

    uploaded_by: Mapped[User | None] = relationship()
