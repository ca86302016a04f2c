"""Near-duplicates: sketches of texts, and pairs of listings that share much of theirs."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now


class Verdict(StrEnum):
    """What a reviewer said of a pair: two things after all, or one posted twice."""

    DIFFERENT = "different"
    DUPLICATE = "duplicate"


class StoredSketch(Base):
    """The sketch of what a listing says now (its submitted revision, or else the published one), full text.

    `compared_at` is None until it was compared with all others, so that a killed worker leaves no pair out.
    """

    __tablename__ = "sketches"
    __table_args__ = (sa.Index("ix_sketches_kind", "kind"),)

    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("revisions.id"))
    version: Mapped[int]
    method: Mapped[str] = mapped_column(sa.String(24))
    size: Mapped[int]
    places: Mapped[bytes] = mapped_column(sa.LargeBinary)
    compared_at: Mapped[datetime | None]


class Duplicate(Base):
    """Two listings of one kind that share much text; `first_id` is the smaller id. A verdict outlives later edits.

    `share` is the part of the shorter text that stands in shared passages.
    """

    __tablename__ = "duplicates"
    __table_args__ = (
        sa.UniqueConstraint("first_id", "second_id"),
        sa.Index("ix_duplicates_second_id", "second_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    second_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    share: Mapped[float]
    found_at: Mapped[datetime] = mapped_column(default=utc_now)
    verdict: Mapped[str | None] = mapped_column(sa.String(16))
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]

    def other(self, listing_id: int) -> int:
        """The id of the listing that is not `listing_id`."""
        return self.second_id if self.first_id == listing_id else self.first_id
