"""Places of an event when many want them at once, on SQLite and on PostgreSQL: never more are given than there are."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.events import Event
from matchmaker.domain.people import Role
from matchmaker.domain.registrations import Registration
from matchmaker.services.events.deciding import accept
from matchmaker.services.events.enrolments import Enrolment
from matchmaker.services.events.registering import register, withdraw
from tests.cast import Cast, Member, make_cast, make_member, make_organization
from tests.events import make_event, make_registration
from tests.postgresql import KINDS, open_empty

CROWD, PLACES = 12, 3


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Database]:
    """Return an empty database with all tables."""
    opened = open_empty(request.param, settings)
    yield opened
    opened.dispose()


@pytest.fixture
def crowd(database: Database) -> tuple[Cast, int, list[Member]]:
    """Return the cast, an event of carol's with few places, and many members of one enterprise."""
    with database.transaction() as session:
        cast = make_cast(session)
        event = make_event(session, cast.carol.actor, capacity=PLACES, needs_approval=False)
        visitors = make_organization(session, "enterprise", "参会企业")
        guests = [make_member(session, visitors, f"g{number:04}", "来宾", Role.ENTERPRISE) for number in range(CROWD)]
        return cast, event.id, guests


def at_once(calls: list[Callable[[], object]]) -> None:
    """Make all calls in threads that begin together; what one of them raises is raised here."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        list(pool.map(run, calls))


def states(database: Database) -> Counter[str]:
    with database.read() as session:
        return Counter(session.scalars(sa.select(Registration.state)))


def test_capacity_holds_when_many_are_accepted_at_once(
    database: Database, crowd: tuple[Cast, int, list[Member]]
) -> None:
    cast, event_id, guests = crowd
    with database.transaction() as session:
        event = session.get_one(Event, event_id)
        ids = [make_registration(session, event, guest, "requested").id for guest in guests]

    def accepting(registration_id: int) -> Callable[[], object]:
        def call() -> None:
            with database.transaction() as session:
                accept(session, cast.carol.actor, session.get_one(Event, event_id), [registration_id])

        return call

    at_once([accepting(registration_id) for registration_id in ids])
    assert states(database) == {"accepted": PLACES, "waitlisted": CROWD - PLACES}


def test_capacity_holds_when_many_register_and_some_leave_at_once(
    database: Database, crowd: tuple[Cast, int, list[Member]]
) -> None:
    _cast, event_id, guests = crowd

    def registering(guest: Member) -> Callable[[], object]:
        def call() -> None:
            with database.transaction() as session:
                event = session.get_one(Event, event_id)
                register(session, guest.actor, event, Enrolment(name=guest.name, phone="0991-1234567"))

        return call

    def leaving(guest: Member) -> Callable[[], object]:
        def call() -> None:
            with database.transaction() as session:
                own = sa.select(Registration).where(Registration.user_id == guest.user_id)
                withdraw(session, guest.actor, session.scalars(own).one())

        return call

    early, late = guests[:6], guests[6:]
    at_once([registering(guest) for guest in early])
    at_once([*(leaving(guest) for guest in early[:4]), *(registering(guest) for guest in late)])
    assert states(database) == {"withdrawn": 4, "accepted": PLACES, "waitlisted": CROWD - 4 - PLACES}
