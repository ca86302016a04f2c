"""Deals (跟进项目): what becomes of a match or a meeting, from a lead to a registered contract, or lost."""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Organization, User
from matchmaker.domain.pitches import Pitch


class DealState(StrEnum):
    """The life of a deal (see states.py for the moves)."""

    LEAD = "lead"
    TALKS = "talks"
    INTENT = "intent"
    CONTRACT = "contract"
    REGISTERED = "registered"
    SLEEPING = "sleeping"
    LOST = "lost"


class DealSource(StrEnum):
    """What a deal was opened from."""

    MATCH = "match"
    APPOINTMENT = "appointment"
    ROADSHOW = "roadshow"
    HAND = "hand"


OPEN_STATES = (DealState.LEAD, DealState.TALKS, DealState.INTENT, DealState.CONTRACT)
"""States in which something is still to be done."""
STANDING_STATES = (*OPEN_STATES, DealState.SLEEPING)
"""States in which a deal has its place: there is never a second one about the same beside it."""
DEAL_STATE_NAMES: dict[str, str] = {
    DealState.LEAD: N_("线索"),
    DealState.TALKS: N_("洽谈"),
    DealState.INTENT: N_("意向"),
    DealState.CONTRACT: N_("签约"),
    DealState.REGISTERED: N_("已登记"),
    DealState.SLEEPING: N_("休眠"),
    DealState.LOST: N_("未成"),
}
SOURCE_NAMES: dict[str, str] = {
    DealSource.MATCH: N_("匹配"),
    DealSource.APPOINTMENT: N_("一对一洽谈"),
    DealSource.ROADSHOW: N_("路演"),
    DealSource.HAND: N_("手工录入"),
}
TITLE_MOST = 100


class Deal(Base):
    """One deal between two organizations, followed up by a broker, `owner_id` None until somebody takes it.

    `open_key` names what it is about while it stands ("match:ID", or "pair:ID-ID" where no match led to it, with what
    its title comes to where one was written by hand): its uniqueness makes a second one about the same impossible,
    whoever tries. A sleeping one wakes on `wakes_on` in the state `slept_from`. `value_expected` in yuan is what its
    broker and its parties hope for, never a figure of the ledger. `source_text` says of one opened by hand where it
    comes from; `entered_at` is since when it is in its state. `doer_id` is who does the next step where it is not the
    broker who follows it up.
    """

    __tablename__ = "deals"
    __table_args__ = (
        sa.UniqueConstraint("open_key"),
        sa.Index("ix_deals_owner_id_next_step_on", "owner_id", "next_step_on"),
        sa.Index("ix_deals_state_next_step_on", "state", "next_step_on"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=DealState.LEAD)
    open_key: Mapped[str | None] = mapped_column(sa.String(48))
    source: Mapped[str] = mapped_column(sa.String(16), default=DealSource.MATCH)
    source_text: Mapped[str] = mapped_column(sa.Text, default="")
    title: Mapped[str] = mapped_column(sa.String(TITLE_MOST), default="")
    field: Mapped[str | None] = mapped_column(sa.String(24))
    value_expected: Mapped[Decimal | None]
    match_id: Mapped[int | None] = mapped_column(sa.ForeignKey("matches.id"), index=True)
    appointment_id: Mapped[int | None] = mapped_column(sa.ForeignKey("appointments.id"), index=True)
    event_id: Mapped[int | None] = mapped_column(sa.ForeignKey("events.id"), index=True)
    pitch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("pitches.id"), index=True)
    one_organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    other_organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    next_step: Mapped[str] = mapped_column(sa.Text, default="")
    next_step_on: Mapped[date | None]
    doer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    lost_reason: Mapped[str | None] = mapped_column(sa.String(32))
    slept_from: Mapped[str | None] = mapped_column(sa.String(16))
    wakes_on: Mapped[date | None] = mapped_column(index=True)
    version: Mapped[int] = mapped_column(default=1)
    opened_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    opened_at: Mapped[datetime] = mapped_column(default=utc_now)
    entered_at: Mapped[datetime] = mapped_column(default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(default=utc_now)

    subject_kind: ClassVar[str] = "deal"

    match: Mapped[Match | None] = relationship()
    appointment: Mapped[Appointment | None] = relationship()
    event: Mapped[Event | None] = relationship()
    pitch: Mapped[Pitch | None] = relationship()
    one_organization: Mapped[Organization] = relationship(foreign_keys=[one_organization_id])
    other_organization: Mapped[Organization] = relationship(foreign_keys=[other_organization_id])
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    doer: Mapped[User | None] = relationship(foreign_keys=[doer_id])

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in OPEN_STATES

    @property
    def stands(self) -> bool:
        """Whether it is open, or sleeps."""
        return self.state in STANDING_STATES

    @property
    def branch_ids(self) -> frozenset[int]:
        """The branches that answer for its two organizations."""
        sides = self.one_organization, self.other_organization
        return frozenset(side.branch_id for side in sides if side.branch_id is not None)

    @property
    def subject_key(self) -> str:
        """What it is about, whoever of the two is named first."""
        if self.match_id is not None:
            return f"match:{self.match_id}"
        first, second = sorted((self.one_organization_id, self.other_organization_id))
        # Two organizations may have several projects that no match led to: each is told by its title.
        said = f":{hashlib.sha256(self.title.encode()).hexdigest()[:12]}" if self.title else ""
        return f"pair:{first}-{second}{said}"
