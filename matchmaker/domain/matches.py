"""Matches: the stored pairing of a need and an achievement, and what people decided about it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Organization, User


class Decision(StrEnum):
    """What a party or a broker said of a match."""

    INTERESTED = "interested"
    SHORTLISTED = "shortlisted"
    UNSUITABLE = "unsuitable"


class Match(Base):
    """One need with one achievement.

    `need_rank` and `achievement_rank` are the places (from 1) in either side's list, NULL where it is not among the
    best there. `score` (log-odds), `probability` (that a professional would grade the pair 较强 or better), `grade`
    (3 强 .. 0 无) and `terms` come from the full texts; the `public_` four from what everybody may read, where that
    differs, so that an anonymous need's hidden text shows in nobody else's list. Terms: [[name, value, contribution]].
    """

    __tablename__ = "matches"
    __table_args__ = (
        sa.UniqueConstraint("need_id", "achievement_id"),
        sa.Index("ix_matches_achievement", "achievement_id", "achievement_rank"),
        sa.Index("ix_matches_need", "need_id", "need_rank"),
        sa.Index("ix_matches_score", "score"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    achievement_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    score: Mapped[float]
    probability: Mapped[float]
    grade: Mapped[int]
    terms: Mapped[list[Any]] = mapped_column(sa.JSON)
    public_score: Mapped[float | None]
    public_probability: Mapped[float | None]
    public_grade: Mapped[int | None]
    public_terms: Mapped[list[Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    need_rank: Mapped[int | None]
    achievement_rank: Mapped[int | None]
    ranker: Mapped[str] = mapped_column(sa.String(80))
    model: Mapped[str] = mapped_column(sa.String(120))
    need_revision: Mapped[int]
    achievement_revision: Mapped[int]
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    proposal_note: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)

    need: Mapped[Listing] = relationship(foreign_keys=[need_id])
    achievement: Mapped[Listing] = relationship(foreign_keys=[achievement_id])
    decisions: Mapped[list["MatchDecision"]] = relationship(back_populates="match")


class MatchDecision(Base):
    """The standing decision of one organization about one match; earlier ones are in the journal."""

    __tablename__ = "match_decisions"
    __table_args__ = (sa.UniqueConstraint("match_id", "organization_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    match_id: Mapped[int] = mapped_column(sa.ForeignKey("matches.id"))
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decision: Mapped[str] = mapped_column(sa.String(16))
    reason: Mapped[str | None] = mapped_column(sa.String(32))
    note: Mapped[str | None] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(default=utc_now)

    match: Mapped[Match] = relationship(back_populates="decisions")
    organization: Mapped[Organization] = relationship()
    actor: Mapped[User | None] = relationship()
