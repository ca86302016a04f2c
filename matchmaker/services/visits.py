"""Counting visits: who looked at a listing is told apart for a day, by organization or by a mark that names nobody.

Visits are noted in memory while a page is answered and written together a little later, in a short transaction of their
own: counting never makes a reader wait, nor anybody who writes. A process that is killed loses a few seconds of them.
"""

import hashlib
import logging
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import crawleruseragents
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database, upsert
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Role
from matchmaker.domain.visits import ListingVisit, VisitSalt
from matchmaker.services.noting import Flusher

LOG = logging.getLogger(__name__)

MOST_WAITING = 10_000
"""Visits kept in memory: what comes beyond them is a flood, and not counted."""

SALT_BYTES = 16
MARK_BYTES = 12
# Those who look at everything because it is their office say nothing about interest.
OFFICIAL = frozenset({Role.BUREAU, Role.ADMIN})


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at a listing. `address` and `browser` tell visitors without an organization apart; they are not kept."""

    listing_id: int
    on: date
    organization_id: int | None
    address: str = ""
    browser: str = ""


@dataclass(slots=True)
class VisitCounter:
    """What one server process has noted and not written yet."""

    database: Database
    _waiting: set[Visit] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _flusher: Flusher = field(init=False)

    def __post_init__(self) -> None:
        self._flusher = Flusher("visits", self.flush)

    def note(self, visit: Visit) -> None:
        """Remember a visit; the same one again counts once."""
        with self._lock:
            if len(self._waiting) < MOST_WAITING:
                self._waiting.add(visit)

    def flush(self) -> int:
        """Write what was noted; return how many visits. What cannot be written now is kept for the next time."""
        with self._lock:
            visits, self._waiting = self._waiting, set()
        people = [visit for visit in visits if not _is_robot(visit)]
        if not people:
            return 0
        try:
            with self.database.transaction() as session:
                write_visits(session, people)
        except OperationalError:
            LOG.warning("the database is busy; visits are written later", exc_info=True)
            for visit in people:
                self.note(visit)
            return 0
        return len(people)

    def start(self) -> None:
        """Write every few seconds, in a thread, until the process ends."""
        self._flusher.start()

    def close(self) -> None:
        """Write what is left where this counter was started, else forget it."""
        self._flusher.close()
        self._waiting.clear()


def write_visits(session: Session, visits: Iterable[Visit]) -> None:
    """Count each visitor of a listing once a day."""
    rows = list(visits)
    salts = {day: _salt(session, day) for day in {visit.on for visit in rows}}
    known = set(session.scalars(sa.select(Listing.id).where(Listing.id.in_({visit.listing_id for visit in rows}))))
    values = [_row(visit, salts[visit.on]) for visit in rows if visit.listing_id in known]
    if values:
        session.execute(upsert(session, ListingVisit).on_conflict_do_nothing(), values)


def forget_salts(session: Session, today: date) -> None:
    """Forget the salts of days gone by: from then on nobody can tell whose a mark is."""
    session.execute(sa.delete(VisitSalt).where(VisitSalt.on < today))


def _salt(session: Session, day: date) -> bytes:
    fresh = upsert(session, VisitSalt).values(on=day, salt=secrets.token_bytes(SALT_BYTES))
    session.execute(fresh.on_conflict_do_nothing())
    return session.scalars(sa.select(VisitSalt.salt).where(VisitSalt.on == day)).one()


def _row(visit: Visit, salt: bytes) -> dict[str, object]:
    visitor = f"organization:{visit.organization_id}"
    if visit.organization_id is None:
        seen = f"{visit.address}\n{visit.browser}".encode("utf-8", "surrogatepass")
        visitor = hashlib.blake2b(seen, key=salt, digest_size=MARK_BYTES).hexdigest()
    return {
        "listing_id": visit.listing_id,
        "on": visit.on,
        "visitor": visitor,
        "organization_id": visit.organization_id,
    }


def _is_robot(visit: Visit) -> bool:
    return visit.organization_id is None and (not visit.browser or crawleruseragents.is_crawler(visit.browser))
