"""Verifying the journal of one subject for those who deal with it: its entries, and the links that hold them.

An entry stands where its hash follows from the one before and its own content, and the entry after it follows from it.
Whether the whole chain stands, only a walk from its beginning tells (see verifying.py).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.contracts import Contract
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.journal_chain import GENESIS, JournalLink, stored_columns
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.permissions import Actor, can_edit_listing, can_review_listing
from matchmaker.services.contracts.loading import load_contract
from matchmaker.services.deals.loading import load_deal
from matchmaker.services.journal.verifying import Break, Fault, hash_of
from matchmaker.services.listings import get_listing

BATCH = 300
REVISION = "revision"
Subject = tuple[str, Collection[int]]
"""A kind of subject and the ids of some of them."""


@dataclass(frozen=True, slots=True)
class SubjectCheck:
    """How many entries there are of a subject, and the first that does not stand."""

    entries: int
    broken: Break | None

    @property
    def sentence(self) -> Sentence:
        """What was found, in words."""
        if self.broken is not None:
            return self.broken.sentence
        return Sentence(N_("%(n)s 条记录逐条核对，内容与写入时一致，前后相接。"), n=self.entries)


def verify_own(session: Session, actor: Actor, kind: str, subject_id: int) -> SubjectCheck:
    """Verify the entries of a deal, a contract or a listing whose history the actor reads.

    Raises:
        NotFound: there is none, or he may not know of it. Forbidden: he sees it, but not its history.
    """
    return verify_subjects(session, _subjects(session, actor, kind, subject_id))


def verify_subjects(session: Session, subjects: Collection[Subject]) -> SubjectCheck:
    """Verify the entries of some subjects, reading their links and those beside them only."""
    of_them = sa.or_(
        *(sa.and_(JournalEntry.subject_kind == kind, JournalEntry.subject_id.in_(ids)) for kind, ids in subjects)
    )
    rows = session.execute(
        sa.select(JournalEntry.id, JournalLink.position)
        .outerjoin(JournalLink, JournalLink.entry_id == JournalEntry.id)
        .where(of_them)
        .order_by(JournalLink.position, JournalEntry.id)
    ).all()
    unlinked = [entry_id for entry_id, position in rows if position is None]
    if unlinked:
        return SubjectCheck(len(rows), Break(Fault.INSERTED, entry_id=unlinked[0]))
    positions = [position for _, position in rows]
    links = _links(session, {each + step for each in positions for step in (-1, 0, 1)})
    last = session.scalar(sa.select(sa.func.max(JournalLink.position))) or 0
    broken = (_broken(links, each + step) for each in positions for step in (0, 1) if each + step <= last)
    return SubjectCheck(len(rows), next(filter(None, broken), None))


def _broken(links: dict[int, Sequence[Any]], position: int) -> Break | None:
    """Return what is wrong with one link, seen from the one before it."""
    before, link = links.get(position - 1), links.get(position)
    if link is None or (before is None and position > 1):
        return Break(Fault.REMOVED, position if link is None else position - 1)
    _, entry_id, stored, *content = link
    if content[0] is None:
        return Break(Fault.REMOVED, position, entry_id)
    previous = GENESIS if before is None else before[2]
    return None if stored == hash_of(previous, position, content) else Break(Fault.CHANGED, position, entry_id)


def _links(session: Session, positions: Collection[int]) -> dict[int, Sequence[Any]]:
    found: dict[int, Sequence[Any]] = {}
    wanted = sorted(positions)
    for start in range(0, len(wanted), BATCH):
        query = (
            sa.select(JournalLink.position, JournalLink.entry_id, JournalLink.hash, *stored_columns(JournalEntry))
            .outerjoin(JournalEntry, JournalEntry.id == JournalLink.entry_id)
            .where(JournalLink.position.in_(wanted[start : start + BATCH]))
        )
        found |= {row[0]: row for row in session.execute(query)}
    return found


def _subjects(session: Session, actor: Actor, kind: str, subject_id: int) -> list[Subject]:
    match kind:
        case Deal.subject_kind:
            return [(kind, [load_deal(session, actor, subject_id).id])]
        case Contract.subject_kind:
            return [(kind, [load_contract(session, actor, subject_id).id])]
        case Listing.subject_kind:
            listing = get_listing(session, actor, subject_id)
            if not (can_edit_listing(actor, listing) or can_review_listing(actor, listing)):
                raise Forbidden(N_("只有发布方和审核人员可以查看办理过程。"))
            revisions = session.scalars(sa.select(Revision.id).where(Revision.listing_id == listing.id)).all()
            return [(kind, [listing.id]), (REVISION, revisions)]
        case _:
            raise NotFound(N_("没有找到这份记录。"))
