"""What was opened of a listing to another organization, and every reading of what is not open to all."""

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Organization, User


class Way(StrEnum):
    """How somebody read a listing: its own page, a list or search, a pair, a file, an export, the review desk, as an
    expert who judges it without knowing whose it is, and without its owner knowing him."""

    PAGE = "page"
    LIST = "list"
    MATCH = "match"
    FILE = "file"
    EXPORT = "export"
    REVIEW = "review"
    SCREENING = "screening"


class Disclosure(Base):
    """A layer of a listing opened to an organization, because of one pair; it counts until `ended_at`.

    ABSTRACT is opened of a listing for brokers only, once its owner is interested in the pair; MATCHED once both sides
    are; CONFIDENTIAL once an agreement stands. A layer opens all that are more open.
    """

    __tablename__ = "disclosures"
    __table_args__ = (
        sa.Index("ix_disclosures_organization", "organization_id", "ended_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"), index=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    layer: Mapped[str] = mapped_column(sa.String(16))
    match_id: Mapped[int] = mapped_column(sa.ForeignKey("matches.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]

    listing: Mapped[Listing] = relationship()
    organization: Mapped[Organization] = relationship()
    match: Mapped[Match] = relationship()


class Reading(Base):
    """One person's readings of a listing in one way on one day: the strictest layer shown, how often, first and last.

    Written before the answer is sent, for every reader outside the owner's organization who was shown more than the
    abstract of what is hidden from others.
    """

    __tablename__ = "readings"
    __table_args__ = (
        sa.UniqueConstraint(
            "listing_id",
            "user_id",
            "organization_id",
            "layer",
            "way",
            "attachment_id",
            "read_on",
            name="uq_readings_day",
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    layer: Mapped[str] = mapped_column(sa.String(16))
    way: Mapped[str] = mapped_column(sa.String(16))
    # 0 where no file was read: a NULL would never meet another one in the constraint. Hence no foreign key.
    attachment_id: Mapped[int] = mapped_column(default=0)
    read_on: Mapped[date]
    times: Mapped[int] = mapped_column(default=1)
    first_at: Mapped[datetime] = mapped_column(default=utc_now)
    last_at: Mapped[datetime] = mapped_column(default=utc_now)

    listing: Mapped[Listing] = relationship()
    user: Mapped[User] = relationship()
    organization: Mapped[Organization] = relationship()
