"""The journal: every move and every decision, appended and never changed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from matchmaker.domain.base import Base, utc_now
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
