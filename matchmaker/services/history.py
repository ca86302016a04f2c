"""What happened to a listing, from the journal: for its owner, its broker, and the review desk."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.listings import ListingState as S
from matchmaker.domain.people import Organization, User
from matchmaker.domain.permissions import Actor, can_edit_listing, can_review_listing

# A first revision moves with its listing; these moves of the listing say nothing that the revision's do not say.
OPENING = frozenset({"disclose", "conceal"})
MIRRORED = frozenset({S.DRAFT, S.CONFIRMING, S.SUBMITTED, S.RETURNED, S.PUBLISHED})


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One step. `action` is the journal's: move, create, revise, narrow, hand_over, ...; `revision` is a number.

    `reason` is a close reason or a list of return reasons as codes, or a note in words; `advice` the desk's words.
    """

    at: datetime
    action: str
    before: str | None
    after: str | None
    reason: str | None
    revision: int | None
    actor_name: str
    organization_name: str
    advice: str | None = None


def history(session: Session, actor: Actor, listing: Listing) -> tuple[HistoryEntry, ...]:
    """Return every step in the life of `listing`, the newest first.

    Raises:
        Forbidden: the actor neither posted it nor may review it.
    """
    if not (can_edit_listing(actor, listing) or can_review_listing(actor, listing)):
        raise Forbidden(N_("只有发布方和审核人员可以查看办理过程。"))
    revisions = {revision.id: revision for revision in _revisions(session, listing)}
    of_revisions = sa.and_(JournalEntry.subject_kind == "revision", JournalEntry.subject_id.in_(revisions))
    of_listing = sa.and_(JournalEntry.subject_kind == "listing", JournalEntry.subject_id == listing.id)
    rows = session.execute(
        sa.select(JournalEntry, User.name, Organization.name)
        .outerjoin(User, User.id == JournalEntry.actor_id)
        .outerjoin(Organization, Organization.id == JournalEntry.organization_id)
        .where(sa.or_(of_revisions, of_listing))
        .order_by(JournalEntry.id.desc())
    ).all()
    return tuple(_entry(row, name, office, revisions) for row, name, office in rows if _tells(row))


def _revisions(session: Session, listing: Listing) -> list[Revision]:
    return list(session.scalars(sa.select(Revision).where(Revision.listing_id == listing.id)))


def _tells(entry: JournalEntry) -> bool:
    if entry.action in OPENING:
        return False  # they stand with the readings
    if entry.action != "move":
        return True
    if entry.subject_kind == "listing":
        return entry.after not in MIRRORED or entry.before == S.CLOSED
    if entry.before == S.DISCARDED:
        return False
    # A discarded revision with a reason went with its closed listing, which has an entry of its own.
    return entry.after != S.SUPERSEDED and not (entry.after == S.DISCARDED and entry.reason)


def _entry(
    row: JournalEntry, name: str | None, organization: str | None, revisions: dict[int, Revision]
) -> HistoryEntry:
    revision = revisions.get(row.subject_id) if row.subject_kind == "revision" else None
    return HistoryEntry(
        at=row.at,
        action=row.action,
        before=row.before,
        after=row.after,
        reason=row.reason,
        revision=revision.number if revision else None,
        actor_name=name or "",
        organization_name=organization or "",
        advice=row.data.get("advice"),
    )
