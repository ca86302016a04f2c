"""Listings (needs and achievements) and their revisions.

A listing is the thing with a life and an owner; a revision is what it says. The published revision stays visible while
a newer working revision is written and reviewed.
"""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.people import Organization, User
from matchmaker.domain.sub_units import SubUnit


class ListingKind(StrEnum):
    """The two sides of the market so far: demand and supply."""

    NEED = "need"
    ACHIEVEMENT = "achievement"

    @property
    def other(self) -> "ListingKind":
        """The kind that this one is matched with."""
        return ListingKind.ACHIEVEMENT if self is ListingKind.NEED else ListingKind.NEED


class Visibility(StrEnum):
    """Who may read a published listing: everybody, everybody but anonymously and in its abstract only, or brokers."""

    PUBLIC = "public"
    ANONYMOUS = "anonymous"
    BROKERS = "brokers"


class ListingState(StrEnum):
    """The life of a listing and of a revision (see states.py for the moves)."""

    DRAFT = "draft"
    CONFIRMING = "confirming"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    CLOSED = "closed"
    SUPERSEDED = "superseded"
    DISCARDED = "discarded"


class Listing(Base):
    """A need or an achievement of one organization.

    `text_revision` counts changes of published text or visibility, `pair_revision` any change that a match depends on;
    `embedded_*` and `matched_*` say what the worker has caught up with. Of a closed one, `outcome_listing_id` and
    `outcome_organization_id` name what and who solved it through the platform; `taken_down` that the bureau ended it.
    """

    __tablename__ = "listings"
    __table_args__ = (
        sa.UniqueConstraint("organization_id", "kind", "external_id"),
        sa.Index("ix_listings_state", "state", "kind", "published_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    broker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    sub_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sub_units.id"), index=True)
    external_id: Mapped[str | None] = mapped_column(sa.String(100))
    state: Mapped[str] = mapped_column(sa.String(16), default=ListingState.DRAFT)
    visibility: Mapped[str] = mapped_column(sa.String(16), default=Visibility.PUBLIC)
    close_reason: Mapped[str | None] = mapped_column(sa.String(24))
    close_note: Mapped[str | None] = mapped_column(sa.Text)
    outcome_listing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("listings.id"))
    outcome_organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"))
    taken_down: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    valid_until: Mapped[date | None] = mapped_column(index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    published_revision_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("revisions.id", use_alter=True, name="fk_listings_published_revision_id_revisions")
    )
    working_revision_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("revisions.id", use_alter=True, name="fk_listings_working_revision_id_revisions")
    )
    text_revision: Mapped[int] = mapped_column(default=0)
    pair_revision: Mapped[int] = mapped_column(default=0)
    embedded_revision: Mapped[int] = mapped_column(default=0)
    embedded_model: Mapped[str | None] = mapped_column(sa.String(120))
    matched_revision: Mapped[int] = mapped_column(default=0)
    matched_by: Mapped[str | None] = mapped_column(sa.String(200))

    subject_kind: ClassVar[str] = "listing"

    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id])
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    broker: Mapped[User | None] = relationship(foreign_keys=[broker_id])
    # Asked for at once for a whole list: few listings name one, and then several name the same.
    sub_unit: Mapped[SubUnit | None] = relationship(lazy="selectin")
    published_revision: Mapped["Revision | None"] = relationship(foreign_keys=[published_revision_id], post_update=True)
    working_revision: Mapped["Revision | None"] = relationship(foreign_keys=[working_revision_id], post_update=True)
    revisions: Mapped[list["Revision"]] = relationship(
        back_populates="listing", foreign_keys="Revision.listing_id", order_by="Revision.number"
    )
    attachments: Mapped[list["Attachment"]] = relationship(back_populates="listing", order_by="Attachment.id")

    @property
    def is_live(self) -> bool:
        """Whether it is published now: searched, matched, shown."""
        return self.state == ListingState.PUBLISHED

    @property
    def is_suspended(self) -> bool:
        """Whether its organization is suspended: then only its own side and the bureau see it."""
        return self.organization.is_suspended

    @property
    def current(self) -> "Revision":
        """The published revision, or the working one where nothing is published yet."""
        revision = self.published_revision or self.working_revision
        assert revision is not None, "a listing has at least one revision"  # noqa: S101
        return revision


