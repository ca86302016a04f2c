"""What happened to a verification, a merge or an organization, from the journal, for those who deal with it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization, User
from matchmaker.domain.permissions import Actor, can_list_organizations
from matchmaker.services.history import HistoryEntry

MOST = 100


def subject_history(session: Session, actor: Actor, kind: str, subject_id: int) -> tuple[HistoryEntry, ...]:
    """Return the latest entries about one subject of a kind ("verification", "merge", "organization"), newest first.

    Raises:
        Forbidden: the actor is not the bureau.
    """
    if not can_list_organizations(actor):
        raise Forbidden(N_("办理记录只对科技局开放。"))
    rows = session.execute(
        sa.select(JournalEntry, User.name, Organization.name)
        .outerjoin(User, User.id == JournalEntry.actor_id)
        .outerjoin(Organization, Organization.id == JournalEntry.organization_id)
        .where(JournalEntry.subject_kind == kind, JournalEntry.subject_id == subject_id)
        .order_by(JournalEntry.id.desc())
        .limit(MOST)
    )
    return tuple(
        HistoryEntry(row.at, row.action, row.before, row.after, row.reason, None, name or "", office or "")
        for row, name, office in rows
    )
