"""Collection campaigns (征集活动): a call of the bureau, its quotas per branch, its entries, experts and opinions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Organization, User

OPINIONS_EACH = 2
"""Opinions that an entry needs before the bureau decides, where a campaign says nothing else."""


class CampaignState(StrEnum):
    """The life of a campaign (see states.py for the moves)."""

    DRAFT = "draft"
    OPEN = "open"
    SCREENING = "screening"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class EntryState(StrEnum):
    """Whether the bureau has decided on an entry after its screening."""

    ENTERED = "entered"
    SCREENED_IN = "screened_in"
    SCREENED_OUT = "screened_out"


class OpinionState(StrEnum):
    """An opinion is asked for, then given; recused where the expert must not or will not judge."""

    ASKED = "asked"
    GIVEN = "given"
    RECUSED = "recused"


class Campaign(Base):
    """One call. `fields` are codes of `contract_fields`, empty for all; days count in the city, both included."""

    __tablename__ = "campaigns"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(100))
    kind: Mapped[str] = mapped_column(sa.String(16))
    call_text: Mapped[str] = mapped_column(sa.Text)
    fields: Mapped[list[str]] = mapped_column(default=list)
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    target: Mapped[int | None]
    opinions_each: Mapped[int] = mapped_column(default=OPINIONS_EACH)
    contact: Mapped[str] = mapped_column(sa.String(200), default="")
    state: Mapped[str] = mapped_column(sa.String(16), default=CampaignState.DRAFT, index=True)
    version: Mapped[int] = mapped_column(default=1)
    cancel_reason: Mapped[str | None] = mapped_column(sa.Text)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    opened_at: Mapped[datetime | None]
    reminded_on: Mapped[date | None]

    subject_kind: ClassVar[str] = "campaign"

    quotas: Mapped[list["BranchQuota"]] = relationship(
        back_populates="campaign", cascade="all, delete-orphan", order_by="BranchQuota.id"
    )

    def takes_entries(self, day: date) -> bool:
        """Whether an organization may enter something on `day`."""
        return self.state == CampaignState.OPEN and self.opens_on <= day <= self.closes_on


class BranchQuota(Base):
    """How many entries one branch is to collect."""

    __tablename__ = "branch_quotas"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "branch_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    branch_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    target: Mapped[int]

    campaign: Mapped[Campaign] = relationship(back_populates="quotas")
    branch: Mapped[Organization] = relationship()


class CampaignFile(Base):
    """A file of the call, stored under the hash of its content."""

    __tablename__ = "campaign_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    uploaded_at: Mapped[datetime] = mapped_column(default=utc_now)
    deleted_at: Mapped[datetime | None]

    campaign: Mapped[Campaign] = relationship()


class CampaignEntry(Base):
    """A listing in a campaign, in at most one. `late_reason` says why it was let in after the deadline.

    `decided_revision_id` is the text that the decision is about; `advice` is what the owner is told.
    """

    __tablename__ = "campaign_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"), index=True)
    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"), unique=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=EntryState.ENTERED)
    entered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    entered_at: Mapped[datetime] = mapped_column(default=utc_now)
    late_reason: Mapped[str | None] = mapped_column(sa.Text)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_revision_id: Mapped[int | None] = mapped_column(sa.ForeignKey("revisions.id"))
    reasons: Mapped[list[str]] = mapped_column(default=list)
    advice: Mapped[str | None] = mapped_column(sa.Text)

    subject_kind: ClassVar[str] = "campaign_entry"

    campaign: Mapped[Campaign] = relationship()
    listing: Mapped[Listing] = relationship()
    opinions: Mapped[list["Opinion"]] = relationship(back_populates="entry", order_by="Opinion.id")


class CampaignExpert(Base):
    """Somebody invited to judge the entries of one campaign, as a member of one organization."""

    __tablename__ = "campaign_experts"
    __table_args__ = (sa.UniqueConstraint("campaign_id", "user_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    invited_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    invited_at: Mapped[datetime] = mapped_column(default=utc_now)
    dismissed_at: Mapped[datetime | None]

    subject_kind: ClassVar[str] = "campaign_expert"

    campaign: Mapped[Campaign] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
    organization: Mapped[Organization] = relationship()


class Opinion(Base):
    """What one expert thinks of one entry. `scores` maps a dimension to 1..5; `revision_id` is the text he judged."""

    __tablename__ = "opinions"
    __table_args__ = (sa.UniqueConstraint("entry_id", "expert_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign_entries.id"))
    expert_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign_experts.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=OpinionState.ASKED)
    recommendation: Mapped[str | None] = mapped_column(sa.String(16))
    merge_with: Mapped[str | None] = mapped_column(sa.String(200))
    scores: Mapped[dict[str, Any]] = mapped_column(default=dict)
    text: Mapped[str | None] = mapped_column(sa.Text)
    recusal_reason: Mapped[str | None] = mapped_column(sa.Text)
    revision_id: Mapped[int | None] = mapped_column(sa.ForeignKey("revisions.id"))
    asked_at: Mapped[datetime] = mapped_column(default=utc_now)
    closed_at: Mapped[datetime | None]

    subject_kind: ClassVar[str] = "opinion"

    entry: Mapped[CampaignEntry] = relationship(back_populates="opinions")
    expert: Mapped[CampaignExpert] = relationship()
