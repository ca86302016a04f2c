"""Loading an event and making sure of who asks, in one step."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_read_event, can_run_event
from matchmaker.services.listings import LARGEST_ID


def load_event(session: Session, actor: Actor, event_id: int) -> Event:
    """Return an event that `actor` may know of, with its organization, branch and owner.

    Raises:
        NotFound: there is none, or he may not know.
    """
    event = None
    if 0 < event_id <= LARGEST_ID:
        loaded = (Event.organization, Event.branch, Event.owner)
        event = session.get(Event, event_id, options=[joinedload(part) for part in loaded])
    if event is None or not can_read_event(actor, event):
        raise NotFound(N_("没有找到这场活动，它可能还没有公布。"))
    return event


def load_run_event(session: Session, actor: Actor, event_id: int) -> Event:
    """Return an event that `actor` runs.

    Raises:
        NotFound: there is none, or he may not know of it.
        Forbidden: he may read it only.
    """
    event = load_event(session, actor, event_id)
    require_runner(actor, event)
    return event


def require_runner(actor: Actor, event: Event) -> None:
    """Let pass only who runs the event.

    Raises:
        Forbidden: he does not.
    """
    if not can_run_event(actor, event):
        raise Forbidden(N_("活动由主办单位的技术经纪人和科技局办理。"))


def lock_event(session: Session, event: Event) -> None:
    """Take the event's row until the end of the transaction and read it anew: counts and moves are made one by one."""
    session.scalars(
        sa.select(Event).where(Event.id == event.id).with_for_update().execution_options(populate_existing=True)
    ).one()
