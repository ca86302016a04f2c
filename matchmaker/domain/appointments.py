"""Appointments (一对一洽谈): one meeting of two people at an event, in a slot, at a table; and what it occupies."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.events import Event, EventStaff, EventTable
from matchmaker.domain.matches import Match
from matchmaker.domain.registrations import Registration


class AppointmentState(StrEnum):
    """The life of an appointment (see states.py for the moves)."""

    ASKED = "pending"
    CONFIRMED = "confirmed"
    REFUSED_BY_OTHER = "refused_by_other"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    HELD = "held"
    MISSED = "missed"


class Origin(StrEnum):
    """Where an appointment comes from."""

    ORGANIZER = "organizer"
    WISH = "wish"
    MATCH = "match"
    SELF = "self"
    ROADSHOW = "roadshow"


STANDING = (AppointmentState.ASKED, AppointmentState.CONFIRMED, AppointmentState.HELD, AppointmentState.MISSED)
"""States in which a pair has its appointment at an event; there is never a second one beside it."""
OCCUPYING = (AppointmentState.ASKED, AppointmentState.CONFIRMED)
_STANDS = f"state in ({', '.join(repr(str(state)) for state in STANDING)})"


class Appointment(Base):
    """One meeting of two registered persons, `one_id` < `other_id`; no table where it is held online.

    `slot` counts from 0 (see slots.py); `asked_by_id` is the registration of whoever asked for it himself, who holds
    the slot until `expires_at`. A `locked` one no timetable may move. Of one that was held or missed, `absent` names
    the registrations that did not come.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        sa.CheckConstraint("one_id < other_id", name="ordered"),
        sa.Index(
            "uq_appointments_pair",
            "event_id",
            "one_id",
            "other_id",
            unique=True,
            sqlite_where=sa.text(_STANDS),
            postgresql_where=sa.text(_STANDS),
        ),
        sa.Index("ix_appointments_event_id_slot", "event_id", "slot"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    one_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"), index=True)
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(20), default=AppointmentState.CONFIRMED)
    slot: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    table_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_tables.id"))
    interpreter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_staff.id"))
    broker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_staff.id"))
    origin: Mapped[str] = mapped_column(sa.String(16))
    match_id: Mapped[int | None] = mapped_column(sa.ForeignKey("matches.id"), index=True)
    locked: Mapped[bool] = mapped_column(default=False)
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("registrations.id"))
    expires_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(sa.String(300), default="")
    version: Mapped[int] = mapped_column(default=1)
    sequence: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)
    absent: Mapped[list[str]] = mapped_column(default=list)
    next_step: Mapped[str | None] = mapped_column(sa.Text)
    next_step_on: Mapped[date | None]
    recorded_at: Mapped[datetime | None]
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    subject_kind: ClassVar[str] = "appointment"

    event: Mapped[Event] = relationship()
    one: Mapped[Registration] = relationship(foreign_keys=[one_id])
    other: Mapped[Registration] = relationship(foreign_keys=[other_id])
    table: Mapped[EventTable | None] = relationship()
    interpreter: Mapped[EventStaff | None] = relationship(foreign_keys=[interpreter_id])
    broker: Mapped[EventStaff | None] = relationship(foreign_keys=[broker_id])
    match: Mapped[Match | None] = relationship()


class Occupancy(Base):
    """That somebody or something is taken in one slot: what makes a double booking impossible, whoever tries.

    `resource` is "person:REGISTRATION", "table:TABLE" or "staff:STAFF". Rows stand for appointments of `OCCUPYING`
    states only and go with them.
    """

    __tablename__ = "occupancies"
    __table_args__ = (sa.UniqueConstraint("event_id", "slot", "resource"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    slot: Mapped[int]
    resource: Mapped[str] = mapped_column(sa.String(32))
    appointment_id: Mapped[int] = mapped_column(sa.ForeignKey("appointments.id", ondelete="CASCADE"), index=True)
