"""Hand-over of an organization: an owner offers his place to a colleague, who takes it or does not."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.people import Organization, User


class HandoverState(StrEnum):
    """An offer stands until it is taken, declined or withdrawn."""

    OFFERED = "offered"
    TAKEN = "taken"
    DECLINED = "declined"
    RECALLED = "recalled"


class Handover(Base):
    """An owner's offer to a colleague to become owner in his place."""

    __tablename__ = "handovers"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    from_user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    to_user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=HandoverState.OFFERED)
    note: Mapped[str | None] = mapped_column(sa.String(500))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    answered_at: Mapped[datetime | None]

    subject_kind: ClassVar[str] = "handover"

    organization: Mapped[Organization] = relationship()
    from_user: Mapped[User] = relationship(foreign_keys=[from_user_id])
    to_user: Mapped[User] = relationship(foreign_keys=[to_user_id])
