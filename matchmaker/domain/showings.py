"""Showings: which pairs were put before whom, in which order, and which of them were then opened.

What a decision teaches depends on it: a pair that nobody saw was not declined, and the first of a list is opened more
often than the ninth whatever it is worth. Kept by organization and role, never by person, and ids and numbers only.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base


class ListKind(StrEnum):
    """Which list it was: one listing's matches, the best few of each own listing, the triage queue, the list of all
    pairs, the notice of new matches, which goes into the inbox and its mail, a short list on the workbench, or the
    pairs of one's own listings on the page of somebody else's."""

    LISTING = "listing"
    MINE = "mine"
    TRIAGE = "triage"
    ALL = "all"
    NEWS = "news"
    WORKBENCH = "workbench"
    BESIDE = "beside"


class Showing(Base):
    """One list as one viewer saw it on one day; the same content seen again counts up `times`.

    `pairs` are [need id, achievement id, score as he saw it] in the order of the list, the first of them at position
    `first`. Where a pair was scored by another ranker or model than the list (while the worker scores anew), they
    follow it: [need, achievement, score, ranker, model]. `digest` tells contents apart.
    """

    __tablename__ = "showings"
    __table_args__ = (
        sa.UniqueConstraint("organization_id", "role", "on", "digest"),
        sa.Index("ix_showings_on", "on"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    role: Mapped[str] = mapped_column(sa.String(16))
    on: Mapped[date]
    digest: Mapped[str] = mapped_column(sa.String(32))
    kind: Mapped[str] = mapped_column(sa.String(16))
    listing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("listings.id"), index=True)
    ranker: Mapped[str] = mapped_column(sa.String(80))
    model: Mapped[str] = mapped_column(sa.String(120))
    first: Mapped[int]
    pairs: Mapped[list[Any]] = mapped_column(sa.JSON)
    times: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class PairVisit(Base):
    """A pair's own page opened by one viewer on one day, from a kind of list where that is known ("" where not)."""

    __tablename__ = "pair_visits"
    __table_args__ = (
        # Named by hand: PostgreSQL takes no longer names than 63 letters.
        sa.UniqueConstraint(
            "organization_id", "role", "on", "need_id", "achievement_id", "kind", name="uq_pair_visits"
        ),
        sa.Index("ix_pair_visits_on", "on"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    role: Mapped[str] = mapped_column(sa.String(16))
    on: Mapped[date]
    need_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    achievement_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    kind: Mapped[str] = mapped_column(sa.String(16))
    times: Mapped[int]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]


class ShowingLoss(Base):
    """How many lists and visits of a day could not be kept: more came than memory holds while the database was busy."""

    __tablename__ = "showing_losses"
    __table_args__ = ()

    on: Mapped[date] = mapped_column(primary_key=True)
    lost: Mapped[int]
