"""Whatever is done to the journal behind the application's back is found, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.journal import JournalEntry, record
from matchmaker.domain.journal_chain import GENESIS, Head, JournalLink, head
from matchmaker.domain.permissions import Actor
from matchmaker.services.journal import verifying
from matchmaker.services.journal.verifying import Break, Fault, verify
from tests.journal import behind, chain_anew, write_entries
from tests.postgresql import KINDS, open_empty

pytestmark = pytest.mark.slow

INSERTED = """INSERT INTO journal (id, at, subject_kind, subject_id, action, data)
VALUES (99, '2026-01-02 03:04:05+00', 'deal', 7, 'note', '{}')"""
TAMPERED = {
    "reason": (["UPDATE journal SET reason = '改过' WHERE id = 3"], Break(Fault.CHANGED, 3, 3)),
    "actor": (["UPDATE journal SET organization_id = NULL, before = 'x' WHERE id = 5"], Break(Fault.CHANGED, 5, 5)),
    "moment": (["UPDATE journal SET at = '2020-01-01 00:00:00+00' WHERE id = 1"], Break(Fault.CHANGED, 1, 1)),
    "data": (["""UPDATE journal SET data = '{"amount": "9.50"}' WHERE id = 2"""], Break(Fault.CHANGED, 2, 2)),
    "hash": (["UPDATE journal_links SET hash = repeat('0', 64) WHERE position = 4"], Break(Fault.CHANGED, 4, 4)),
    "entry removed": (["DELETE FROM journal WHERE id = 3"], Break(Fault.REMOVED, 3, 3)),
    "entry and link removed": (
        ["DELETE FROM journal WHERE id = 3", "DELETE FROM journal_links WHERE position = 3"],
        Break(Fault.REMOVED, 3),
    ),
    "first removed": (["DELETE FROM journal_links WHERE position = 1"], Break(Fault.REMOVED, 1)),
    "inserted": ([INSERTED], Break(Fault.INSERTED, entry_id=99)),
    "inserted with a link": (
        [INSERTED, "INSERT INTO journal_links (position, entry_id, hash) VALUES (7, 99, 'made up')"],
        Break(Fault.CHANGED, 7, 99),
    ),
    "swapped entries": (
        [
            "UPDATE journal SET id = 98 WHERE id = 2",
            "UPDATE journal SET id = 2 WHERE id = 4",
            "UPDATE journal SET id = 4 WHERE id = 98",
        ],
        Break(Fault.CHANGED, 2, 2),
    ),
    "swapped links": (
        [
            "UPDATE journal_links SET entry_id = 98 WHERE position = 2",
            "UPDATE journal_links SET entry_id = 2 WHERE position = 4",
            "UPDATE journal_links SET entry_id = 4 WHERE position = 2",
        ],
        Break(Fault.CHANGED, 2, 4),
    ),
    "link of the tail alone": (["DELETE FROM journal_links WHERE position = 6"], Break(Fault.INSERTED, entry_id=6)),
}


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """Return a database with a journal of six entries."""
    opened = open_empty(request.param, settings)
    write_entries(opened, 6)
    yield opened
    opened.dispose()


def end_of(database: Database) -> Head:
    with database.read() as session:
        return head(session)


def test_untouched_journal_stands(database: Database) -> None:
    found = verify(database, kept=[end_of(database)], wanted=end_of(database).hash)
    assert (found.checked, found.head, found.kept_heads, found.broken) == (6, end_of(database), 1, None)


@pytest.mark.parametrize("name", TAMPERED)
def test_tampering_is_found_where_it_was_done(database: Database, name: str) -> None:
    statements, expected = TAMPERED[name]
    with behind(database) as connection:
        for statement in statements:
            if connection.dialect.name == "sqlite":
                statement = statement.replace("repeat('0', 64)", f"'{'0' * 64}'")
            connection.execute(sa.text(statement))
    assert verify(database).broken == expected


def test_value_that_no_program_wrote_is_a_change_and_no_crash(settings: Settings) -> None:
    opened = open_empty("sqlite", settings)
    write_entries(opened, 3)
    with behind(opened) as connection:
        connection.execute(sa.text("UPDATE journal SET data = '{broken', at = 'yesterday' WHERE id = 2"))
    assert verify(opened).broken == Break(Fault.CHANGED, 2, 2)
    opened.dispose()


def test_cut_tail_is_found_by_a_head_that_was_noted(database: Database) -> None:
    noted = end_of(database)
    with behind(database) as connection:
        connection.execute(sa.text("DELETE FROM journal WHERE id > 4"))
        connection.execute(sa.text("DELETE FROM journal_links WHERE position > 4"))
    assert verify(database).broken is None
    assert verify(database, kept=[noted]).broken == Break(Fault.CUT, 6)
    assert verify(database, wanted=noted.hash).broken == Break(Fault.CUT)


def test_chain_written_anew_is_found_by_a_head_that_was_noted(database: Database) -> None:
    noted = end_of(database)
    with behind(database) as connection:
        connection.execute(sa.text("UPDATE journal SET reason = '改过' WHERE id = 3"))
        chain_anew(connection)
    assert verify(database).broken is None
    assert verify(database, kept=[noted]).broken == Break(Fault.REWRITTEN, 6, 6)
    assert verify(database, wanted=noted.hash).broken == Break(Fault.CUT)


@pytest.mark.parametrize("table", ["journal", "journal_links"])
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {} = {}"])
def test_database_itself_refuses_changes(database: Database, table: str, statement: str) -> None:
    column = "action" if table == "journal" else "hash"
    writing = database.engine.execution_options(matchmaker_write=True)
    with pytest.raises(sa.exc.DBAPIError, match=f"the {table} table is append-only"), writing.begin() as connection:
        connection.execute(sa.text(statement.format(table, column, column)))


def test_what_is_taken_back_is_no_part_of_the_chain(database: Database) -> None:
    with database.write() as session:
        record(session, Actor.system(), "note", "deal", 7)
        session.flush()
        session.rollback()
        record(session, Actor.system(), "note", "deal", 8)
        with session.begin_nested() as inner:
            record(session, Actor.system(), "note", "deal", 9)
            session.flush()
            inner.rollback()
        with session.begin_nested():
            record(session, Actor.system(), "note", "deal", 10)
        session.commit()
    found = verify(database)
    assert (found.checked, found.broken) == (8, None)
    with database.read() as session:
        kept = sa.select(JournalEntry.subject_id).join(JournalLink, JournalLink.entry_id == JournalEntry.id)
        assert list(session.scalars(kept.order_by(JournalLink.position).offset(6))) == [8, 10]


def test_empty_journal_stands(settings: Settings) -> None:
    opened = open_empty("sqlite", settings)
    assert verify(opened, wanted=GENESIS).broken is None
    opened.dispose()


def test_batches_meet(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "BATCH", 4)
    assert verify(database).checked == 6


def test_writers_at_once_make_one_chain(database: Database) -> None:
    start = Barrier(8)

    def append(number: int) -> None:
        start.wait()
        for turn in range(5):
            with database.transaction() as session:
                record(session, Actor.system(), "note", "deal", number)
                session.flush()
                record(session, Actor.system(), "note", "match", turn)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(append, range(8)))
    found = verify(database)
    assert (found.checked, found.broken) == (86, None)
