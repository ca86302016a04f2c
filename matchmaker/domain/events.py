"""Events: roadshows, matchmaking sessions, trainings, exhibitions, briefings; their agenda, tables, staff and files."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization, User

SLOT_MINUTES = (15, 20, 30)
"""Lengths of one meeting in use in the trade."""


class EventKind(StrEnum):
    """The five kinds of an event."""

    ROADSHOW = "roadshow"
    SESSION = "session"
    TRAINING = "training"
    EXHIBITION = "exhibition"
    BRIEFING = "briefing"


KIND_NAMES: dict[str, str] = {
    EventKind.ROADSHOW: N_("路演"),
    EventKind.SESSION: N_("对接会"),
    EventKind.TRAINING: N_("培训"),
    EventKind.EXHIBITION: N_("展会"),
    EventKind.BRIEFING: N_("政策宣贯"),
}


class EventState(StrEnum):
    """The life of an event (see states.py for the moves)."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    REGISTRATION = "registration"
    TIMETABLE = "timetable"
    FINAL = "final"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class StaffDuty(StrEnum):
    """What somebody does at an event for the organiser."""

    HOST = "host"
    BROKER = "broker"
    INTERPRETER = "interpreter"
    DESK = "desk"


class Event(Base):
    """One event. It has a place, an online address, or both.

    `fields` are codes of `contract_fields`, empty for all; `organization_id` is the organising organization, `owner_id`
    the person responsible. `capacity` counts persons, None without limit. `sequence` is raised by each change that a
    calendar must hear of. One-to-one meetings (of a session, or the talks after a roadshow) are held from
    `meetings_from` to `meetings_until`, else as long as the event; `slot_minutes` is one of them and `break_minutes`
    what lies between two. Wishes are taken until `wishes_until`, at most `wish_quota` of each person.
    """

    __tablename__ = "events"
    __table_args__ = (sa.Index("ix_events_starts_at", "starts_at", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16), index=True)
    state: Mapped[str] = mapped_column(sa.String(16), default=EventState.DRAFT, index=True)
    title: Mapped[str] = mapped_column(sa.String(100))
    summary: Mapped[str] = mapped_column(sa.Text, default="")
    fields: Mapped[list[str]] = mapped_column(default=list)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(sa.String(200), default="")
    address: Mapped[str] = mapped_column(sa.String(300), default="")
    region: Mapped[str | None] = mapped_column(sa.String(6))
    online_url: Mapped[str | None] = mapped_column(sa.String(500))
    organizers: Mapped[list[str]] = mapped_column(default=list)
    sponsors: Mapped[list[str]] = mapped_column(default=list)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    branch_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    contact: Mapped[str] = mapped_column(sa.String(200), default="")
    capacity: Mapped[int | None]
    needs_approval: Mapped[bool] = mapped_column(default=True)
    registration_until: Mapped[datetime | None]
    meetings_from: Mapped[datetime | None]
    meetings_until: Mapped[datetime | None]
    slot_minutes: Mapped[int | None]
    break_minutes: Mapped[int] = mapped_column(default=0)
    wishes_until: Mapped[datetime | None]
    wish_quota: Mapped[int | None]
    match_threshold: Mapped[float | None]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)
    sequence: Mapped[int] = mapped_column(default=0)
    cancel_reason: Mapped[str | None] = mapped_column(sa.Text)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    changed_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now)
    announced_at: Mapped[datetime | None]

    subject_kind: ClassVar[str] = "event"

    organization: Mapped[Organization] = relationship(foreign_keys=[organization_id])
    branch: Mapped[Organization | None] = relationship(foreign_keys=[branch_id])
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    agenda: Mapped[list["AgendaItem"]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="(AgendaItem.starts_at, AgendaItem.id)"
    )
    tables: Mapped[list["EventTable"]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="EventTable.number"
    )
    staff: Mapped[list["EventStaff"]] = relationship(
        back_populates="event", cascade="all, delete-orphan", order_by="EventStaff.id"
    )

    @property
    def is_session(self) -> bool:
        """Whether people meet one to one at it, by a timetable."""
        return self.kind == EventKind.SESSION

    @property
    def is_suspended(self) -> bool:
        """Whether its organization is suspended: then only the bureau sees it."""
        return self.organization.is_suspended

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to come of it but records."""
        return self.state in {EventState.HELD, EventState.CLOSED, EventState.CANCELLED}


class AgendaItem(Base):
    """One line of the agenda (opening, lunch, a roadshow); a `blocking` one leaves nobody free for a meeting."""

    __tablename__ = "agenda_items"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(100))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    room: Mapped[str] = mapped_column(sa.String(100), default="")
    speaker: Mapped[str] = mapped_column(sa.String(100), default="")
    blocking: Mapped[bool] = mapped_column(default=True)

    event: Mapped[Event] = relationship(back_populates="agenda")


class EventTable(Base):
    """One table of an event, numbered from 1; closed from a moment on where it broke or its room is lost."""

    __tablename__ = "event_tables"
    __table_args__ = (sa.UniqueConstraint("event_id", "number"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(40), default="")
    room: Mapped[str] = mapped_column(sa.String(100), default="")
    closed_from: Mapped[datetime | None]

    event: Mapped[Event] = relationship(back_populates="tables")


class EventStaff(Base):
    """Somebody who works at an event; `languages` are codes of `languages` beside Chinese that an interpreter has.

    `absences` are [[start, end], ...] in ISO 8601 with offset: when he is not to be counted on.
    """

    __tablename__ = "event_staff"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), index=True)
    duty: Mapped[str] = mapped_column(sa.String(16))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    languages: Mapped[list[str]] = mapped_column(default=list)
    absences: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)

    event: Mapped[Event] = relationship(back_populates="staff")
    user: Mapped[User | None] = relationship()


class EventFile(Base):
    """A material of an event, stored under the hash of its content; `public` ones everybody may load."""

    __tablename__ = "event_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    public: Mapped[bool] = mapped_column(default=True)
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    uploaded_at: Mapped[datetime] = mapped_column(default=utc_now)
    deleted_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship()
