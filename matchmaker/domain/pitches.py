"""Pitches: what is presented at a roadshow, by whom, with which slides, and who in the audience is interested."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.events import Event
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Organization, User
from matchmaker.domain.registrations import Registration


class PitchState(StrEnum):
    """The life of a pitch (see states.py for the moves)."""

    PROPOSED = "invited"
    CONFIRMED = "on_programme"
    WITHDRAWN = "withdrawn"


class InterestWay(StrEnum):
    """What somebody's tap lets the presenter know: nothing but one more in the count, a pair, or who he is."""

    COUNTED = "counted"
    MATCH = "match"
    CONTACT = "contact"


class Pitch(Base):
    """One pitch, in its place on the programme. It presents a listing, a need in reverse, or has a title only.

    `organization_id` presents; `presenter_id` is who was asked to confirm it. Minutes None: the roadshow's own lengths.
    `is_named`: the owner of an anonymous listing lets the programme say who presents.
    """

    __tablename__ = "pitches"
    __table_args__ = (
        sa.Index("ix_pitches_event_id_position", "event_id", "position"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(sa.ForeignKey("events.id"))
    position: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(16), default=PitchState.PROPOSED)
    listing_id: Mapped[int | None] = mapped_column(sa.ForeignKey("listings.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(100), default="")
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    presenter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    speakers: Mapped[str] = mapped_column(sa.String(200), default="")
    present_minutes: Mapped[int | None]
    question_minutes: Mapped[int | None]
    is_named: Mapped[bool] = mapped_column(default=True)
    note: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    answered_at: Mapped[datetime | None]
    withdraw_reason: Mapped[str | None] = mapped_column(sa.Text)

    subject_kind: ClassVar[str] = "pitch"

    event: Mapped[Event] = relationship()
    listing: Mapped[Listing | None] = relationship()
    organization: Mapped[Organization] = relationship()
    presenter: Mapped[User | None] = relationship(foreign_keys=[presenter_id])

    @property
    def stands(self) -> bool:
        """Whether it is part of the programme, confirmed or not yet."""
        return self.state != PitchState.WITHDRAWN


class PitchFile(Base):
    """Slides of a pitch, stored under the hash of their content; `shared` ones every participant may load."""

    __tablename__ = "pitch_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    pitch_id: Mapped[int] = mapped_column(sa.ForeignKey("pitches.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    media_type: Mapped[str] = mapped_column(sa.String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(sa.String(64), index=True)
    shared: Mapped[bool] = mapped_column(default=False)
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    uploaded_at: Mapped[datetime] = mapped_column(default=utc_now)
    deleted_at: Mapped[datetime | None]

    pitch: Mapped[Pitch] = relationship()


class PitchInterest(Base):
    """That a participant is interested in a pitch; `way` is how much of it the presenter learns.

    `match_id` is the pair of which his organization said so; `decided` that it was this tap that said it, so that
    taking the tap back takes that word back too.
    """

    __tablename__ = "pitch_interests"
    __table_args__ = (sa.UniqueConstraint("pitch_id", "registration_id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    pitch_id: Mapped[int] = mapped_column(sa.ForeignKey("pitches.id"))
    registration_id: Mapped[int] = mapped_column(sa.ForeignKey("registrations.id"), index=True)
    organization_id: Mapped[int] = mapped_column(sa.ForeignKey("organizations.id"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    way: Mapped[str] = mapped_column(sa.String(16), default=InterestWay.COUNTED)
    match_id: Mapped[int | None] = mapped_column(sa.ForeignKey("matches.id"), index=True)
    decided: Mapped[bool] = mapped_column(default=False)
    tapped_at: Mapped[datetime] = mapped_column(default=utc_now)

    pitch: Mapped[Pitch] = relationship()
    registration: Mapped[Registration] = relationship()
    organization: Mapped[Organization] = relationship()
    user: Mapped[User] = relationship()
    match: Mapped[Match | None] = relationship()
