"""What one server process has seen shown and not written yet.

A page that was shown must not wait for it: lists are noted in memory while the page is answered (microseconds) and
written together a few seconds later by a thread, in a short transaction of their own. While the database is busy they
wait; what memory cannot hold is lost, and how much that was is written down too. A killed process loses a few seconds.
"""

import logging
import threading
from dataclasses import dataclass, field

import crawleruseragents
from sqlalchemy.exc import OperationalError

from matchmaker.domain.base import Database
from matchmaker.domain.days import today
from matchmaker.services.noting import Flusher
from matchmaker.services.showings.lists import Seen, Sight
from matchmaker.services.showings.writing import write_sights

LOG = logging.getLogger(__name__)

MOST_WAITING = 5_000
"""Different lists and pairs kept in memory: some 20 MB at the longest lists."""

AT_ONCE = 100
"""Rows written in one transaction, so that the lock is held for milliseconds."""


@dataclass(slots=True)
class SightCounter:
    """Notes and writes for one process."""

    database: Database
    _waiting: dict[tuple[Sight, str], Seen] = field(default_factory=dict)
    _lost: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _flusher: Flusher = field(init=False)

    def __post_init__(self) -> None:
        self._flusher = Flusher("showings", self.flush)

    @property
    def lost(self) -> int:
        """How much could not be kept since the last successful writing."""
        return self._lost

    def note(self, sight: Sight, browser: str = "") -> None:
        """Remember what was shown or opened just now; `browser` tells robots apart and is not kept."""
        self._keep((sight, browser), Seen.now())

    def flush(self) -> int:
        """Write what was noted; return how many lists and pairs. What cannot be written now waits for the next time."""
        with self._lock:
            noted, self._waiting = self._waiting, {}
            lost, self._lost = self._lost, 0
        sights = _of_people(noted)
        written = 0
        items = list(sights.items())
        for start in range(0, max(len(items), 1 if lost else 0), AT_ONCE):
            part = dict(items[start : start + AT_ONCE])
            try:
                with self.database.transaction() as session:
                    write_sights(session, part, lost, today())
            except OperationalError:
                LOG.warning("the database is busy; what was shown is written later", exc_info=True)
                self._put_back(dict(items[start:]), lost)
                return written
            written, lost = written + len(part), 0
        return written

    def start(self) -> None:
        """Write every few seconds, in a thread, until the process ends."""
        self._flusher.start()

    def close(self) -> None:
        """Write what is left where this counter was started, else forget it."""
        self._flusher.close()
        self._waiting.clear()

    def _keep(self, key: tuple[Sight, str], seen: Seen) -> None:
        with self._lock:
            before = self._waiting.get(key)
            if before is None and len(self._waiting) >= MOST_WAITING:
                self._lost += 1
                return
            self._waiting[key] = seen if before is None else before.and_later(seen)

    def _put_back(self, sights: dict[Sight, Seen], lost: int) -> None:
        with self._lock:
            self._lost += lost
        for sight, seen in sights.items():
            # An empty name of a browser is taken for a person here: robots were left out before.
            self._keep((sight, ""), seen)


def _of_people(noted: dict[tuple[Sight, str], Seen]) -> dict[Sight, Seen]:
    robots = {browser for _, browser in noted if browser and crawleruseragents.is_crawler(browser)}
    sights: dict[Sight, Seen] = {}
    for (sight, browser), seen in noted.items():
        if browser not in robots:
            sights[sight] = sights[sight].and_later(seen) if sight in sights else seen
    return sights
