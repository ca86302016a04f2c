"""The journal's chain: each committed entry gets a position, and a hash over the hash before it and its own content.

Whoever changes, removes or inserts an entry behind the application's back breaks the chain there; whoever writes the
chain anew from there on changes its head, which is noted outside the database. Links are rows beside the entries, so
that no entry is ever changed, not even by the application.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from matchmaker.domain.base import Base

GENESIS = "0" * 64
"""What stands for the hash before the first."""
CONTENT = (
    *("id", "at", "actor_id", "organization_id", "subject_kind", "subject_id"),
    *("action", "before", "after", "reason", "data"),
)
"""The columns that are hashed, in this order: a column added to the journal later must not change old hashes."""
_RAW = frozenset({"at", "data"})
# One lock of a transaction's end for the whole database; any number that nothing else uses.
_LOCK = 0x6A6F75726E616C
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Head:
    """The chain's end: how many entries it holds, and the hash of the last one."""

    position: int
    hash: str


class JournalLink(Base):
    """An entry's place in the chain. No foreign key: a removed entry is to be found, not hidden by a cascade."""

    __tablename__ = "journal_links"
    __table_args__ = ()

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(unique=True)
    hash: Mapped[str] = mapped_column(sa.String(64))


def link_hash(previous: str, position: int, content: str) -> str:
    """Return the SHA-256, in hexadecimal, of an entry at `position` after the hash `previous`."""
    return hashlib.sha256(f"{previous}\n{position}\n{content}".encode()).hexdigest()


def canonical(values: Sequence[Any]) -> str:
    """Return an entry as the one text that is hashed: JSON of the `CONTENT` columns, ASCII, keys sorted.

    `values` are as `stored_columns` reads them.

    Raises:
        ValueError, TypeError: they are no entry that the application could have written.
    """
    entry_id, at, *plain, data = values
    content = [entry_id, _moment(at), *plain, json.loads(data) if isinstance(data, str) else data]
    return json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)


def stored_columns(table: type[Base]) -> list[sa.ColumnElement[Any]]:
    """Return the columns of the journal as they are stored, so that one which nobody can read stops no reader."""
    columns = [table.__table__.c[name] for name in CONTENT]
    return [sa.type_coerce(each, sa.String).label(each.name) if each.name in _RAW else each for each in columns]


def head(session: Session) -> Head:
    """Return the chain's end as the session sees it."""
    row = session.execute(
        sa.select(JournalLink.position, JournalLink.hash).order_by(JournalLink.position.desc()).limit(1)
    ).first()
    return Head(row.position, row.hash) if row else Head(0, GENESIS)


def chain(session: Session, table: type[Base], ids: Iterable[int]) -> None:
    """Link the entries `ids` of the running transaction to the chain's end; ids that were taken back are passed over.

    On PostgreSQL the end is locked from here to the commit, so this is the last that a transaction does. SQLite has
    one writer anyway. Entries of one transaction follow each other by id; those of several as they commit.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    at_end = head(session)
    position, previous = at_end.position, at_end.hash
    links: list[dict[str, Any]] = []
    for values in _stored(session, table, sorted(set(ids))):
        position += 1
        previous = link_hash(previous, position, canonical(values))
        links.append({"position": position, "entry_id": values[0], "hash": previous})
    if links:
        session.execute(sa.insert(JournalLink), links)


def _stored(session: Session, table: type[Base], ids: list[int]) -> Iterable[Sequence[Any]]:
    key = table.__table__.c.id
    for start in range(0, len(ids), _BATCH):
        query = sa.select(*stored_columns(table)).where(key.in_(ids[start : start + _BATCH])).order_by(key)
        yield from session.execute(query)


def _moment(at: Any) -> str:
    """Return a moment as UTC to the microsecond: SQLite keeps text without a zone, PostgreSQL moments."""
    read = datetime.fromisoformat(at) if isinstance(at, str) else at
    return (read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)).isoformat(timespec="microseconds")


def _refusals(table: str) -> tuple[tuple[str, str], ...]:
    """Dialect and statement of what makes the database itself refuse changes; the chain does not rely on it."""
    refused = f"the {table} table is append-only"
    return (
        *(
            (
                "sqlite",
                f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{refused}'); END",
            )
            for act in ("update", "delete")
        ),
        (
            "postgresql",
            f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{refused}'; END $$",
        ),
        (
            "postgresql",
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
        ),
    )


def refuse_changes(table: type[Base]) -> None:
    """Let the database refuse UPDATE and DELETE on a table, wherever its tables are made."""
    for dialect, statement in _refusals(table.__tablename__):
        made: Any = sa.DDL(statement)  # type: ignore[no-untyped-call]
        sa.event.listen(table.__table__, "after_create", made.execute_if(dialect=dialect))


refuse_changes(JournalLink)
