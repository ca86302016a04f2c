"""The journal: every move and every decision, appended, chained (journal_chain.py) and never changed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Mapper, Session, SessionTransaction, mapped_column, object_session

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.journal_chain import chain, refuse_changes
from matchmaker.domain.permissions import Actor


class JournalEntry(Base):
    """One thing that somebody did to a subject; `before` and `after` are states where the action is a move."""

    __tablename__ = "journal"
    __table_args__ = (
        sa.Index("ix_journal_subject", "subject_kind", "subject_id"),
        # What reached a state in a span of time: figures of a year are counted from it.
        sa.Index("ix_journal_reached", "subject_kind", "after", "at", "subject_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    organization_id: Mapped[int | None] = mapped_column(sa.ForeignKey("organizations.id"))
    subject_kind: Mapped[str] = mapped_column(sa.String(24))
    subject_id: Mapped[int]
    action: Mapped[str] = mapped_column(sa.String(40), index=True)
    before: Mapped[str | None] = mapped_column(sa.String(24))
    after: Mapped[str | None] = mapped_column(sa.String(24))
    reason: Mapped[str | None] = mapped_column(sa.Text)
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject_kind: str,
    subject_id: int,
    *,
    before: str | None = None,
    after: str | None = None,
    reason: str | None = None,
    **data: Any,
) -> JournalEntry:
    """Append one entry. `data` must be plain JSON and hold no personal data beyond ids."""
    entry = JournalEntry(
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        before=before,
        after=after,
        reason=reason,
        data=data,
    )
    session.add(entry)
    return entry


refuse_changes(JournalEntry)

_APPENDED = "journal_appended"


@sa.event.listens_for(JournalEntry, "after_insert")
def _note(_mapper: Mapper[JournalEntry], _connection: Connection, entry: JournalEntry) -> None:
    session = object_session(entry)
    assert session is not None, "an entry is written by the session that it belongs to"  # noqa: S101
    session.info.setdefault(_APPENDED, []).append(entry.id)


@sa.event.listens_for(Session, "before_commit")
def _chain_at_the_end(session: Session) -> None:
    """Chain what the transaction appended, once everything else of it is written: what locks is held shortly."""
    if session.in_nested_transaction():
        return
    session.flush()
    ids = session.info.pop(_APPENDED, None)
    if ids:
        chain(session, JournalEntry, ids)


@sa.event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    """What was never committed is no part of the journal."""
    if transaction.parent is None:
        session.info.pop(_APPENDED, None)
