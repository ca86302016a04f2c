"""Good matches that have entered a listing's list and whose posters have not been told yet, or were."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now


class MatchNews(Base):
    """One listing that entered the list of another, written with the pair; a pair that comes back is no news again."""

    __tablename__ = "match_news"
    __table_args__ = (
        sa.UniqueConstraint("listing_id", "other_id"),
        sa.Index("ix_match_news_told_at", "told_at", "listing_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    told_at: Mapped[datetime | None]
