"""Offers of a deal: its broker offers it to another one, who takes it or does not; until then it stays where it is."""

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.deals import Deal
from matchmaker.domain.handovers import HandoverState
from matchmaker.domain.people import User

NOTE_MOST = 500
_STANDS = f"state = '{HandoverState.OFFERED}'"


class DealOffer(Base):
    """One offer; of one deal at most one stands."""

    __tablename__ = "deal_offers"
    __table_args__ = (
        sa.Index(
            "uq_deal_offers_standing",
            "deal_id",
            unique=True,
            sqlite_where=sa.text(_STANDS),
            postgresql_where=sa.text(_STANDS),
        ),
        sa.Index("ix_deal_offers_to_user_id_state", "to_user_id", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deals.id"))
    from_user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    to_user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(sa.String(16), default=HandoverState.OFFERED)
    note: Mapped[str] = mapped_column(sa.String(NOTE_MOST), default="")
    answer: Mapped[str] = mapped_column(sa.String(NOTE_MOST), default="")
    offered_at: Mapped[datetime] = mapped_column(default=utc_now)
    answered_at: Mapped[datetime | None]

    # The life of an offer is a hand-over's, whatever is handed over.
    subject_kind: ClassVar[str] = "deal_offer"

    deal: Mapped[Deal] = relationship()
    from_user: Mapped[User] = relationship(foreign_keys=[from_user_id])
    to_user: Mapped[User] = relationship(foreign_keys=[to_user_id])
