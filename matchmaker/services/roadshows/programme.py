"""The programme of a roadshow as one viewer sees it: what is presented when, and whether it fits into the event."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.events import AgendaItem, Event
from matchmaker.domain.listings import Listing
from matchmaker.domain.permissions import Actor, can_run_event, owns
from matchmaker.domain.pitches import Pitch, PitchInterest, PitchState
from matchmaker.domain.programme import Turn, turns
from matchmaker.domain.roadshows import Roadshow
from matchmaker.domain.slots import overlaps
from matchmaker.services.projection import ANONYMOUS_NAMES, project
from matchmaker.services.roadshows.loading import can_see_pitch, pitches_of, roadshow_of
from matchmaker.services.roadshows.slides import SlidesView, slides_of


@dataclass(frozen=True, slots=True)
class PitchView:
    """A pitch as one viewer sees it.

    `is_hidden`: who runs the event learns that something stands here, not what. `organization_id` is None and
    `organization_name` a neutral word where the programme does not name who presents; then nor does it the speakers.
    `interests` counts taps, None for whom they are not.
    """

    id: int
    number: int
    state: str
    title: str
    kind: str
    listing_id: int | None
    language: str
    abstract: str
    field: str | None
    organization_id: int | None
    organization_name: str
    speakers: str
    present_minutes: int
    question_minutes: int
    turn: Turn
    is_own: bool
    is_hidden: bool
    is_tapped: bool
    interests: int | None
    slides: tuple[SlidesView, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Programme:
    """All pitches that a viewer may know of, in order. `over_minutes`: how far it runs beyond the event, 0 if it fits.

    `clashes` are the titles of agenda items that leave nobody free while somebody presents; `waiting` counts pitches
    that are not confirmed. Both are empty for those who do not run the event.
    """

    roadshow: Roadshow
    pitches: tuple[PitchView, ...]
    starts_at: datetime
    ends_at: datetime
    over_minutes: int
    clashes: tuple[str, ...]
    waiting: int

    @property
    def fields(self) -> frozenset[str]:
        """The fields of what is shown."""
        return frozenset(pitch.field for pitch in self.pitches if pitch.field)


def programme_of(session: Session, actor: Actor, event: Event) -> Programme:
    """Return the programme of an event that the caller may read."""
    roadshow, pitches = roadshow_of(session, event), pitches_of(session, event)
    runs = can_run_event(actor, event)
    times = times_of(event, roadshow, pitches)
    shown = [pitch for pitch in pitches if runs or can_see_pitch(actor, event, pitch)]
    taps, counts = _taps(session, actor, shown), _counts(session, event)
    files = slides_of(session, actor, event, shown)
    views = tuple(
        view_of(
            actor,
            event,
            roadshow,
            pitch,
            number=pitches.index(pitch) + 1,
            turn=times[pitch.id],
            is_tapped=pitch.id in taps,
            interests=counts.get(pitch.id, 0) if runs or owns(actor, pitch) else None,
            slides=files.get(pitch.id, ()),
        )
        for pitch in shown
    )
    starts_at = roadshow.starts_at or event.starts_at
    ends_at = max((turn.ends_at for turn in times.values()), default=starts_at)
    over = max(timedelta(), ends_at - event.ends_at)
    return Programme(
        roadshow=roadshow,
        pitches=views,
        starts_at=starts_at,
        ends_at=ends_at,
        over_minutes=-(-int(over.total_seconds()) // 60),
        clashes=_clashes(event.agenda, list(times.values()), starts_at, ends_at) if runs else (),
        waiting=sum(pitch.state == PitchState.PROPOSED for pitch in pitches) if runs else 0,
    )


def times_of(event: Event, roadshow: Roadshow, pitches: Sequence[Pitch]) -> dict[int, Turn]:
    """Return when each of the standing pitches, given in their order, is on, by its id."""
    lengths = [lengths_of(roadshow, pitch) for pitch in pitches]
    found = turns(
        roadshow.starts_at or event.starts_at,
        lengths,
        break_every=roadshow.break_every,
        break_minutes=roadshow.break_minutes,
    )
    return {pitch.id: turn for pitch, turn in zip(pitches, found, strict=True)}


def lengths_of(roadshow: Roadshow, pitch: Pitch) -> tuple[int, int]:
    """Return the minutes of presentation and of questions of a pitch."""
    present, questions = pitch.present_minutes, pitch.question_minutes
    return (
        roadshow.present_minutes if present is None else present,
        roadshow.question_minutes if questions is None else questions,
    )


def view_of(
    actor: Actor,
    event: Event,
    roadshow: Roadshow,
    pitch: Pitch,
    *,
    number: int,
    turn: Turn,
    is_tapped: bool = False,
    interests: int | None = None,
    slides: tuple[SlidesView, ...] = (),
) -> PitchView:
    """Show a pitch to somebody who may know of it, or who runs the event and only learns that there is one."""
    present, questions = lengths_of(roadshow, pitch)
    known = can_see_pitch(actor, event, pitch)
    heading = _heading(actor, pitch) if known else _HIDDEN
    return PitchView(
        id=pitch.id,
        number=number,
        state=pitch.state,
        title=heading.title,
        kind=pitch.listing.kind if known and pitch.listing is not None else "",
        listing_id=pitch.listing_id if known else None,
        language=heading.language,
        abstract=heading.abstract,
        field=heading.field,
        organization_id=heading.organization_id,
        organization_name=heading.organization_name,
        speakers=pitch.speakers if heading.organization_id is not None else "",
        present_minutes=present,
        question_minutes=questions,
        turn=turn,
        is_own=owns(actor, pitch),
        is_hidden=not known,
        is_tapped=is_tapped,
        interests=interests,
        slides=slides if known else (),
        version=pitch.version,
    )


@dataclass(frozen=True, slots=True)
class _Heading:
    title: str = ""
    language: str = "zh"
    abstract: str = ""
    field: str | None = None
    organization_id: int | None = None
    organization_name: str = ""


_HIDDEN = _Heading()


def _heading(actor: Actor, pitch: Pitch) -> _Heading:
    if pitch.listing is None:
        return _Heading(
            title=pitch.title, organization_id=pitch.organization_id, organization_name=pitch.organization.name
        )
    seen = project(pitch.listing, actor)
    named = seen.organization_id is not None or pitch.is_named
    return _Heading(
        title=seen.title,
        language=seen.language,
        abstract=seen.abstract,
        field=seen.field,
        organization_id=pitch.organization_id if named else None,
        organization_name=pitch.organization.name if named else _anonymous(pitch.listing),
    )


def _anonymous(listing: Listing) -> str:
    return next(name for kind, name in ANONYMOUS_NAMES.items() if kind == listing.kind)


def _taps(session: Session, actor: Actor, pitches: Iterable[Pitch]) -> frozenset[int]:
    if actor.user_id is None:
        return frozenset()
    mine = sa.select(PitchInterest.pitch_id).where(
        PitchInterest.user_id == actor.user_id,
        PitchInterest.organization_id == actor.organization_id,
        PitchInterest.pitch_id.in_([pitch.id for pitch in pitches]),
    )
    return frozenset(session.scalars(mine))


def _counts(session: Session, event: Event) -> dict[int, int]:
    rows = session.execute(
        sa.select(PitchInterest.pitch_id, sa.func.count())
        .join(Pitch, Pitch.id == PitchInterest.pitch_id)
        .where(Pitch.event_id == event.id)
        .group_by(PitchInterest.pitch_id)
    )
    return {row[0]: row[1] for row in rows}


def _clashes(
    agenda: Iterable[AgendaItem], times: Sequence[Turn], starts_at: datetime, ends_at: datetime
) -> tuple[str, ...]:
    """An item that holds the whole programme is the roadshow's own line of the agenda."""
    return tuple(
        item.title
        for item in agenda
        if item.blocking
        and not (item.starts_at <= starts_at and ends_at <= item.ends_at)
        and any(overlaps(turn.span, (item.starts_at, item.ends_at)) for turn in times)
    )
