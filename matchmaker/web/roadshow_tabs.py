"""Which pages of a roadshow a viewer may open from the pages of its event."""

import sqlalchemy as sa

from matchmaker.domain.events import Event, EventKind
from matchmaker.domain.permissions import Actor, can_run_event
from matchmaker.domain.pitches import Pitch, PitchState
from matchmaker.services.roadshows.judges import judge_of
from matchmaker.services.roadshows.results import can_read_results
from matchmaker.web.database import session

PROGRAMME_PAGES = frozenset(
    f"roadshows.{name}"
    for name in ("pitch", "choose", "add", "rules", "save_rules", "confirm", "withdraw", "edit", "talk", "book_talk")
)


def has_programme(actor: Actor, event: Event) -> bool:
    """A roadshow has one; a session may (for who runs it, to begin one), any other event once something is on it."""
    if event.kind == EventKind.ROADSHOW or (event.kind == EventKind.SESSION and can_run_event(actor, event)):
        return True
    return _has_pitches(event)


def has_judging(event: Event) -> bool:
    """A roadshow is judged, and any other event once there is something on its programme."""
    return event.kind == EventKind.ROADSHOW or _has_pitches(event)


def judges_at(actor: Actor, event: Event) -> bool:
    """Whether the viewer judges at the event."""
    return judge_of(session(), actor, event) is not None


def sees_ranking(actor: Actor, event: Event) -> bool:
    """Who runs a roadshow, and presenters and judges once the results are published."""
    if can_run_event(actor, event):
        return has_judging(event)
    return can_read_results(session(), actor, event)


def _has_pitches(event: Event) -> bool:
    standing = sa.select(Pitch.id).where(Pitch.event_id == event.id, Pitch.state == PitchState.CONFIRMED)
    return session().scalar(standing.limit(1)) is not None
