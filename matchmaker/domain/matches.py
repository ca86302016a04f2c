"""Matches: the stored pairing of a need and an achievement, and what people decided about it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Organization, User
from matchmaker.domain.questions import Question
from matchmaker.domain.verdicts import IndicatorList, VerdictSheet


class Decision(StrEnum):
    """What a party or a broker said of a match."""

    INTERESTED = "interested"
    SHORTLISTED = "shortlisted"
    UNSUITABLE = "unsuitable"


class DeclineReason(StrEnum):
    """The coded reasons that mean something to the platform; all of them stand in codes/decline_reasons.csv."""

    OUT_OF_SCOPE = "out_of_scope"
    ALREADY_SOLVED = "already_solved"
    # Said of whoever posted the other side, not of the pair: the other side never learns of it.
    RIVAL = "rival"


class Match(Base):
    """One need with one achievement.

    `score` (log-odds), `probability` (that a professional would grade it 较强 or better), `grade` (3 强 .. 0 无) and
    `terms` ([[name, value, contribution], ...]) come from the full texts: brokers and the bureau see them. Where one
    listing hides something, the other side's owner gets a view from what he may read: `need_view` for the need's owner,
    `achievement_view` for the achievement's, each {score, probability, grade, terms}, NULL where it is the same.
    `need_side_score` and `achievement_side_score` sort either owner's list and are NULL where he may not see the pair.
    `in_need_list` and `in_achievement_list` say whether it is among the best of that side.
    """

    __tablename__ = "matches"
    __table_args__ = (
        sa.UniqueConstraint("need_id", "achievement_id"),
        sa.Index("ix_matches_need", "need_id", "need_side_score"),
        sa.Index("ix_matches_achievement", "achievement_id", "achievement_side_score"),
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
    need_view: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    achievement_view: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    need_side_score: Mapped[float | None]
    achievement_side_score: Mapped[float | None]
    in_need_list: Mapped[bool] = mapped_column(default=False)
    in_achievement_list: Mapped[bool] = mapped_column(default=False)
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
    proposed_by: Mapped[User | None] = relationship()
    decisions: Mapped[list["MatchDecision"]] = relationship(back_populates="match")
    # What the verdicts on its indicators are shown from; written by the worker and by those who ask.
    sheet: Mapped[VerdictSheet | None] = relationship(viewonly=True)
    need_indicators: Mapped[IndicatorList | None] = relationship(
        primaryjoin=lambda: foreign(Match.need_id) == IndicatorList.listing_id, viewonly=True
    )
    achievement_indicators: Mapped[IndicatorList | None] = relationship(
        primaryjoin=lambda: foreign(Match.achievement_id) == IndicatorList.listing_id, viewonly=True
    )
    questions: Mapped[list[Question]] = relationship(viewonly=True, order_by=Question.id)


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
