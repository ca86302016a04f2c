"""Judgements: what brokers and the bureau's staff say of how well a drawn pair fits, each one by himself.

A batch is drawn (see services/grading/drawing.py), each of its pairs is graded by two who do not know of one another.
"""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Organization, User

GRADERS_WANTED = 2
GRADE_NAMES: dict[int, str] = {3: N_("强相关"), 2: N_("较强相关"), 1: N_("弱相关"), 0: N_("无相关")}
"""The trade's four grades, the best first."""


class DrawnFor(StrEnum):
    """Why a pair was drawn: what its grade teaches."""

    UNCERTAIN = "uncertain"
    DISAGREEING = "disagreeing"
    THIN = "thin"
    HIDDEN = "hidden"
    CONTROL = "control"


class NotJudged(StrEnum):
    """Why a grader could not judge a pair."""

    UNCLEAR = "unclear"
    FOREIGN_FIELD = "foreign_field"
    LANGUAGE = "language"
    CONFLICT = "conflict"


class GradingBatch(Base):
    """What was drawn at once: by whom, how many pairs he asked for, and the seed that draws the same again."""

    __tablename__ = "grading_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    drawn_at: Mapped[datetime] = mapped_column(default=utc_now)
    drawn_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    seed: Mapped[int]
    asked_for: Mapped[int]

    drawn_by: Mapped[User | None] = relationship()
    pairs: Mapped[list["SampledPair"]] = relationship(back_populates="batch")


class SampledPair(Base):
    """A pair drawn for grading, and why. A control is one that others have agreed on: it is drawn a second time."""

    __tablename__ = "sampled_pairs"
    __table_args__ = (
        sa.UniqueConstraint("batch_id", "need_id", "achievement_id"),
        sa.Index("ix_sampled_pairs_pair", "need_id", "achievement_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(sa.ForeignKey("grading_batches.id"))
    need_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    achievement_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"), index=True)
    drawn_for: Mapped[str] = mapped_column(sa.String(16))
    wanted: Mapped[int] = mapped_column(default=GRADERS_WANTED)

    subject_kind: ClassVar[str] = "sampled_pair"

    batch: Mapped[GradingBatch] = relationship(back_populates="pairs")
    need: Mapped[Listing] = relationship(foreign_keys=[need_id])
    achievement: Mapped[Listing] = relationship(foreign_keys=[achievement_id])
    judgements: Mapped[list["Judgement"]] = relationship(back_populates="sampled", order_by="Judgement.id")


class Judgement(Base):
    """What one grader says of a pair now; what he said before is in the journal.

    `blind_grade` is what he said before he could know of another's: agreement is measured by it alone, for what two
    talked over says nothing of either. `grade` is NULL where he could not judge, and `not_judged` says why.
    `need_revision_id` and `achievement_revision_id` are the texts that he read.
    """

    __tablename__ = "judgements"
    __table_args__ = (
        sa.UniqueConstraint("grader_id", "need_id", "achievement_id"),
        sa.CheckConstraint("grade BETWEEN 0 AND 3", name="grade"),
        sa.CheckConstraint("(grade IS NULL) = (not_judged IS NOT NULL)", name="graded_or_not"),
        sa.Index("ix_judgements_pair", "need_id", "achievement_id"),
        sa.Index("ix_judgements_latest", "grader_id", "at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sampled_id: Mapped[int] = mapped_column(sa.ForeignKey("sampled_pairs.id"), index=True)
    need_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    achievement_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    grader_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"))
    grade: Mapped[int | None]
    blind_grade: Mapped[int | None]
    not_judged: Mapped[str | None] = mapped_column(sa.String(16))
    note: Mapped[str | None] = mapped_column(sa.Text)
    at: Mapped[datetime] = mapped_column(default=utc_now)
    regraded_at: Mapped[datetime | None]
    need_revision_id: Mapped[int | None] = mapped_column(sa.ForeignKey("revisions.id"))
    achievement_revision_id: Mapped[int | None] = mapped_column(sa.ForeignKey("revisions.id"))

    sampled: Mapped[SampledPair] = relationship(back_populates="judgements")
    grader: Mapped[User] = relationship()
    organization: Mapped[Organization | None] = relationship()
