"""A journal of a few entries, and the hand that changes it behind the application's back."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from matchmaker.domain.base import Database
from matchmaker.domain.journal import JournalEntry, record
from matchmaker.domain.journal_chain import GENESIS, JournalLink, canonical, link_hash, stored_columns
from matchmaker.domain.permissions import Actor

TRIGGERS = [f"DROP TRIGGER {table}_no_{act}" for table in ("journal", "journal_links") for act in ("update", "delete")]


def write_entries(database: Database, count: int) -> None:
    """Append entries, each in a transaction of its own."""
    for number in range(1, count + 1):
        with database.transaction() as session:
            record(
                session, Actor.system(), "note", "deal", number, reason=f"第 {number} 条", amount="1.50", tags=["甲"]
            )


@contextmanager
def behind(database: Database) -> Iterator[sa.Connection]:
    """Yield a connection of somebody who has taken the database's own refusals away."""
    with database.engine.execution_options(matchmaker_write=True).begin() as connection:
        if connection.dialect.name == "sqlite":
            for statement in TRIGGERS:
                connection.execute(sa.text(statement))
        else:
            for table in ("journal", "journal_links"):
                connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        yield connection


def chain_anew(connection: sa.Connection) -> None:
    """Write every link anew, as somebody would who knows the program."""
    links = JournalLink.__table__
    previous = GENESIS
    rows = connection.execute(
        sa.select(JournalLink.position, *stored_columns(JournalEntry))
        .join(JournalEntry, JournalEntry.id == JournalLink.entry_id)
        .order_by(JournalLink.position)
    ).all()
    for position, *content in rows:
        previous = link_hash(previous, position, canonical(content))
        connection.execute(sa.update(links).where(links.c.position == position).values(hash=previous))
