"""What every request stands on: settings, database and search engine of this process."""

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from argon2 import PasswordHasher
from flask import current_app

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.services.passwords import HASHER
from matchmaker.services.showings.counter import SightCounter
from matchmaker.services.visits import VisitCounter

if TYPE_CHECKING:
    from matchmaker.services.engine import Engine

EXTENSION = "matchmaker"


@dataclass(slots=True)
class Platform:
    """One per application, so one per server process."""

    settings: Settings
    database: Database
    hasher: PasswordHasher = HASHER
    visits: VisitCounter = field(init=False)
    sights: SightCounter = field(init=False)
    _engine: "Engine | None" = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.visits = VisitCounter(self.database)
        self.sights = SightCounter(self.database)

    @property
    def engine(self) -> "Engine":
        """The search engine, made at first use: a model loaded before the server forks would hang in its children.

        Its libraries are imported then as well: most pages need none of them.
        """
        from matchmaker.services.engine import Engine

        with self._lock:
            if self._engine is None:
                self._engine = Engine(self.settings)
                self._engine.load_in_background()
            return self._engine

    def warm_up(self) -> None:
        """Make the engine and load its model in the background; begin to write visits and what was shown."""
        threading.Thread(target=lambda: self.engine, name="warm-up", daemon=True).start()
        self.visits.start()
        self.sights.start()

    def close(self) -> None:
        """Let go of indexes, model and connections, and write the last visits and showings."""
        self.visits.close()
        self.sights.close()
        with self._lock:
            if self._engine is not None:
                self._engine.close()
                self._engine = None
        self.database.dispose()


def platform() -> Platform:
    """Return the current application's platform."""
    return cast(Platform, current_app.extensions[EXTENSION])
