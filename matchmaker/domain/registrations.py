"""Registrations: who comes to an event, for which organization, when he is there, and whether he came."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.events import Event
from matchmaker.domain.people import Organization, User


class RegistrationState(StrEnum):
    """The life of a registration (see states.py for the moves)."""

    REQUESTED = "requested"
    WAITLISTED = "waitlisted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Registration(Base):
    """One person at one event, for one organization; in a session he is a party of meetings.

    Somebody whom the desk entered has no user. `languages` are codes of `languages` that he speaks beside Chinese;
    `speaks_chinese` False means that he needs an interpreter of one of them. He is there from `arrives_at` to
    `departs_at` (None: the event's own times) but for `absences`, [[start, end], ...] in ISO 8601 with offset.
    `checked_in_at` is the one record of attendance.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "user_id"),
        sa.Index("ix_registrations_event_id_state", "event_id", "state"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    position: Mapped[str] = mapped_column(sa.String(80), default="")
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    note: Mapped[str] = mapped_column(sa.Text, default="")
    state: Mapped[str] = mapped_column(sa.String(16), default=RegistrationState.REQUESTED)
    languages: Mapped[list[str]] = mapped_column(default=list)
    speaks_chinese: Mapped[bool] = mapped_column(default=True)
    arrives_at: Mapped[datetime | None]
    departs_at: Mapped[datetime | None]
    absences: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    max_meetings: Mapped[int | None]
    registered_at: Mapped[datetime] = mapped_column(default=utc_now)
    registered_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    checked_in_at: Mapped[datetime | None]
    checked_in_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    subject_kind: ClassVar[str] = "registration"

    event: Mapped[Event] = relationship()
    organization: Mapped[Organization] = relationship()
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])
