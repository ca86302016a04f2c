"""What was done about an event, from the journal, for those who run it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.events import Event
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services.events.loading import require_runner

MOST = 20


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One step: `action` is the journal's, `after` the state that a move led to, `by` whoever took it."""

    at: datetime
    action: str
    after: str | None
    reason: str | None
    by: str


def event_history(session: Session, actor: Actor, event: Event, actions: Collection[str]) -> tuple[HistoryLine, ...]:
    """Return the last steps of an event whose action is one of `actions`, the newest first.

    Raises:
        Forbidden: the actor does not run the event.
    """
    require_runner(actor, event)
    rows = session.execute(
        sa.select(JournalEntry, User.name)
        .outerjoin(User, User.id == JournalEntry.actor_id)
        .where(
            JournalEntry.subject_kind == Event.subject_kind,
            JournalEntry.subject_id == event.id,
            JournalEntry.action.in_(actions),
        )
        .order_by(JournalEntry.id.desc())
        .limit(MOST)
    )
    return tuple(HistoryLine(entry.at, entry.action, entry.after, entry.reason, name or "") for entry, name in rows)
