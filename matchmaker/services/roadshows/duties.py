"""What of roadshows waits for somebody: pitches to confirm, sheets to sign."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.events import Event, EventState
from matchmaker.domain.judges import Judge
from matchmaker.domain.permissions import Actor
from matchmaker.domain.pitches import Pitch, PitchState
from matchmaker.services.roadshows.loading import roadshow_of
from matchmaker.services.roadshows.sheets import my_sheets

EVENTS_MOST = 5
_TO_COME = (EventState.ANNOUNCED, EventState.REGISTRATION, EventState.TIMETABLE, EventState.FINAL)


@dataclass(frozen=True, slots=True)
class JudgingDuty:
    """An event at which the viewer judges: how many of his sheets are not signed."""

    event: Event
    open_sheets: int


@dataclass(frozen=True, slots=True)
class RoadshowDuties:
    """What waits for the viewer."""

    pitches: tuple[Pitch, ...]
    judging: tuple[JudgingDuty, ...]


def roadshow_duties(session: Session, actor: Actor) -> RoadshowDuties:
    """Return the pitches that the actor's organization is asked to confirm, and where he has sheets to sign."""
    if actor.user_id is None or actor.organization_id is None:
        return RoadshowDuties((), ())
    asked = (
        sa.select(Pitch)
        .join(Event, Event.id == Pitch.event_id)
        .where(Pitch.organization_id == actor.organization_id, Pitch.state == PitchState.PROPOSED)
        .where(Event.state.in_(_TO_COME))
        .options(joinedload(Pitch.event))
        .order_by(Event.starts_at, Pitch.id)
        .limit(EVENTS_MOST)
    )
    judging = (
        sa.select(Event)
        .join(Judge, Judge.event_id == Event.id)
        .where(Judge.user_id == actor.user_id, Judge.organization_id == actor.organization_id)
        .where(Judge.dismissed_at.is_(None), Event.state.in_((*_TO_COME, EventState.HELD)))
        .order_by(Event.starts_at, Event.id)
        .limit(EVENTS_MOST)
    )
    duties = (_judging(session, actor, event) for event in session.scalars(judging))
    return RoadshowDuties(tuple(session.scalars(asked)), tuple(duty for duty in duties if duty.open_sheets))


def _judging(session: Session, actor: Actor, event: Event) -> JudgingDuty:
    if roadshow_of(session, event).is_published:
        return JudgingDuty(event, 0)
    sheets = my_sheets(session, actor, event)
    return JudgingDuty(event, sum(not sheet.is_signed and sheet.away is None for sheet in sheets))
