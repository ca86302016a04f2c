"""Every revision of a listing, and what differs between any two, for those who may read inside."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, selectinload

from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.listings import ListingState as S
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor, can_edit_listing, can_read_inside
from matchmaker.services.differences import Difference, differences

HANDED_IN = (S.SUBMITTED, S.PUBLISHED, S.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One revision in the list: who wrote and who reviewed it, when, and what became of it."""

    number: int
    state: str
    title: str
    author_name: str
    reviewer_name: str
    saved_at: datetime
    submitted_at: datetime | None
    reviewed_at: datetime | None


@dataclass(frozen=True, slots=True)
class RevisionComparison:
    """Two revisions of one listing, the earlier first, and the fields in which they differ."""

    before: RevisionRow
    after: RevisionRow
    differences: tuple[Difference, ...]


def revisions_of(session: Session, actor: Actor, listing: Listing) -> tuple[RevisionRow, ...]:
    """Return the revisions of a listing, the newest first; brokers and bureau get those that were handed in.

    Raises:
        Forbidden: the actor may not read inside.
    """
    author, reviewer = aliased(User), aliased(User)
    rows = session.execute(
        _readable(actor, listing)
        .outerjoin(author, author.id == Revision.author_id)
        .outerjoin(reviewer, reviewer.id == Revision.reviewer_id)
        .add_columns(author.name, reviewer.name)
        .order_by(Revision.number.desc())
    )
    return tuple(_row(revision, author_name, reviewer_name) for revision, author_name, reviewer_name in rows)


def compare_revisions(
    session: Session, actor: Actor, listing: Listing, one: int | None, other: int | None
) -> RevisionComparison | None:
    """Compare two revisions by their numbers; the newest and the one before it where none are given. None where there
    is only one.

    Raises:
        Forbidden: the actor may not read inside.
        NotFound: there is no such revision, or he may not know of it.
    """
    rows = {row.number: row for row in revisions_of(session, actor, listing)}
    newest = list(rows)[:2]
    if len(newest) < 2:
        return None
    before, after = sorted((one or newest[1], other or newest[0]))
    found = {
        revision.number: revision
        for revision in session.scalars(
            _readable(actor, listing)
            .where(Revision.number.in_((before, after)))
            .options(selectinload(Revision.indicators))
        )
    }
    if before not in found or after not in found:
        raise NotFound(N_("没有这个版本。"))
    return RevisionComparison(rows[before], rows[after], differences(found[before], found[after]))


def _readable(actor: Actor, listing: Listing) -> sa.Select[Revision]:
    if not can_read_inside(actor, listing):
        raise Forbidden(N_("只有发布方、技术经纪人和科技局可以查看各个版本。"))
    query = sa.select(Revision).where(Revision.listing_id == listing.id)
    # What is being written, or was taken back to go on writing, is its writers' own until they hand it in.
    return query if can_edit_listing(actor, listing) else query.where(Revision.state.in_(HANDED_IN))


def _row(revision: Revision, author_name: str | None, reviewer_name: str | None) -> RevisionRow:
    return RevisionRow(
        number=revision.number,
        state=revision.state,
        title=revision.title,
        author_name=author_name or "",
        reviewer_name=reviewer_name or "",
        saved_at=revision.updated_at,
        submitted_at=revision.submitted_at,
        reviewed_at=revision.reviewed_at,
    )
