"""Many grade one pair at once, on SQLite and PostgreSQL: it takes what is wanted and one more, and tells the rest."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict
from matchmaker.domain.judgements import Judgement
from matchmaker.domain.people import Organization, Role
from matchmaker.services.grading.agreement import agreement_page
from matchmaker.services.grading.candidates import read_pool
from matchmaker.services.grading.desk import batches
from matchmaker.services.grading.judging import Texts, grade, texts_of
from matchmaker.services.grading.queue import queue_of
from tests.cast import Cast, Member, make_cast, make_member
from tests.grading import drawn_pairs
from tests.postgresql import KINDS, open_empty

pytestmark = pytest.mark.slow

GRADERS = 6


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """Return an empty database with all tables."""
    opened = open_empty(request.param, settings)
    yield opened
    opened.dispose()


@pytest.fixture
def cast(database: Database) -> Cast:
    with database.transaction() as session:
        return make_cast(session)


def graders(database: Database, cast: Cast) -> list[Member]:
    """Employ more brokers at carol's agency."""
    with database.transaction() as session:
        agency = session.get_one(Organization, cast.carol.organization_id)
        names = ("frank", "grace", "heidi", "ivan", "judy", "kim")
        return [make_member(session, agency, name, name, Role.BROKER) for name in names]


def at_once(database: Database, people: list[Member], pair_id: int, seen: Texts) -> list[bool]:
    """Let everybody grade the pair at the same moment; return whose grade was taken."""
    barrier = Barrier(len(people))

    def act(member: Member) -> bool:
        barrier.wait()
        try:
            with database.transaction() as session:
                grade(session, member.actor, pair_id, 2, seen=seen)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(len(people)) as pool:
        return list(pool.map(act, people))


def test_a_pair_takes_two_grades_and_one_of_who_had_it_already(database: Database, cast: Cast) -> None:
    people = graders(database, cast)
    with database.transaction() as session:
        pair, *_ = drawn_pairs(session, cast, 1)
        pair_id, seen = pair.id, texts_of(pair)
    assert sorted(at_once(database, people, pair_id, seen)) == [False] * 3 + [True] * 3
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Judgement)) == 3
        assert [queue_of(session, member.actor) for member in people] == [()] * GRADERS
        assert (batches(session)[0].complete, agreement_page(session, cast.erin.actor).pairs) == (1, 1)
        assert read_pool(session, 1, 5).possible <= {"hidden", "control"}


def test_a_double_click_is_one_grade(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        pair, *_ = drawn_pairs(session, cast, 1)
        pair_id, seen = pair.id, texts_of(pair)
    assert at_once(database, [cast.carol] * 4, pair_id, seen) == [True] * 4
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Judgement)) == 1
