"""Which trained ranker was chosen when and by whom, how candidates compared, and what trained networks made."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.people import User


class RankerState(StrEnum):
    """A chosen ranker is prepared until every listing has what it needs; then it serves and the former one retires."""

    BUILDING = "building"
    ACTIVE = "active"
    RETIRED = "retired"


class RankerSource(StrEnum):
    """Where a choice was made: on the page, by command on the machine, by the configuration, or by a refit that proved
    better."""

    PAGE = "page"
    COMMAND = "command"
    CONFIGURATION = "configuration"
    LEARNING = "learning"


class RankerChoice(Base):
    """One choice of a ranker; the table is its history. `name` and `mark` (a hash of the model directory's content) are
    None for the ranker that comes with the package."""

    __tablename__ = "ranker_choices"
    __table_args__ = (
        # At most one serves, whoever chooses at the same moment.
        sa.Index(
            "ix_ranker_choices_active",
            "state",
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(sa.String(60))
    mark: Mapped[str | None] = mapped_column(sa.String(16))
    state: Mapped[str] = mapped_column(sa.String(16), default=RankerState.BUILDING)
    source: Mapped[str] = mapped_column(sa.String(16))
    chosen_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    chosen_at: Mapped[datetime] = mapped_column(default=utc_now)
    activated_at: Mapped[datetime | None]

    chosen_by: Mapped[User | None] = relationship()

    subject_kind: ClassVar[str] = "ranker_choice"


class RankerComparison(Base):
    """A trained ranker beside the one that served, on pairs that people had decided about; `against_*` are None for the
    ranker that comes with the package. `figures` has {"candidate", "serving", "gain", "learned", "unready"}."""

    __tablename__ = "ranker_comparisons"
    __table_args__ = (sa.Index("ix_ranker_comparisons_mark", "mark", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    mark: Mapped[str] = mapped_column(sa.String(16))
    against_name: Mapped[str | None] = mapped_column(sa.String(60))
    against_mark: Mapped[str | None] = mapped_column(sa.String(16))
    needs: Mapped[int]
    pairs: Mapped[int]
    figures: Mapped[dict[str, Any]]
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(default=utc_now)


class TunedVector(Base):
    """A listing's vector in a tuned model: little-endian float32 bytes of unit length, of its text in one scope."""

    __tablename__ = "tuned_vectors"
    __table_args__ = (
        sa.UniqueConstraint("listing_id", "mark", "scope"),
        sa.Index("ix_tuned_vectors_mark", "mark"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    mark: Mapped[str] = mapped_column(sa.String(16))
    scope: Mapped[str] = mapped_column(sa.String(8))
    text_revision: Mapped[int]
    vector: Mapped[bytes] = mapped_column(sa.LargeBinary)


class PairReading(Base):
    """What a pair reader said of two texts, in log-odds; `text_key` is a hash of both, so an edit of anything else
    leaves it standing, and whoever reads the same texts gets the same number."""

    __tablename__ = "pair_readings"
    __table_args__ = (
        sa.UniqueConstraint("need_id", "achievement_id", "mark", "text_key"),
        sa.Index("ix_pair_readings_achievement_id", "achievement_id", "mark"),
        sa.Index("ix_pair_readings_mark", "mark"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    achievement_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"))
    mark: Mapped[str] = mapped_column(sa.String(16))
    text_key: Mapped[str] = mapped_column(sa.String(32))
    value: Mapped[float]


class UnreadList(Base):
    """A listing whose list has changed: the worker looks whether a pair at its head is still to be read."""

    __tablename__ = "unread_lists"

    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"), primary_key=True)
