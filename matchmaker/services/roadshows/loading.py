"""Loading the roadshow of an event and one of its pitches, and making sure of who asks, in one step."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Conflict, NotFound
from matchmaker.domain.events import Event, EventState
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.permissions import Actor, can_read_listing, can_run_event, kept_apart, owns
from matchmaker.domain.pitches import Pitch, PitchState
from matchmaker.domain.roadshows import DIMENSIONS, Roadshow
from matchmaker.domain.scoring import Dimension
from matchmaker.services.events.loading import lock_event
from matchmaker.services.listings import LARGEST_ID

MISSING = N_("没有找到这个路演项目，它可能已撤下，或您无权查看。")
_WORKED_ON = frozenset(
    {EventState.DRAFT, EventState.ANNOUNCED, EventState.REGISTRATION, EventState.TIMETABLE, EventState.FINAL}
)
_UNDER_WAY = (_WORKED_ON | {EventState.HELD}) - {EventState.DRAFT}


def roadshow_of(session: Session, event: Event) -> Roadshow:
    """Return how the roadshow of an event is run; one that nobody has changed yet is not stored."""
    stored = session.scalar(sa.select(Roadshow).where(Roadshow.event_id == event.id))
    if stored is not None:
        return stored
    lengths = {"present_minutes": 8, "question_minutes": 7, "break_minutes": 0}
    marks = {"dimensions": [], "score_least": 0, "score_most": 10, "ranked_by": "mean"}
    return Roadshow(event_id=event.id, order_rule="by_hand", version=1, **lengths, **marks)


def kept_roadshow(session: Session, event: Event) -> Roadshow:
    """Return the stored roadshow of an event, stored now where it was not, with the event's row locked."""
    lock_event(session, event)
    roadshow = roadshow_of(session, event)
    if roadshow.id is None:
        session.add(roadshow)
        session.flush()
    return roadshow


def dimensions_of(roadshow: Roadshow) -> tuple[Dimension, ...]:
    """Return what judges mark, in order: the roadshow's own, or what the trade uses."""
    if roadshow.dimensions:
        return tuple(Dimension(row["key"], row["name"], row["weight"]) for row in roadshow.dimensions)
    return tuple(Dimension(f"d{place}", name, weight) for place, (name, weight) in enumerate(DIMENSIONS, start=1))


def pitches_of(session: Session, event: Event, *, withdrawn: bool = False) -> list[Pitch]:
    """Return the pitches of an event in their order with all that is needed to show them."""
    query = _loaded(sa.select(Pitch).where(Pitch.event_id == event.id))
    if not withdrawn:
        query = query.where(Pitch.state != PitchState.WITHDRAWN)
    return list(session.scalars(query.order_by(Pitch.position, Pitch.id)))


def get_pitch(session: Session, actor: Actor, event: Event, pitch_id: int) -> Pitch:
    """Return a pitch that `actor` may know of, of an event that he may read.

    Raises:
        NotFound: there is none, or he may not know.
    """
    pitch = None
    if 0 < pitch_id <= LARGEST_ID:
        pitch = session.scalar(_loaded(sa.select(Pitch).where(Pitch.id == pitch_id, Pitch.event_id == event.id)))
    if pitch is None or not (can_see_pitch(actor, event, pitch) or can_run_event(actor, event)):
        raise NotFound(MISSING)
    return pitch


def can_see_pitch(actor: Actor, event: Event, pitch: Pitch) -> bool:
    """Whether the actor may know what is presented: its own side always, who runs the event while it is not to be kept
    from him, everybody else once it is on the programme and he may read the listing."""
    if owns(actor, pitch):
        return True
    if kept_apart(actor, pitch) or (pitch.listing is not None and not can_read_listing(actor, pitch.listing)):
        return False
    return pitch.state == PitchState.CONFIRMED or can_run_event(actor, event)


def require_worked_on(event: Event) -> None:
    """Let pass only while the programme of an event may still change.

    Raises:
        Conflict: it was held, closed or cancelled.
    """
    if event.state not in _WORKED_ON:
        raise Conflict(N_("活动已经举办、结束或取消，不能再修改节目单。"))


def require_under_way(event: Event) -> None:
    """Let pass only while people take part: from announcing an event until it is closed.

    Raises:
        Conflict: it is not announced yet, closed or cancelled.
    """
    if not is_under_way(event):
        raise Conflict(N_("活动还没有公布，或已经结束、取消。"))


def is_under_way(event: Event) -> bool:
    """Whether people take part in an event now: tap, mark, upload."""
    return event.state in _UNDER_WAY


def is_worked_on(event: Event) -> bool:
    """Whether the programme of an event may still change."""
    return event.state in _WORKED_ON


def _loaded(query: sa.Select[Pitch]) -> sa.Select[Pitch]:
    listing = joinedload(Pitch.listing)
    return query.options(
        joinedload(Pitch.organization),
        joinedload(Pitch.presenter),
        listing.joinedload(Listing.organization),
        listing.joinedload(Listing.published_revision).selectinload(Revision.indicators),
        listing.joinedload(Listing.working_revision),
    )
