"""What refers to an organization, read from the tables themselves, and how it goes over to another one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Base
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import MatchDecision
from matchmaker.domain.people import Membership, MembershipState, Organization

# What happened stays where it happened: journal and introductions are never changed, and merges name both.
HISTORY = frozenset({"introductions", "journal", "merges"})
# Rows that stand between two organizations: one between the two that are merged stays as it was.
BETWEEN = frozenset({"avoidances", "agreements", "deals", "questions"})


@dataclass(frozen=True, slots=True)
class Moved:
    """What went over of one table, and what stayed because the other organization has the same already."""

    table: str
    rows: int
    stayed: int


def references() -> Iterator[tuple[sa.Table, sa.Column[Any]]]:
    """Yield every column that names an organization, but for history; a table made later is among them."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            names = any(key.column is Organization.__table__.c.id for key in column.foreign_keys)
            if names and table.name not in HISTORY:
                yield table, column


def count_references(session: Session, kept_id: int, merged_id: int) -> tuple[Moved, ...]:
    """Return what would go over from `merged_id` to `kept_id`, by table; tables with nothing are left out."""
    counts: dict[str, Moved] = {}
    for table, column in references():
        query = sa.select(sa.func.count()).select_from(table).where(column == merged_id)
        stays = len(_colliding(session, table, column, kept_id, merged_id))
        if rows := session.scalar(query) or 0:
            before = counts.get(table.name, Moved(table.name, 0, 0))
            counts[table.name] = Moved(table.name, before.rows + rows - stays, before.stayed + stays)
    return tuple(counts.values())


def move_references(session: Session, kept_id: int, merged_id: int) -> tuple[Moved, ...]:
    """Let everything that names `merged_id` name `kept_id`; return what went, by table.

    Where the two would collide (a person in both, a pair judged by both), the table's own rule in `_SETTLING` says what
    becomes of it; without a rule such a row stays with the merged organization, so that nothing is lost.
    """
    moved = count_references(session, kept_id, merged_id)
    session.flush()
    for table, column in references():
        colliding = _colliding(session, table, column, kept_id, merged_id)
        if colliding and table.name in _SETTLING:
            _SETTLING[table.name](session, colliding, kept_id)
            session.flush()
            colliding = _colliding(session, table, column, kept_id, merged_id)
        key = _key(table)
        stays = key.in_(colliding) if colliding else sa.false()
        session.execute(sa.update(table).where(column == merged_id, ~stays).values({column.name: kept_id}))
    session.expire_all()
    return moved


def _colliding(session: Session, table: sa.Table, column: sa.Column[Any], kept_id: int, merged_id: int) -> list[Any]:
    """Keys of rows that may not go over: a unique constraint forbids it, or the kept one would meet itself in it."""
    found: list[Any] = []
    one, other = table.alias(), table.alias()
    for columns in _unique_sets(table):
        if column.name in columns:
            same = [one.c[name] == other.c[name] for name in columns if name != column.name]
            query = sa.select(_key(one)).join(other, sa.and_(sa.true(), *same))
            query = query.where(one.c[column.name] == merged_id, other.c[column.name] == kept_id)
            found += session.scalars(query)
    for table_of, second in references():
        if table_of is table and second is not column and table.name in BETWEEN:
            found += session.scalars(sa.select(_key(table)).where(column == merged_id, second == kept_id))
    return found


def _unique_sets(table: sa.Table) -> Iterator[tuple[str, ...]]:
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint | sa.PrimaryKeyConstraint):
            yield tuple(column.name for column in constraint.columns)
    for index in table.indexes:
        if index.unique:
            yield tuple(column.name for column in index.columns)


def _key(table: sa.FromClause) -> sa.ColumnElement[Any]:
    columns = list(table.primary_key)
    return columns[0] if len(columns) == 1 else sa.tuple_(*columns)


def _settle_memberships(session: Session, ids: list[Any], kept_id: int) -> None:
    """A person in both keeps one membership: of the two the one that gives more, in the organization that is kept."""
    order = (MembershipState.ACTIVE, MembershipState.PENDING, MembershipState.INVITED, MembershipState.ENDED)
    for double in session.scalars(sa.select(Membership).where(Membership.id.in_(ids))):
        kept = session.scalars(
            sa.select(Membership).where(Membership.organization_id == kept_id, Membership.user_id == double.user_id)
        ).one()
        kept.state = min(kept.state, double.state, key=order.index)
        kept.is_owner = kept.state == MembershipState.ACTIVE and (kept.is_owner or double.is_owner)
        double.state, double.is_owner = MembershipState.ENDED, False


def _settle_decisions(session: Session, ids: list[Any], kept_id: int) -> None:
    """Of two decisions about one pair the later one stands; the journal keeps both."""
    for double in session.scalars(sa.select(MatchDecision).where(MatchDecision.id.in_(ids))):
        kept = session.scalars(
            sa.select(MatchDecision).where(
                MatchDecision.match_id == double.match_id, MatchDecision.organization_id == kept_id
            )
        ).one()
        session.delete(kept if double.at > kept.at else double)


def _settle_listings(session: Session, ids: list[Any], _kept_id: int) -> None:
    """Two listings with the same external id stay two: the one that comes over gets its former owner added to it."""
    for listing in session.scalars(sa.select(Listing).where(Listing.id.in_(ids))):
        listing.external_id = f"{(listing.external_id or '')[:80]}@{listing.organization_id}"


_SETTLING: dict[str, Callable[[Session, list[Any], int], None]] = {
    "memberships": _settle_memberships,
    "match_decisions": _settle_decisions,
    "listings": _settle_listings,
}
