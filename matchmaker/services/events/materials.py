"""Materials of an event: files for everybody, or for those who come."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, NotFound
from matchmaker.domain.events import Event, EventFile, EventState
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_read_event
from matchmaker.services.events.attendees import may_see_parties
from matchmaker.services.events.loading import require_runner
from matchmaker.services.listings import LARGEST_ID
from matchmaker.services.uploads import StoredFile

MOST_FILES = 30


def event_files(session: Session, actor: Actor, event: Event) -> tuple[EventFile, ...]:
    """Return the files of an event that the actor may load, in the order in which they were added."""
    query = _present(event).order_by(EventFile.id)
    if not may_see_parties(session, actor, event):
        query = query.where(EventFile.public)
    return tuple(session.scalars(query))


def require_file_place(session: Session, actor: Actor, event: Event) -> None:
    """Let pass only who may add a file now. Ask before storing an upload. Minutes and slides come after the event.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: the event is closed or cancelled, or has MOST_FILES files.
    """
    require_runner(actor, event)
    _require_open(event)
    if (session.scalar(sa.select(sa.func.count()).select_from(_present(event).subquery())) or 0) >= MOST_FILES:
        raise Conflict(N_("最多 %(most)d 个附件，请先删除不需要的。"), most=MOST_FILES)


def add_file(session: Session, actor: Actor, event: Event, stored: StoredFile, *, public: bool) -> EventFile:
    """Add a stored file, for everybody or for those who come. Sending the same file twice adds one.

    Raises:
        Forbidden, Conflict: see `require_file_place`.
    """
    same = _present(event).where(EventFile.sha256 == stored.sha256, EventFile.name == stored.name)
    require_file_place(session, actor, event)
    standing = session.scalar(same)
    if standing is not None:
        return standing
    added = EventFile(
        event_id=event.id,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        sha256=stored.sha256,
        public=public,
        uploaded_by_id=actor.user_id,
    )
    session.add(added)
    session.flush()
    record(session, actor, "attach", "event", event.id, file_id=added.id, public=public)
    return added


def get_file(session: Session, actor: Actor, file_id: int) -> EventFile:
    """Return a file of an event that the actor may load.

    Raises:
        NotFound: there is none, it was taken away, or he may not know of it.
    """
    found = None
    if 0 < file_id <= LARGEST_ID:
        found = session.get(EventFile, file_id, options=[joinedload(EventFile.event).joinedload(Event.organization)])
    if found is None or found.deleted_at is not None or not _may_load(session, actor, found):
        raise NotFound(N_("没有找到这个文件，它可能已被删除，或您无权查看。"))
    return found


def remove_file(session: Session, actor: Actor, file_id: int) -> Event:
    """Take a file away; its content stays on disk, for the journal's sake. Return its event.

    Raises:
        NotFound: see `get_file`.
        Forbidden, Conflict: the actor does not run the event, or it is closed or cancelled.
    """
    found = get_file(session, actor, file_id)
    require_runner(actor, found.event)
    _require_open(found.event)
    found.deleted_at = utc_now()
    session.flush()
    record(session, actor, "detach", "event", found.event_id, file_id=found.id)
    return found.event


def _may_load(session: Session, actor: Actor, file: EventFile) -> bool:
    return can_read_event(actor, file.event) and (file.public or may_see_parties(session, actor, file.event))


def _require_open(event: Event) -> None:
    if event.state in {EventState.CLOSED, EventState.CANCELLED}:
        raise Conflict(N_("活动已经归档或取消，不能再改资料。"))


def _present(event: Event) -> sa.Select[EventFile]:
    return sa.select(EventFile).where(EventFile.event_id == event.id, EventFile.deleted_at.is_(None))
