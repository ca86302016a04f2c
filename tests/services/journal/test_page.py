"""The journal's page: who reads it, what it filters, and verifying as a job."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.judgements import Judgement
from matchmaker.domain.language import unpack
from matchmaker.services.grading.judging import grade, texts_of
from matchmaker.services.job_kinds import HANDLERS
from matchmaker.services.job_runner import JobRunner
from matchmaker.services.journal.jobs import last_verification, order_verification
from matchmaker.services.journal.lists import journal_page
from tests.cast import Cast
from tests.counting import counted_queries
from tests.grading import drawn_pairs
from tests.journal import behind, write_entries

pytestmark = pytest.mark.slow


def test_journal_is_the_bureaus_and_the_administrators(session: Session, cast: Cast) -> None:
    for name in ("alice", "bob", "carol", "mallory"):
        with pytest.raises(Forbidden):
            journal_page(session, cast[name].actor)
        with pytest.raises(Forbidden):
            order_verification(session, cast[name].actor)
    assert {journal_page(session, cast[name].actor).total for name in ("dave", "erin")} == {0}


def test_entries_are_filtered(database: Database, cast: Cast) -> None:
    write_entries(database, 3)
    with database.read() as session:
        one = journal_page(session, cast.dave.actor, kind="deal", subject_id=2, on=today())
        assert [(row.position, row.subject_id, row.reason) for row in one.rows] == [(2, 2, "第 2 条")]
        assert journal_page(session, cast.dave.actor, kind="match").rows == ()
        assert [row.position for row in journal_page(session, cast.dave.actor).rows] == [3, 2, 1]


def test_grades_stay_blind_to_who_still_grades_the_pair(session: Session, cast: Cast) -> None:
    first, other = drawn_pairs(session, cast, 2)
    for pair, member, value in ((first, cast.carol, 2), (other, cast.carol, 3), (other, cast.dave, 1)):
        grade(session, member.actor, pair.id, value, seen=texts_of(pair))

    def shown(reader: str) -> list[str | None]:
        rows = journal_page(session, cast[reader].actor, kind="sampled_pair").rows
        assert all(row.is_blind == (row.after is None) for row in rows)
        return [row.after for row in rows if row.action == "grade"]

    assert shown("erin") == ["1", "3", "2"]
    assert shown("dave") == ["1", None, None]
    session.execute(sa.update(Judgement).values(at=utc_now() - timedelta(hours=1)))
    assert shown("dave") == ["1", "3", None]


def test_page_takes_the_same_queries_for_one_and_three(database: Database, cast: Cast) -> None:
    counts = []
    for count in (1, 2):
        write_entries(database, count)
        with database.read() as session, counted_queries(database.engine) as queries:
            journal_page(session, cast.dave.actor)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_worker_verifies_and_says_what_is_wrong(database: Database, settings: Settings, cast: Cast) -> None:
    def verified() -> dict[str, object]:
        with database.transaction() as session:
            first = order_verification(session, cast.dave.actor)
            assert order_verification(session, cast.erin.actor) is first
        runner = JobRunner(database, settings, HANDLERS, "test")
        while runner.step():
            pass
        with database.read() as session:
            job = last_verification(session)
            assert job is not None
            return job.result

    write_entries(database, 3)
    first = verified()
    with database.read() as session:
        kinds = [row.subject_kind for row in journal_page(session, cast.dave.actor).rows]
    assert (first["broken"], first["checked"], kinds) == (None, 4, ["job", "job", "deal", "deal", "deal"])
    with behind(database) as connection:
        connection.execute(sa.text("UPDATE journal SET reason = '改' WHERE id = 2"))
    found = verified()
    assert unpack(found["broken"]) == "第 2 条（编号 2）的内容与写入时不符：被修改过，或与别的记录调换过。"
