"""The story of a year: acts in the order of their moments, each done by the verbs that the site uses, at its own time.

An act that is done may schedule further ones. Nothing is done before it is due and nothing after the story's end; the
clock stands at each act's moment while it is done.
"""

import heapq
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from itertools import count

from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.clock import StoryClock, clock_is
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.permissions import Actor
from matchmaker.services.actors import load_member
from matchmaker.services.uploads import StoredFile
from synthetic.sizes import Sizes

BATCH = 100
Act = Callable[["Story"], None]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts for an organization."""

    user_id: int
    organization_id: int
    membership_id: int
    name: str
    organization: str
    region: str


@dataclass(slots=True)
class Cast:
    """Who there is, by what they do; `branches` are the people of the branches' desks."""

    bureau: list[Person] = field(default_factory=list)
    branches: list[Person] = field(default_factory=list)
    brokers: list[Person] = field(default_factory=list)
    enterprises: list[Person] = field(default_factory=list)
    universities: list[Person] = field(default_factory=list)


class Story:
    """One year of one city. `random` is all chance there is: the same seed tells the same story."""

    def __init__(self, settings: Settings, database: Database, sizes: Sizes, *, year: int, seed: int) -> None:
        self.settings, self.database, self.sizes, self.year = settings, database, sizes, year
        self.random = random.Random(seed)
        self.clock = StoryClock(moment(date(year, 1, 1), 8))
        self.ends = moment(date(year, 12, 31), 20)
        self.cast = Cast()
        self.counts: Counter[str] = Counter()
        self.seconds: Counter[str] = Counter()
        self.signed_text: StoredFile | None = None
        self._acts: list[tuple[datetime, int, str, Act]] = []
        self._numbers, self._done = count(), 0
        self._session: Session | None = None
        self._people: dict[int, Person] = {}

    @property
    def session(self) -> Session:
        """The open session; what is done in it is committed every now and then."""
        if self._session is None:
            self._session = self.database.write()
        return self._session

    def commit(self) -> None:
        """Commit what was done and let go of the database."""
        if self._session is not None:
            self._session.commit()
            self._session.close()
            self._session = None

    def at(self, when: datetime, name: str, act: Act) -> None:
        """Do `act` at a moment, or now where that has passed; `name` is what its time is booked under."""
        heapq.heappush(self._acts, (max(when, self.clock()), next(self._numbers), name, act))

    def later(self, days: float, name: str, act: Act) -> None:
        """Do `act` some days from now, at an hour of work."""
        self.at(self.some_time(self.today() + timedelta(days=round(days))), name, act)

    def run(self) -> None:
        """Do everything that is due before the story's end, in order."""
        with clock_is(self.clock):
            while self._acts and self._acts[0][0] <= self.ends:
                when, _number, name, act = heapq.heappop(self._acts)
                self.clock.move_to(when)
                with self.timed(name):
                    act(self)
                self._done += 1
                if self._done % BATCH == 0:
                    self.commit()
            self.clock.move_to(self.ends)
            self.commit()

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Book the time of what is done inside under `name`."""
        begun = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - begun  # type: ignore[assignment]

    def today(self) -> date:
        """Return the day on which the clock stands."""
        return self.clock().astimezone(CITY_ZONE).date()

    def some_day(self, first: int = 0, last: int = 364) -> date:
        """Draw a day of work of the year, counted from 0."""
        day = date(self.year, 1, 1) + timedelta(days=self.random.randint(first, last))
        return day - timedelta(days=max(0, day.weekday() - 4))

    def some_time(self, day: date) -> datetime:
        """Draw a moment between nine and seven of a day."""
        return moment(day, 9) + timedelta(minutes=self.random.randint(0, 599))

    def remember(self, person: Person) -> Person:
        """Know somebody by his user id from now on."""
        self._people[person.user_id] = person
        return person

    def person(self, user_id: int | None) -> Person | None:
        """Return somebody by his user id."""
        return self._people.get(user_id) if user_id is not None else None

    def of_organization(self, organization_id: int) -> Person:
        """Return who acts for an organization."""
        return next(person for person in self._people.values() if person.organization_id == organization_id)

    def actor(self, person: Person) -> Actor:
        """Return the actor that somebody is now."""
        actor = load_member(self.session, person.user_id, person.organization_id)
        assert actor is not None, person
        return actor

    def bureau(self) -> Actor:
        """Return one of the bureau's staff, who take turns."""
        return self.actor(self.random.choice(self.cast.bureau))


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a moment of the city's day."""
    return datetime.combine(day, clock_time(hour, minute), CITY_ZONE)