class Revision(Base):
    """What a listing says. `raw` keeps a form's values as typed, where they could not be read yet: nothing is lost."""

    __tablename__ = "revisions"
    __table_args__ = (sa.UniqueConstraint("listing_id", "number"), {"sqlite_autoincrement": True})
    # All columns at once: a list of both kinds would otherwise ask again for each row.
    __mapper_args__ = {"polymorphic_on": "kind", "with_polymorphic": "*"}

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    number: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(sa.String(16), default=ListingState.DRAFT, index=True)
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)
    submitted_at: Mapped[datetime | None]
    declared_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    reviewed_at: Mapped[datetime | None]
    reviewer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    advice: Mapped[str | None] = mapped_column(sa.Text)
    advice_reasons: Mapped[list[str]] = mapped_column(default=list)
    raw: Mapped[dict[str, Any] | None]

    title: Mapped[str] = mapped_column(sa.String(200), default="")
    abstract: Mapped[str] = mapped_column(sa.Text, default="")
    visibility: Mapped[str] = mapped_column(sa.String(16), default=Visibility.PUBLIC)
    # Fields that the poster closed further than their default: name -> layer (see layers.py).
    layers: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict, server_default=sa.text("'{}'"))
    language: Mapped[str] = mapped_column(sa.String(8), default="zh")
    # Whether its owner said so; else it was told from the text.
    language_is_stated: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    second_language: Mapped[str | None] = mapped_column(sa.String(8))
    second_title: Mapped[str | None] = mapped_column(sa.String(200))
    second_abstract: Mapped[str | None] = mapped_column(sa.Text)
    field: Mapped[str | None] = mapped_column(sa.String(24), index=True)
    industry: Mapped[str | None] = mapped_column(sa.String(2), index=True)
    region: Mapped[str | None] = mapped_column(sa.String(6), index=True)
    keywords: Mapped[list[str]] = mapped_column(default=list)
    cooperation: Mapped[list[str]] = mapped_column(default=list)
    valid_until: Mapped[date | None]
    source: Mapped[str | None] = mapped_column(sa.String(200))
    contact_name: Mapped[str | None] = mapped_column(sa.String(80))
    contact_phone: Mapped[str | None] = mapped_column(sa.String(40))

    subject_kind: ClassVar[str] = "revision"

    listing: Mapped[Listing] = relationship(back_populates="revisions", foreign_keys=[listing_id])
    indicators: Mapped[list["TechnicalIndicator"]] = relationship(
        back_populates="revision", order_by="TechnicalIndicator.position", cascade="all, delete-orphan"
    )


class NeedRevision(Revision):
    """What a need says: the problem, what was tried, and on which terms a solver is sought."""

    __mapper_args__ = {"polymorphic_identity": "need"}

    background: Mapped[str | None] = mapped_column(sa.Text)
    problem: Mapped[str | None] = mapped_column(sa.Text)
    tried: Mapped[str | None] = mapped_column(sa.Text)
    solver_conditions: Mapped[str | None] = mapped_column(sa.Text)
    budget: Mapped[Decimal | None]
    deadline_on: Mapped[date | None]
    ip_ownership: Mapped[str | None] = mapped_column(sa.String(16))
    stage_wanted: Mapped[str | None] = mapped_column(sa.String(16))


class AchievementRevision(Revision):
    """What an achievement says: what it does, how far it is, and on which terms it is offered."""

    __mapper_args__ = {"polymorphic_identity": "achievement"}

    description: Mapped[str | None] = mapped_column(sa.Text)
    advantages: Mapped[str | None] = mapped_column(sa.Text)
    applications: Mapped[str | None] = mapped_column(sa.Text)
    partner_wanted: Mapped[str | None] = mapped_column(sa.Text)
    form: Mapped[str | None] = mapped_column(sa.String(24))
    attribute: Mapped[str | None] = mapped_column(sa.String(24))
    stage: Mapped[str | None] = mapped_column(sa.String(16))
    level: Mapped[str | None] = mapped_column(sa.String(32))
    completed_on: Mapped[date | None]
    secrecy: Mapped[str | None] = mapped_column(sa.String(16))
    patents: Mapped[list[str] | None]
    trl: Mapped[int | None]
    trl_scale: Mapped[str | None] = mapped_column(sa.String(24))
    trl_evidence: Mapped[str | None] = mapped_column(sa.Text)
    price: Mapped[Decimal | None]
    team: Mapped[str | None] = mapped_column(sa.Text)


class TechnicalIndicator(Base):
    """One quantified indicator (技术指标): name, comparator, value or range, unit."""

    __tablename__ = "technical_indicators"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("revisions.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(sa.String(100))
    comparator: Mapped[str] = mapped_column(sa.String(8))
    value: Mapped[str] = mapped_column(sa.String(200))
    upper: Mapped[str | None] = mapped_column(sa.String(60))
    unit: Mapped[str | None] = mapped_column(sa.String(40))

    revision: Mapped[Revision] = relationship(back_populates="indicators")


class Attachment(Base):
    """A file of a listing, stored under the hash of its content.

    `layer` says who may open it; None is the layer of the full text, whatever that is for the listing's visibility.
    """

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    layer: Mapped[str | None] = mapped_column(sa.String(16))
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    uploaded_at: Mapped[datetime] = mapped_column(default=utc_now)
    deleted_at: Mapped[datetime | None]

    listing: Mapped[Listing] = relationship(back_populates="attachments")


def not_suspended(listing: Any = Listing) -> sa.ColumnElement[bool]:
    """The condition of listings whose organization is not suspended; `listing` is the table or an alias of it."""
    suspended = sa.select(Organization.id).where(Organization.suspended_at.is_not(None))
    condition: sa.ColumnElement[bool] = listing.organization_id.not_in(suspended)
    return condition


def on_market(listing: Any = Listing) -> sa.ColumnElement[bool]:
    """The condition of what is searched, matched and shown: published, and not of a suspended organization.

    `listing` is the table or an alias of it.
    """
    return sa.and_(listing.state == ListingState.PUBLISHED, not_suspended(listing))


REVISION_CLASSES: dict[str, type[NeedRevision] | type[AchievementRevision]] = {
    ListingKind.NEED: NeedRevision,
    ListingKind.ACHIEVEMENT: AchievementRevision,
}
