"""Fifty clients at once, on SQLite and on PostgreSQL: nobody and nothing is ever booked twice, and losers are told."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from matchmaker.config import Settings
from matchmaker.domain.appointments import Appointment, Occupancy
from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict
from matchmaker.domain.events import Event
from matchmaker.services.timetables.booking import ask
from matchmaker.services.timetables.releasing import release
from tests.cast import make_cast
from tests.postgresql import KINDS, open_empty
from tests.timetables import Party, join, make_meeting, solved, stamp, wish

pytestmark = pytest.mark.slow

CLIENTS, PATIENCE = 50, 6
Call = Callable[[], str]


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """Return an empty database with all tables."""
    opened = open_empty(request.param, settings)
    yield opened
    opened.dispose()


def crowd_of(session, event, count, organization=None) -> list[Party]:
    """Let many people come, every other one for `organization` where that is given."""
    return [join(session, event, f"{n:04}", organization if n % 2 else None) for n in range(count)]


def asking(database: Database, event_id: int, one: Party, other: Party, slot: int) -> Call:
    """Return a client's request to book a slot with somebody; it answers "held" or why not."""

    def book() -> str:
        try:
            with database.transaction() as session:
                ask(session, one.actor(session), session.get_one(Event, event_id), other.id, slot)
        except Conflict as refusal:
            return str(refusal)
        return "held"

    def call() -> str:
        # Whoever is told that the site is busy asks again, as the answer says (503 with Retry-After).
        for _ in range(PATIENCE):
            try:
                return book()
            except OperationalError as error:
                if "locked" not in str(error):
                    raise
        return "busy"

    return call


def at_once(calls: list[Call]) -> Counter[str]:
    """Make all calls in threads that begin together; count their answers."""
    barrier = Barrier(len(calls))

    def run(call: Call) -> str:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return Counter(pool.map(run, calls))


def booked(database: Database) -> list[tuple[int, int, int]]:
    """Return (one, other, slot) of every appointment; no resource is taken twice in a slot."""
    with database.read() as session:
        taken = Counter((row.slot, row.resource) for row in session.scalars(sa.select(Occupancy)))
        assert set(taken.values()) <= {1}
        return [(row.one_id, row.other_id, row.slot) for row in session.scalars(sa.select(Appointment))]


def test_two_colleagues_or_rivals_never_book_the_same_party_at_once(database):
    with database.transaction() as session:
        meeting = make_meeting(session, make_cast(session), tables=60)
        crowd = crowd_of(session, meeting.event, CLIENTS, meeting.alice.registration.organization)
        event_id = meeting.event.id
    answers = at_once([asking(database, event_id, one, meeting.bob, 0) for one in crowd])
    assert answers == {"held": 1, "鲍博 的这个时段刚刚被别人约走，请另选一个时段。": CLIENTS - 1}
    assert [slot for _, _, slot in booked(database)] == [0]


def test_tables_run_out_but_are_never_shared(database):
    with database.transaction() as session:
        meeting = make_meeting(session, make_cast(session), tables=10)
        crowd = crowd_of(session, meeting.event, 2 * CLIENTS)
        event_id = meeting.event.id
    pairs = zip(crowd[:CLIENTS], crowd[CLIENTS:], strict=True)
    answers = at_once([asking(database, event_id, one, other, 0) for one, other in pairs])
    assert answers == {"held": 10, "这个时段的桌位刚刚被占满，请另选一个时段。": CLIENTS - 10}
    assert len(booked(database)) == 10


def test_parallel_requests_of_one_pair_make_one_appointment(database):
    with database.transaction() as session:
        meeting = make_meeting(session, make_cast(session), tables=60)
        event_id = meeting.event.id
    both = (meeting.alice, meeting.bob), (meeting.bob, meeting.alice)
    answers = at_once([asking(database, event_id, *both[n % 2], n % 8) for n in range(CLIENTS)])
    assert answers == {"held": 1, "您与对方已经有一场洽谈或等待答复的邀约。": CLIENTS - 1}
    assert len(booked(database)) == 1


def test_release_and_bookings_at_once_never_double_book(database):
    with database.transaction() as session:
        meeting = make_meeting(session, make_cast(session), tables=60)
        crowd = crowd_of(session, meeting.event, CLIENTS - 1)
        for one in crowd[:20]:
            wish(session, meeting.event, one, meeting.bob, "like")
        solved(session, meeting.organizer, meeting.event)
        event_id, seen = meeting.event.id, stamp(session, meeting.event)

    def releasing() -> str:
        try:
            with database.transaction() as session:
                release(session, meeting.organizer, session.get_one(Event, event_id), stamp=seen)
        except Conflict:
            return "refused"
        return "released"

    answers = at_once(
        [releasing, *(asking(database, event_id, one, meeting.bob, n % 8) for n, one in enumerate(crowd))]
    )
    rows = booked(database)
    assert answers["released"] + answers["refused"] == 1
    assert len(rows) == answers["held"] + 8 * answers["released"]
    assert len({slot for _, _, slot in rows}) == len(rows) == 8
