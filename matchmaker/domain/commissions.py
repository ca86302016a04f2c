"""Commissions (佣金约定): the fee of a deal's brokers, who pays it and how they share it, agreed by all on record."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.deals import Deal
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization, User


class CommissionState(StrEnum):
    """The life of a proposal: what all have agreed holds until another one is agreed as well."""

    TABLED = "tabled"
    AGREED = "agreed"
    OBJECTED = "objected"
    SUPERSEDED = "superseded"


COMMISSION_NAMES: dict[str, str] = {
    CommissionState.TABLED: N_("待各方同意"),
    CommissionState.AGREED: N_("各方已同意"),
    CommissionState.OBJECTED: N_("有人不同意"),
}
NOTE_MOST = 500
MOST_SHARES = 6
WHOLE = Decimal(100)


class Commission(Base):
    """One proposal, numbered within its deal; its amounts and shares never change, a changed one is a new proposal."""

    __tablename__ = "commissions"
    __table_args__ = (
        sa.UniqueConstraint("deal_id", "number"),
        sa.CheckConstraint("fee >= 0", name="fee"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(16), default=CommissionState.TABLED)
    fee: Mapped[Decimal]
    payer_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    note: Mapped[str] = mapped_column(sa.String(NOTE_MOST), default="")
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=utc_now)
    fee_agreed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    fee_agreed_at: Mapped[datetime | None]

    subject_kind: ClassVar[str] = "commission"

    deal: Mapped[Deal] = relationship()
    payer: Mapped[Organization] = relationship()
    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    shares: Mapped[list["CommissionShare"]] = relationship(back_populates="commission", order_by="CommissionShare.id")


class CommissionShare(Base):
    """What one broker gets of the fee, in percent with two places."""

    __tablename__ = "commission_shares"
    __table_args__ = (
        sa.UniqueConstraint("commission_id", "broker_id"),
        # Percent is kept in hundredths, as money is.
        sa.CheckConstraint("percent > 0 AND percent <= 10000", name="percent"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    commission_id: Mapped[int] = mapped_column(sa.ForeignKey("commissions.id"))
    broker_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    percent: Mapped[Decimal]
    agreed_at: Mapped[datetime | None]

    commission: Mapped[Commission] = relationship(back_populates="shares")
    broker: Mapped[User] = relationship()
