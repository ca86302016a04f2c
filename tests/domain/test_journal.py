"""The journal's chain: what a commit appends is linked in the order of the commits, and nothing can be changed."""

import hashlib

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database
from matchmaker.domain.journal import record
from matchmaker.domain.journal_chain import GENESIS, JournalLink, canonical, link_hash
from matchmaker.domain.permissions import Actor
from tests.journal import write_entries


def test_hash_is_of_what_was_before_the_position_and_the_content() -> None:
    text = canonical(
        [7, "2026-01-02 03:04:05", 1, None, "deal", 2, "move", "lead", "talks", "谈", '{"b": 1, "a": "é"}']
    )
    assert text == (
        r'[7,"2026-01-02T03:04:05.000000+00:00",1,null,"deal",2,"move","lead","talks","\u8c08",{"a":"\u00e9","b":1}]'
    )
    assert link_hash(GENESIS, 1, text) == hashlib.sha256(f"{'0' * 64}\n1\n{text}".encode()).hexdigest()


def test_entries_are_linked_as_they_are_committed(database: Database) -> None:
    write_entries(database, 2)
    with database.write() as session:
        record(session, Actor.system(), "note", "deal", 7)
        session.flush()
        session.rollback()
        record(session, Actor.system(), "note", "deal", 8)
        session.commit()
        assert list(session.scalars(sa.select(JournalLink.position).order_by(JournalLink.position))) == [1, 2, 3]


@pytest.mark.parametrize("statement", ["UPDATE journal SET reason = ''", "DELETE FROM journal_links"])
def test_database_refuses_changes(database: Database, statement: str) -> None:
    write_entries(database, 1)
    with database.write() as session, pytest.raises(sa.exc.IntegrityError, match="append-only"):
        session.execute(sa.text(statement))
