"""Timetables of an event's meetings: who wishes to meet whom, drafts, and what was released."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.events import Event, EventStaff, EventTable
from matchmaker.domain.jobs import Job
from matchmaker.domain.matches import Match
from matchmaker.domain.people import User
from matchmaker.domain.registrations import Registration

WISH_QUOTA = 10
"""How many people a participant may wish to meet where the event says nothing of it."""
MATCH_THRESHOLD = 0.5
"""From which probability on a match is a proposal where the event says nothing of it."""


class WishKind(StrEnum):
    """What a participant says of another; a no is a veto that the other never learns of."""

    MUST = "must"
    LIKE = "like"
    NO = "no"


ASKING = (WishKind.MUST, WishKind.LIKE)


class Wish(Base):
    """What one participant of an event says of another. Only he and those who run the event may know of it."""

    __tablename__ = "wishes"
    __table_args__ = (
        sa.UniqueConstraint("registration_id", "other_id"),
        sa.CheckConstraint("registration_id <> other_id", name="other"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), index=True)
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"))
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    with_broker: Mapped[bool] = mapped_column(default=False)
    said_at: Mapped[datetime] = mapped_column(default=utc_now)


class Arrangement(Base):
    """A pair that the organiser wants to meet whatever else is held, `one_id` < `other_id`; with a broker or not."""

    __tablename__ = "arrangements"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "one_id", "other_id"),
        sa.CheckConstraint("one_id < other_id", name="ordered"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    one_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"))
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"))
    broker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_staff.id"))
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(default=utc_now)

    one: Mapped[Registration] = relationship(foreign_keys=[one_id])
    other: Mapped[Registration] = relationship(foreign_keys=[other_id])
    broker: Mapped[EventStaff | None] = relationship()


class TimetableState(StrEnum):
    """The life of a timetable (see states.py for the moves)."""

    DRAFT = "draft"
    RELEASED = "released"
    REPLACED = "replaced"
    DISCARDED = "discarded"


class SolveMode(StrEnum):
    """What the solver may change: everything but what is locked, nothing that stands, or as little as it can."""

    ANEW = "anew"
    FILL = "fill"
    REPAIR = "repair"


class Timetable(Base):
    """One version of an event's timetable; there is one draft at a time, and one that was released last.

    `job_id` is the job that solves it, `seconds` how long it may, `found` the best timetable that it has found so far
    ({"assignments": [[one, other, slot, table, interpreter], ...]}, ids of registrations, tables and staff). `figures`
    are what is known of it (see services/timetables/figures.py), `conflict` what cannot all be held
    ({"meetings": [[one, other], ...], "sentence": packed}). `version` counts what was changed by hand or by the solver:
    nobody releases what he has not seen.
    """

    __tablename__ = "timetables"
    __table_args__ = (
        sa.UniqueConstraint("event_id", "number"),
        sa.Index(
            "uq_timetables_draft",
            "event_id",
            unique=True,
            sqlite_where=sa.text("state = 'draft'"),
            postgresql_where=sa.text("state = 'draft'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(16), default=TimetableState.DRAFT)
    mode: Mapped[str] = mapped_column(sa.String(8), default=SolveMode.ANEW)
    job_id: Mapped[int | None] = mapped_column(sa.ForeignKey("jobs.id"))
    seconds: Mapped[int] = mapped_column(default=30)
    stop_asked_at: Mapped[datetime | None]
    found: Mapped[dict[str, Any]] = mapped_column(default=dict)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    conflict: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(default=utc_now)
    released_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    released_at: Mapped[datetime | None]

    subject_kind: ClassVar[str] = "timetable"

    event: Mapped[Event] = relationship()
    job: Mapped[Job | None] = relationship()
    made_by: Mapped[User | None] = relationship(foreign_keys=[made_by_id])
    released_by: Mapped[User | None] = relationship(foreign_keys=[released_by_id])
    placements: Mapped[list["Placement"]] = relationship(
        back_populates="timetable", cascade="all, delete-orphan", order_by="(Placement.slot, Placement.table_id)"
    )

    @property
    def is_solving(self) -> bool:
        """Whether the worker is at it, or will be."""
        return self.job is not None and not self.job.is_over


class Placement(Base):
    """One meeting of a timetable in its slot, at its table; `one_id` < `other_id`. A `locked` one stays where it is."""

    __tablename__ = "placements"
    __table_args__ = (
        sa.UniqueConstraint("timetable_id", "one_id", "other_id"),
        sa.CheckConstraint("one_id < other_id", name="ordered"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    timetable_id: Mapped[int] = mapped_column(sa.ForeignKey("timetables.id", ondelete="CASCADE"))
    one_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"))
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"))
    slot: Mapped[int]
    table_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_tables.id"))
    interpreter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_staff.id"))
    broker_id: Mapped[int | None] = mapped_column(sa.ForeignKey("event_staff.id"))
    origin: Mapped[str] = mapped_column(sa.String(16))
    match_id: Mapped[int | None] = mapped_column(sa.ForeignKey("matches.id"))
    locked: Mapped[bool] = mapped_column(default=False)

    timetable: Mapped[Timetable] = relationship(back_populates="placements")
    one: Mapped[Registration] = relationship(foreign_keys=[one_id])
    other: Mapped[Registration] = relationship(foreign_keys=[other_id])
    table: Mapped[EventTable | None] = relationship()
    interpreter: Mapped[EventStaff | None] = relationship(foreign_keys=[interpreter_id])
    broker: Mapped[EventStaff | None] = relationship(foreign_keys=[broker_id])
    match: Mapped[Match | None] = relationship()


def ordered(one: int, other: int) -> tuple[int, int]:
    """Return two registrations in the order in which a pair is stored."""
    return (one, other) if one < other else (other, one)
