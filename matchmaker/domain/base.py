"""The declarative base, column types, and how the database is opened."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, types
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session

from matchmaker.domain import clock

BUSY_TIMEOUT_MS = 10_000


class UTCDateTime(types.TypeDecorator[datetime]):
    """A moment, stored in UTC and always timezone-aware in Python; a naive value is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Money(types.TypeDecorator[Decimal]):
    """Yuan with two places, kept as whole fen so that SQLite adds and compares exactly."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((value * 100).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / 100


class Base(DeclarativeBase):
    """Base of all tables. Names of constraints are fixed so that migrations can name them on every database."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        datetime: UTCDateTime,
        Decimal: Money,
        dict[str, Any]: sa.JSON,
        list[str]: sa.JSON,
    }
    # SQLite would otherwise hand out the id of a deleted row again, and indexes are keyed by id.
    __table_args__: Any = {"sqlite_autoincrement": True}


def utc_now() -> datetime:
    """Return the present moment in UTC."""
    return clock.now()


class Database:
    """One engine and its two kinds of session.

    `read()` sees a snapshot and takes no lock; `write()` takes SQLite's write lock at its first statement, so that two
    writers queue up (to BUSY_TIMEOUT_MS milliseconds) instead of failing half-way.
    """

    def __init__(self, url: str) -> None:
        self.engine = _make_engine(url)
        self._writing = self.engine.execution_options(matchmaker_write=True)

    def read(self) -> Session:
        """Return a session for reading; the caller closes it."""
        return Session(self.engine, autoflush=False)

    def write(self) -> Session:
        """Return a session for writing; the caller commits and closes it."""
        return Session(self._writing, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Yield a writing session; commit at the end, roll back on any error."""
        with self.write() as session, session.begin():
            yield session

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _make_engine(url: str) -> Engine:
    engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling begins too late for snapshot reads: _begin_sqlite does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("matchmaker_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def upsert(session: Session, table: type[Base]) -> Any:
    """Return the database's own INSERT for `table`, the one that knows ON CONFLICT (SQLite and PostgreSQL both do)."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
