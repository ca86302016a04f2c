"""Writing what was noted in memory a few seconds later, in a thread, so that no page waits for the database."""

import atexit
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

LOG = logging.getLogger(__name__)

FLUSH_SECONDS = 5.0


@dataclass(slots=True)
class Flusher:
    """Calls `flush` every few seconds, and once more when it is closed. `name` is what is written, for the log."""

    name: str
    flush: Callable[[], object]
    _stop: threading.Event = field(default_factory=threading.Event)
    _is_started: bool = False

    def start(self) -> None:
        """Write every few seconds, in a thread, until the process ends."""
        self._is_started = True
        threading.Thread(target=self._run, name=self.name, daemon=True).start()
        atexit.register(self.close)

    def close(self) -> None:
        """Write what is left where this was started."""
        self._stop.set()
        if self._is_started:
            self.flush()

    def _run(self) -> None:
        while not self._stop.wait(FLUSH_SECONDS):
            try:
                self.flush()
            except Exception:  # one bad row must not end the writing of all later ones
                LOG.exception("%s were lost", self.name)
