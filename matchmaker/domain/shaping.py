"""Shaping: what an organization's own decisions do to the order of its own lists."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now


class RestoredField(Base):
    """A field that an organization wants in its ordinary place, however often it has declined pairs of it."""

    __tablename__ = "restored_fields"
    __table_args__ = (sa.UniqueConstraint("organization_id", "field"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    field: Mapped[str] = mapped_column(sa.String(24))
    restored_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    restored_at: Mapped[datetime] = mapped_column(default=utc_now)
