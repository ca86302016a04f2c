"""Visits: which listings were looked at on a day, counted by organization and by visitor, never by person."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base


class ListingVisit(Base):
    """One listing looked at by one visitor on one day, however often.

    `visitor` is `organization:<id>` for somebody who acts for one, else a mark made with the day's salt. Once the salt
    is gone (the day after) a mark can be told from others and nothing more: it names nobody.
    """

    __tablename__ = "listing_visits"
    __table_args__ = ()

    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    visitor: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"))


class VisitSalt(Base):
    """The secret of one day, shared by all server processes and forgotten the day after."""

    __tablename__ = "visit_salts"
    __table_args__ = ()

    on: Mapped[date] = mapped_column(primary_key=True)
    salt: Mapped[bytes]
