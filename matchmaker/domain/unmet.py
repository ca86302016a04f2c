"""The unmet-need map: published needs that no match answers, grouped by meaning, as they were when it was drawn."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.people import User


class Grain(StrEnum):
    """How much needs of one group have in common; services/unmet/making.py says how much that is."""

    COARSE = "coarse"
    MEDIUM = "medium"
    FINE = "fine"


class UnmetMap(Base):
    """One drawing of the map; the newest one counts. A need is unmet without a usable match of `grade` or better.

    `considered` needs were looked at, `waiting` of them were not matched yet and are neither met nor unmet; `closed`
    are for brokers only and never on a map.
    """

    __tablename__ = "unmet_maps"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(default=utc_now)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    grade: Mapped[int]
    grain: Mapped[str] = mapped_column(sa.String(8))
    model: Mapped[str] = mapped_column(sa.String(120))
    considered: Mapped[int]
    waiting: Mapped[int]
    closed: Mapped[int]

    subject_kind: ClassVar[str] = "unmet_map"

    made_by: Mapped[User | None] = relationship()
    clusters: Mapped[list["UnmetCluster"]] = relationship(
        back_populates="drawn", order_by="UnmetCluster.number", cascade="all, delete-orphan"
    )


class UnmetCluster(Base):
    """Unmet needs that mean alike; `words` name it, each {"zh": ..., "en": ..., "ru": ...}; a circle around (x, y)."""

    __tablename__ = "unmet_clusters"
    __table_args__ = (sa.UniqueConstraint("map_id", "number"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    map_id: Mapped[int] = mapped_column(sa.ForeignKey("unmet_maps.id"))
    number: Mapped[int]
    words: Mapped[list[Any]] = mapped_column(sa.JSON)
    x: Mapped[float]
    y: Mapped[float]

    drawn: Mapped[UnmetMap] = relationship(back_populates="clusters")
    needs: Mapped[list["UnmetNeed"]] = relationship(
        back_populates="cluster", order_by="UnmetNeed.id", cascade="all, delete-orphan"
    )


class UnmetNeed(Base):
    """One need of a group: which of the group's words (by place) the text of `revision_id` says that anybody may read,
    and the best grade that a usable match of it had (None without one)."""

    __tablename__ = "unmet_needs"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(sa.ForeignKey("unmet_clusters.id"), index=True)
    listing_id: Mapped[int] = mapped_column(sa.ForeignKey("listings.id"), index=True)
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("revisions.id"))
    words: Mapped[list[int]] = mapped_column(sa.JSON)
    best_grade: Mapped[int | None]

    cluster: Mapped[UnmetCluster] = relationship(back_populates="needs")
