"""Merging doubles: one organization that stands in the register twice becomes one, with two pairs of eyes."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.people import Organization, User


class MergeState(StrEnum):
    """Proposed by one of the bureau, carried out or rejected by another; "different" are no doubles at all."""

    PROPOSED = "proposed"
    MERGED = "merged"
    REJECTED = "rejected"
    DIFFERENT = "different"


class Merge(Base):
    """`merged` is to go into `kept`. `moved` counts what went, by table, once it is done."""

    __tablename__ = "merges"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    merged_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=MergeState.PROPOSED)
    reason: Mapped[str] = mapped_column(sa.Text)
    proposed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=utc_now)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None] = mapped_column(sa.Text)
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)

    subject_kind: ClassVar[str] = "merge"

    kept: Mapped[Organization] = relationship(foreign_keys=[kept_id])
    merged: Mapped[Organization] = relationship(foreign_keys=[merged_id])
    proposed_by: Mapped[User | None] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
