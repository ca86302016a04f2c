"""Eight people open a deal about one meeting at once, on SQLite and on PostgreSQL: one does, the others are told."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict
from matchmaker.domain.minutes import Minutes
from matchmaker.services.appointments.recording import record_outcome
from matchmaker.services.deals import open_for_appointment
from matchmaker.services.deals.cards import move_card
from matchmaker.services.deals.sleeping import wake_due
from matchmaker.services.minutes import save_minutes
from tests.appointments import make_meeting
from tests.cast import Cast, make_cast
from tests.deals import make_deal
from tests.postgresql import KINDS, open_empty

pytestmark = pytest.mark.slow

NAMES = ("alice", "bob", "carol", "dave") * 2


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


@pytest.fixture
def meeting(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        meeting = make_meeting(session, cast)
        record_outcome(session, cast.carol.actor, meeting.id, "held")
        return meeting.id


def test_one_of_eight_opens_the_deal(database: Database, cast: Cast, meeting: int) -> None:
    start = Barrier(len(NAMES))
    step = {"next_step": "寄样品", "next_step_on": today().isoformat()}

    def attempt(name: str) -> str:
        start.wait()
        try:
            with database.transaction() as session:
                open_for_appointment(session, cast[name].actor, meeting, **step)
        except Conflict:
            return "told"
        return "opened"

    with ThreadPoolExecutor(len(NAMES)) as crowd:
        answers = sorted(crowd.map(attempt, NAMES))
    assert answers == ["opened", *["told"] * (len(NAMES) - 1)]
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Deal)) == 1


def test_of_eight_first_minutes_one_is_saved(database: Database, cast: Cast, meeting: int) -> None:
    start = Barrier(len(NAMES))

    def attempt(place: int) -> str:
        start.wait()
        try:
            with database.transaction() as session:
                save_minutes(session, cast[NAMES[place]].actor, meeting, f"第 {place} 份", seen=0)
        except Conflict:
            return "told"
        return "saved"

    with ThreadPoolExecutor(len(NAMES)) as crowd:
        answers = sorted(crowd.map(attempt, range(len(NAMES))))
    assert answers == ["saved", *["told"] * (len(NAMES) - 1)]
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Minutes)) == 1


def test_of_eight_who_move_one_card_one_does(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        deal_id = make_deal(session, cast).id
    start = Barrier(len(NAMES))

    def attempt(place: int) -> str:
        start.wait()
        try:
            with database.transaction() as session:
                to = ("intent", "lead")[place % 2]
                move_card(session, cast[NAMES[place]].actor, deal_id, to, version=1)
        except Conflict:
            return "told"
        return "moved"

    with ThreadPoolExecutor(len(NAMES)) as crowd:
        answers = sorted(crowd.map(attempt, range(len(NAMES))))
    assert answers == ["moved", *["told"] * (len(NAMES) - 1)]
    with database.read() as session:
        assert session.get_one(Deal, deal_id).version == 2


def test_two_workers_wake_a_deal_once(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        make_deal(session, cast, state="sleeping", slept_from="talks", wakes_on=today())
    start = Barrier(2)

    def work(_worker: int) -> int:
        start.wait()
        with database.transaction() as session:
            return wake_due(session, today())

    with ThreadPoolExecutor(2) as crowd:
        assert sorted(crowd.map(work, range(2))) == [0, 1]
