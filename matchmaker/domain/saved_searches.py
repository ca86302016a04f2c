"""Saved searches: what a person wants to be told of when it is published."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now

NAME_LONGEST = 60


class SavedSearch(Base):
    """Words and facets of one person; a followed field is one without words.

    It reads as the person does in `membership_id`, the one in which it was saved. `shared`: what all members of that
    organization may read of its hits also goes to the organization's robots. `seen_change` is the change of the index's
    log up to which it has looked.
    """

    __tablename__ = "saved_searches"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(sa.ForeignKey("memberships.id"))
    name: Mapped[str] = mapped_column(sa.String(NAME_LONGEST))
    text: Mapped[str] = mapped_column(sa.String(500), default="")
    kind: Mapped[str | None] = mapped_column(sa.String(16))
    field: Mapped[str | None] = mapped_column(sa.String(24))
    industry: Mapped[str | None] = mapped_column(sa.String(2))
    region: Mapped[str | None] = mapped_column(sa.String(6))
    stage: Mapped[str | None] = mapped_column(sa.String(16))
    shared: Mapped[bool] = mapped_column(default=False)
    seen_change: Mapped[int] = mapped_column(default=0, index=True)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    looked_at: Mapped[datetime | None]

    hits: Mapped[list["SavedSearchHit"]] = relationship(back_populates="search")


class SavedSearchHit(Base):
    """A listing of which a person was told: once, whichever of his searches found it first, even one deleted since."""

    __tablename__ = "saved_search_hits"
    __table_args__ = (sa.UniqueConstraint("user_id", "listing_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"), index=True)
    search_id: Mapped[int | None] = mapped_column(sa.ForeignKey("saved_searches.id"), index=True)
    found_at: Mapped[datetime] = mapped_column(default=utc_now)

    search: Mapped[SavedSearch | None] = relationship(back_populates="hits")
