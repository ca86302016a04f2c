"""Organizations, users, memberships: who may act, and for whom."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now


class Role(StrEnum):
    """What a membership lets a user do. Bureau and admin belong to members of a bureau's organization only."""

    ENTERPRISE = "enterprise"
    UNIVERSITY = "university"
    BROKER = "broker"
    BUREAU = "bureau"
    ADMIN = "admin"


class OrganizationKind(StrEnum):
    """Kinds of organization; codes of the table `organization_kinds`."""

    ENTERPRISE = "enterprise"
    UNIVERSITY = "university"
    INSTITUTE = "institute"
    BROKER = "broker"
    BUREAU = "bureau"
    BRANCH = "branch"
    FINANCE = "finance"
    SERVICE = "service"


# The role that a membership in an organization of a kind gives. Admin is given by hand, in a bureau's organization.
ROLE_OF_KIND: dict[str, Role] = {
    OrganizationKind.ENTERPRISE: Role.ENTERPRISE,
    OrganizationKind.UNIVERSITY: Role.UNIVERSITY,
    OrganizationKind.INSTITUTE: Role.UNIVERSITY,
    OrganizationKind.BROKER: Role.BROKER,
    OrganizationKind.BUREAU: Role.BUREAU,
    OrganizationKind.BRANCH: Role.BUREAU,
    OrganizationKind.FINANCE: Role.ENTERPRISE,
    OrganizationKind.SERVICE: Role.ENTERPRISE,
}
# Public offices are set up by the bureau, never by whoever fills in a form.
OFFICES = frozenset({OrganizationKind.BUREAU, OrganizationKind.BRANCH})


class MembershipState(StrEnum):
    """A membership gives rights only while active.

    Invited: the person has not accepted yet. Pending: the bureau has not confirmed a broker yet.
    """

    INVITED = "invited"
    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"


class Organization(Base):
    """A party of the market: an enterprise, a university, a broker's agency, the bureau.

    `opened_on` is the day on which a branch opened, as the bureau says; None for others, and while nobody said so.
    """

    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16), index=True)
    name: Mapped[str] = mapped_column(sa.String(200), index=True)
    credit_code: Mapped[str | None] = mapped_column(sa.String(18), unique=True)
    region: Mapped[str | None] = mapped_column(sa.String(6), index=True)
    industry: Mapped[str | None] = mapped_column(sa.String(2))
    size: Mapped[str | None] = mapped_column(sa.String(8))
    website: Mapped[str | None] = mapped_column(sa.String(300))
    address: Mapped[str | None] = mapped_column(sa.String(300))
    summary: Mapped[str | None] = mapped_column(sa.Text)
    branch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"))
    opened_on: Mapped[date | None]
    external_id: Mapped[str | None] = mapped_column(sa.String(100), unique=True)
    verified_at: Mapped[datetime | None]
    verified_until: Mapped[date | None]
    suspended_at: Mapped[datetime | None] = mapped_column(index=True)
    suspended_until: Mapped[date | None]
    suspension_reason: Mapped[str | None] = mapped_column(sa.String(24))
    suspension_note: Mapped[str | None] = mapped_column(sa.Text)
    # A double that was merged into another stays as a signpost: old links lead on, the journal keeps its name.
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    memberships: Mapped[list["Membership"]] = relationship(back_populates="organization")

    @property
    def is_suspended(self) -> bool:
        """Whether the bureau has taken it off the market for now."""
        return self.suspended_at is not None


class User(Base):
    """A person who logs in, by e-mail or by mobile number."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    # Until then only mails about the account itself go there: anybody may type any address.
    email_verified_at: Mapped[datetime | None]
    mobile: Mapped[str | None] = mapped_column(sa.String(20), unique=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    locale: Mapped[str | None] = mapped_column(sa.String(12))
    # Raised by each password change and by log-out everywhere: cookies and reset links of an older one are void.
    credentials_version: Mapped[int] = mapped_column(default=1)
    consent_version: Mapped[str | None] = mapped_column(sa.String(20))
    consented_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    disabled_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    memberships: Mapped[list["Membership"]] = relationship(back_populates="user", foreign_keys="Membership.user_id")


class Membership(Base):
    """A user in an organization, with one role there. A user may have several memberships and acts in one at a time."""

    __tablename__ = "memberships"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "organization_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(16))
    is_owner: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(sa.String(16), default=MembershipState.ACTIVE)
    # An invitation counts from here; sending it again starts it anew.
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    invited_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    user: Mapped[User] = relationship(back_populates="memberships", foreign_keys=[user_id])
    invited_by: Mapped[User | None] = relationship(foreign_keys=[invited_by_id])
    organization: Mapped[Organization] = relationship(back_populates="memberships")


class RateCount(Base):
    """How often one key did a limited thing in one window: in the database, so that processes count together."""

    __tablename__ = "rate_counts"

    key: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    count: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)
