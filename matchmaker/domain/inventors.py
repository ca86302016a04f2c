"""Inventors: the people behind an organization's achievements, who need not be users of the platform."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.listings import Listing
from matchmaker.domain.sub_units import SubUnit


class Inventor(Base):
    """A researcher as the office knows him. All of it is personal data: once deleted, the row keeps none of it.

    `consented_on` is the day on which he agreed to be kept here; without it nothing of him is ever public.
    """

    __tablename__ = "inventors"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    sub_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sub_units.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    title: Mapped[str | None] = mapped_column(sa.String(80))
    fields: Mapped[list[str]] = mapped_column(default=list)
    research: Mapped[str | None] = mapped_column(sa.String(300))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    consented_on: Mapped[date | None]
    is_public: Mapped[bool] = mapped_column(default=False)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)
    deleted_at: Mapped[datetime | None]

    sub_unit: Mapped[SubUnit | None] = relationship()
    works: Mapped[list["Inventorship"]] = relationship(back_populates="inventor", cascade="all, delete-orphan")


class Inventorship(Base):
    """Who invented what: an achievement has several inventors, an inventor several achievements."""

    __tablename__ = "inventorships"
    __table_args__ = (sa.UniqueConstraint("listing_id", "inventor_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    inventor_id: Mapped[int] = mapped_column(sa.ForeignKey("inventors.id"), index=True)

    inventor: Mapped[Inventor] = relationship(back_populates="works")
    listing: Mapped[Listing] = relationship()
