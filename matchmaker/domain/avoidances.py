"""Avoid lists (回避名单): which organizations an organization must not meet here, nor they it."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.people import Organization, User


class AvoidanceKind(StrEnum):
    """Why: a rival, a related party, or something else."""

    RIVAL = "rival"
    RELATED = "related"
    OTHER = "other"


class Avoidance(Base):
    """One organization on another's list; `avoided_id` is None while none of that name or credit code is registered."""

    __tablename__ = "avoidances"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    avoided_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200), index=True)
    credit_code: Mapped[str | None] = mapped_column(sa.String(18), index=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    note: Mapped[str | None] = mapped_column(sa.Text)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id])
    avoided: Mapped[Organization | None] = relationship(foreign_keys=[avoided_id])
    created_by: Mapped[User | None] = relationship()
