"""Witnesses of the journal: to whom the chain's end is mailed each day, and which one was mailed when.

A mail in somebody's box is outside this machine: whoever writes the chain anew from somewhere on cannot reach it.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now


class JournalWitness(Base):
    """Somebody of the bureau who chose to be mailed."""

    __tablename__ = "journal_witnesses"
    __table_args__ = ()

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, autoincrement=False)
    chosen_at: Mapped[datetime] = mapped_column(default=utc_now)


class WitnessedHead(Base):
    """The end that was mailed on a day of the city: its row is taken before the mails are written, so it goes once."""

    __tablename__ = "witnessed_heads"
    __table_args__ = ()

    on: Mapped[date] = mapped_column(primary_key=True)
    position: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.String(64))
    mails: Mapped[int]
    mailed_at: Mapped[datetime] = mapped_column(default=utc_now)
