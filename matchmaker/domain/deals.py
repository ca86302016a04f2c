"""Deals (跟进项目): what becomes of a match or a meeting, from a lead to a registered contract, or lost."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.language import N_
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Organization, User


class DealState(StrEnum):
    """The life of a deal (see states.py for the moves)."""

    LEAD = "lead"
    TALKS = "talks"
    INTENT = "intent"
    CONTRACT = "contract"
    REGISTERED = "registered"
    LOST = "lost"


OPEN_STATES = (DealState.LEAD, DealState.TALKS, DealState.INTENT, DealState.CONTRACT)
"""States in which something is still to be done."""
DEAL_STATE_NAMES: dict[str, str] = {
    DealState.LEAD: N_("线索"),
    DealState.TALKS: N_("洽谈"),
    DealState.INTENT: N_("意向"),
    DealState.CONTRACT: N_("签约"),
    DealState.REGISTERED: N_("已登记"),
    DealState.LOST: N_("未成"),
}


class Deal(Base):
    """One deal between two organizations, followed up by a broker, `owner_id` None until somebody takes it.

    `open_key` names what it is about while it is open ("match:ID", or "pair:ID-ID" where no match led to it): its
    uniqueness makes a second open deal about the same impossible, whoever tries.
    """

    __tablename__ = "deals"
    __table_args__ = (
        sa.UniqueConstraint("open_key"),
        sa.Index("ix_deals_owner_id_next_step_on", "owner_id", "next_step_on"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=DealState.LEAD)
    open_key: Mapped[str | None] = mapped_column(sa.String(48))
    match_id: Mapped[int | None] = mapped_column(sa.ForeignKey("matches.id"), index=True)
    appointment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("appointments.id"), index=True)
    one_organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    other_organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    next_step: Mapped[str] = mapped_column(sa.Text, default="")
    next_step_on: Mapped[date | None]
    lost_reason: Mapped[str | None] = mapped_column(sa.String(32))
    version: Mapped[int] = mapped_column(default=1)
    opened_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    opened_at: Mapped[datetime] = mapped_column(default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)

    subject_kind: ClassVar[str] = "deal"

    match: Mapped[Match | None] = relationship()
    appointment: Mapped[Appointment | None] = relationship()
    one_organization: Mapped[Organization] = relationship(foreign_keys=[one_organization_id])
    other_organization: Mapped[Organization] = relationship(foreign_keys=[other_organization_id])
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in OPEN_STATES

    @property
    def subject_key(self) -> str:
        """What it is about, whoever of the two is named first."""
        if self.match_id is not None:
            return f"match:{self.match_id}"
        first, second = sorted((self.one_organization_id, self.other_organization_id))
        return f"pair:{first}-{second}"
