"""Technology contracts (技术合同): what two parties of a deal have signed, and how the market's office registers it.

Of any contract hold 0 <= technology income <= technology transaction value <= total value; the transaction value is the
total less what is not technology (equipment, instruments, parts, raw materials and the like), and never typed.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.deals import Deal
from matchmaker.domain.people import Organization, User


class ContractKind(StrEnum):
    """The five types of the Civil Code; codes of the table `contract_kinds`."""

    DEVELOPMENT = "development"
    TRANSFER = "transfer"
    LICENCE = "licence"
    CONSULTING = "consulting"
    SERVICE = "service"


class ContractState(StrEnum):
    """The life of a contract at the desk (see states.py for the moves)."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REGISTERED = "registered"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"


OPEN_CONTRACT_STATES = (ContractState.DRAFT, ContractState.RETURNED)
"""States in which its parties fill it in."""


class Contract(Base):
    """One contract of a deal. Amounts are yuan; `parties` is what was known of both sides when it was submitted."""

    __tablename__ = "contracts"
    __table_args__ = (
        sa.CheckConstraint("total_value IS NULL OR total_value >= 0", name="total_value"),
        sa.CheckConstraint(
            "transaction_value IS NULL OR (transaction_value >= 0 AND transaction_value <= total_value)",
            name="transaction_value",
        ),
        sa.CheckConstraint(
            "technology_income IS NULL OR (technology_income >= 0 AND technology_income <= transaction_value)",
            name="technology_income",
        ),
        sa.CheckConstraint("seller_organization_id <> buyer_organization_id", name="parties"),
        sa.Index("ix_contracts_state_registered_on", "state", "registered_on"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=ContractState.DRAFT)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"), index=True)
    seller_organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    buyer_organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    number: Mapped[str | None] = mapped_column(sa.String(60))
    name: Mapped[str] = mapped_column(sa.String(200), default="")
    kind: Mapped[str | None] = mapped_column(sa.String(16))
    sub_kind: Mapped[str | None] = mapped_column(sa.String(32))
    field: Mapped[str | None] = mapped_column(sa.String(24))
    signed_on: Mapped[date | None] = mapped_column(index=True)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    total_value: Mapped[Decimal | None]
    transaction_value: Mapped[Decimal | None]
    technology_income: Mapped[Decimal | None]
    # Why nothing is deducted: the two amounts are never equal in silence.
    equal_reason: Mapped[str | None] = mapped_column(sa.Text)
    payment_way: Mapped[str | None] = mapped_column(sa.String(24))
    is_related_party: Mapped[bool] = mapped_column(default=False)
    is_disputed: Mapped[bool] = mapped_column(default=False)
    plan_source: Mapped[str | None] = mapped_column(sa.String(24))
    ip_kind: Mapped[str | None] = mapped_column(sa.String(24))
    goal: Mapped[str | None] = mapped_column(sa.String(24))
    summary: Mapped[str | None] = mapped_column(sa.Text)
    seller_contact: Mapped[str | None] = mapped_column(sa.String(120))
    buyer_contact: Mapped[str | None] = mapped_column(sa.String(120))
    broker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    parties: Mapped[dict[str, Any]] = mapped_column(default=dict)
    file_name: Mapped[str | None] = mapped_column(sa.String(200))
    file_media_type: Mapped[str | None] = mapped_column(sa.String(100))
    file_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    # As judged by the rules in force on the day of submission.
    needs_experts: Mapped[bool] = mapped_column(default=False)
    submitted_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    due_is_provisional: Mapped[bool] = mapped_column(default=False)
    returned_reason: Mapped[str | None] = mapped_column(sa.String(24))
    returned_note: Mapped[str | None] = mapped_column(sa.Text)
    registration_number: Mapped[str | None] = mapped_column(sa.String(60), unique=True)
    registered_on: Mapped[date | None] = mapped_column(index=True)
    certificate_name: Mapped[str | None] = mapped_column(sa.String(200))
    certificate_media_type: Mapped[str | None] = mapped_column(sa.String(100))
    certificate_sha256: Mapped[str | None] = mapped_column(sa.String(64))
    cancelled_on: Mapped[date | None]
    cancelled_reason: Mapped[str | None] = mapped_column(sa.Text)
    version: Mapped[int] = mapped_column(default=1)
    opened_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    opened_at: Mapped[datetime] = mapped_column(default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)

    subject_kind: ClassVar[str] = "contract"

    deal: Mapped[Deal] = relationship()
    seller: Mapped[Organization] = relationship(foreign_keys=[seller_organization_id])
    buyer: Mapped[Organization] = relationship(foreign_keys=[buyer_organization_id])
    broker: Mapped[User | None] = relationship(foreign_keys=[broker_id])
    deductions: Mapped[list["Deduction"]] = relationship(
        back_populates="contract", order_by="Deduction.id", cascade="all, delete-orphan"
    )
    payments: Mapped[list["Payment"]] = relationship(back_populates="contract", order_by="Payment.planned_on")
    amendments: Mapped[list["Amendment"]] = relationship(back_populates="contract", order_by="Amendment.id")

    @property
    def is_open(self) -> bool:
        """Whether its parties may still change what it says."""
        return self.state in OPEN_CONTRACT_STATES

    @property
    def deducted(self) -> Decimal:
        """Yuan that are no technology."""
        return sum((each.amount for each in self.deductions), Decimal(0))


class Deduction(Base):
    """One item of a contract that is no technology; `kind` is a code of the table `contract_deductions`."""

    __tablename__ = "contract_deductions"
    __table_args__ = (sa.CheckConstraint("amount > 0", name="amount"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contracts.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    name: Mapped[str] = mapped_column(sa.String(100), default="")
    amount: Mapped[Decimal]

    contract: Mapped[Contract] = relationship(back_populates="deductions")


class Payment(Base):
    """One payment: planned by the contract, received later, in part or whole; `technology_income` is of what came."""

    __tablename__ = "contract_payments"
    __table_args__ = (
        sa.CheckConstraint("planned_amount > 0", name="planned_amount"),
        sa.CheckConstraint("received_amount IS NULL OR received_amount > 0", name="received_amount"),
        sa.CheckConstraint("(received_on IS NULL) = (received_amount IS NULL)", name="received"),
        sa.CheckConstraint(
            "technology_income IS NULL OR (technology_income >= 0 AND technology_income <= received_amount)",
            name="technology_income",
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contracts.id"), index=True)
    planned_on: Mapped[date]
    planned_amount: Mapped[Decimal]
    received_on: Mapped[date | None] = mapped_column(index=True)
    received_amount: Mapped[Decimal | None]
    technology_income: Mapped[Decimal | None]
    note: Mapped[str] = mapped_column(sa.String(200), default="")

    contract: Mapped[Contract] = relationship(back_populates="payments")

    subject_kind: ClassVar[str] = "payment"


class Amendment(Base):
    """A change that the parties agreed after registration: what stood before, what holds from `effective_on`."""

    __tablename__ = "contract_amendments"

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(sa.ForeignKey("contracts.id"), index=True)
    effective_on: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.Text)
    former: Mapped[dict[str, Any]]
    amended: Mapped[dict[str, Any]]
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=utc_now)

    contract: Mapped[Contract] = relationship(back_populates="amendments")
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])
