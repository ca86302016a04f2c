"""Introductions (促成): who introduced the two sides of a deal, when and by what; stated once, then only added to."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.deals import Deal
from matchmaker.domain.events import Event
from matchmaker.domain.journal_chain import refuse_changes
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization, User


class Stance(StrEnum):
    """What a statement says: what the platform saw when the deal was opened, or what somebody says of it later."""

    SEEN = "seen"
    CONFIRMED = "confirmed"
    DISPUTED = "disputed"
    ADDED = "added"


SAID = (Stance.CONFIRMED, Stance.DISPUTED, Stance.ADDED)
"""What people may say."""
STANCE_NAMES: dict[str, str] = {
    Stance.SEEN: N_("平台记录"),
    Stance.CONFIRMED: N_("属实"),
    Stance.DISPUTED: N_("有异议"),
    Stance.ADDED: N_("补充说明"),
}
STATEMENT_MOST = 1000


class Introduction(Base):
    """One statement about who brought a deal's sides together; the first of a deal is `SEEN`, and none ever changes.

    `introducer_id` is None where nobody did: the platform's matching alone, or the sides themselves. `way` is a
    deal's source (see deals.py).
    """

    __tablename__ = "introductions"

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"), index=True)
    stance: Mapped[str] = mapped_column(sa.String(16))
    introducer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"))
    way: Mapped[str | None] = mapped_column(sa.String(16))
    match_id: Mapped[int | None] = mapped_column(sa.ForeignKey("matches.id"))
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("events.id"))
    statement: Mapped[str] = mapped_column(sa.Text, default="")
    said_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    said_for_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"))
    said_at: Mapped[datetime] = mapped_column(default=utc_now)

    subject_kind = "introduction"

    deal: Mapped[Deal] = relationship()
    event: Mapped[Event | None] = relationship()
    introducer: Mapped[User | None] = relationship(foreign_keys=[introducer_id])
    organization: Mapped[Organization | None] = relationship(foreign_keys=[organization_id])
    said_by: Mapped[User | None] = relationship(foreign_keys=[said_by_id])
    said_for: Mapped[Organization | None] = relationship(foreign_keys=[said_for_id])


refuse_changes(Introduction)
