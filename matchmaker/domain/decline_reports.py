"""Decline reports: why a university's achievements were declined in a closed quarter, as far as it may be said."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.people import Organization


class DeclineReport(Base):
    """One university's report of one quarter, made once after its end and never counted again.

    A report that followed later changes could be laid beside its former self, and the difference would be one
    enterprise's decision. `content` holds only what may be shown: what was suppressed is nowhere.
    """

    __tablename__ = "decline_reports"
    __table_args__ = (sa.UniqueConstraint("organization_id", "year", "quarter"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"))
    year: Mapped[int]
    quarter: Mapped[int]
    content: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    made_at: Mapped[datetime] = mapped_column(default=utc_now)

    organization: Mapped[Organization] = relationship()
