"""Those who deal with a subject verify its own entries: what was changed, removed or put in among them is found."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.journal import JournalEntry, record
from matchmaker.domain.journal_chain import canonical, link_hash, stored_columns
from matchmaker.domain.permissions import Actor
from matchmaker.services.contracts.filling import open_contract
from matchmaker.services.journal.subjects import SubjectCheck, verify_own, verify_subjects
from matchmaker.services.journal.verifying import Break, Fault
from tests.cast import Cast
from tests.counting import counted_queries
from tests.deals import make_deal
from tests.journal import behind, write_entries
from tests.pairs import publish

DEAL = [("deal", [2])]
# Entry 2 of 4 is the deal's own: 1 is before it, 3 after it.
TAMPERED = {
    "its content": (["UPDATE journal SET reason = '改过' WHERE id = 2"], Break(Fault.CHANGED, 2, 2)),
    "its hash": (["UPDATE journal_links SET hash = 'made up' WHERE position = 2"], Break(Fault.CHANGED, 2, 2)),
    "its link": (["DELETE FROM journal_links WHERE position = 2"], Break(Fault.INSERTED, entry_id=2)),
    "what was before it": (["DELETE FROM journal_links WHERE position = 1"], Break(Fault.REMOVED, 1)),
    "what came after it": (["DELETE FROM journal WHERE id = 3"], Break(Fault.REMOVED, 3, 3)),
    "the link after it": (["DELETE FROM journal_links WHERE position = 3"], Break(Fault.REMOVED, 3)),
    "far from it": (["UPDATE journal SET reason = '改过' WHERE id = 4"], None),
}


def check(database: Database, subjects: list[tuple[str, list[int]]]) -> SubjectCheck:
    with database.read() as session:
        return verify_subjects(session, subjects)


def test_entries_that_stand(database: Database) -> None:
    write_entries(database, 4)
    found = check(database, DEAL)
    assert (found, str(found.sentence)) == (SubjectCheck(1, None), "1 条记录逐条核对，内容与写入时一致，前后相接。")
    # The first has none before it, the last none after it; where nothing was written nothing is wrong.
    assert [check(database, [("deal", [each])]) for each in (1, 4)] == [SubjectCheck(1, None)] * 2
    assert check(database, [("deal", [99])]) == SubjectCheck(0, None)


@pytest.mark.parametrize("how", TAMPERED)
def test_what_was_done_behind_the_application_s_back_is_found(database: Database, how: str) -> None:
    write_entries(database, 4)
    statements, expected = TAMPERED[how]
    with behind(database) as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    assert check(database, DEAL).broken == expected


def test_an_entry_rewritten_with_its_hash_breaks_the_one_after_it(database: Database) -> None:
    write_entries(database, 4)
    with behind(database) as connection:
        connection.execute(sa.text("UPDATE journal SET reason = '改过' WHERE id = 2"))
        # The forger knows how a hash is made, and makes the entry's own right.
        before = connection.scalar(sa.text("SELECT hash FROM journal_links WHERE position = 1"))
        content = connection.execute(sa.select(*stored_columns(JournalEntry)).where(JournalEntry.id == 2)).one()
        made = link_hash(before, 2, canonical(content))
        connection.execute(sa.text("UPDATE journal_links SET hash = :made WHERE position = 2"), {"made": made})
    assert check(database, DEAL).broken == Break(Fault.CHANGED, 3, 3)


def test_reading_takes_as_many_queries_for_one_entry_as_for_many(database: Database) -> None:
    write_entries(database, 9)
    seen = []
    for subjects in ([("deal", [2])], [("deal", [2, 4, 6, 8])]):
        with database.read() as session, counted_queries(database.engine) as queries:
            assert verify_subjects(session, subjects).entries == len(subjects[0][1])
        seen.append(len(queries))
    assert seen[0] == seen[1]


def test_everybody_verifies_what_he_deals_with_and_nothing_else(session: Session, cast: Cast) -> None:
    deal = make_deal(session, cast)
    record(session, cast.carol.actor, "open", "deal", deal.id, after=DealState.TALKS)
    contract = open_contract(session, cast.bob.actor, deal.id)
    need = publish(session, cast.alice, "need", "除冰").id
    session.commit()
    for who in (cast.alice, cast.bob, cast.carol, cast.dave):
        found = verify_own(session, who.actor, "deal", deal.id)
        assert (found.entries, found.broken) == (len(_entries(session, "deal", deal.id)), None)
    assert verify_own(session, cast.bob.actor, "contract", contract.id).broken is None
    # A listing's history is that of its revisions too.
    assert verify_own(session, cast.alice.actor, "listing", need).entries > len(_entries(session, "listing", need))
    for kind, subject_id in (("deal", deal.id), ("contract", contract.id), ("deal", 2**70), ("user", 1)):
        with pytest.raises(NotFound):
            verify_own(session, cast.mallory.actor, kind, subject_id)
    for stranger in (cast.mallory.actor, Actor()):
        with pytest.raises(Forbidden):
            verify_own(session, stranger, "listing", need)
    assert session.get_one(Deal, deal.id).version == 1


def _entries(session: Session, kind: str, subject_id: int) -> list[int]:
    mine = JournalEntry.subject_kind == kind, JournalEntry.subject_id == subject_id
    return list(session.scalars(sa.select(JournalEntry.id).where(*mine)))
