"""The worker's messenger: posts to robots in a thread of its own, so that a slow one holds up no matching."""

import logging
import threading

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.services.outbound import Outbound
from matchmaker.services.webhook_outbox import AT_ONCE, send_due

LOG = logging.getLogger(__name__)

IDLE_SECONDS = 2.0
FAILURE_PAUSE_SECONDS = 10.0
STOP_SECONDS = 5.0


class Courier:
    """One thread, which ends after the message in flight."""

    def __init__(self, settings: Settings, database: Database, outbound: Outbound) -> None:
        self._settings = settings
        self._database = database
        self._outbound = outbound
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the message in flight; one that takes long is left, and posted again later under the same id."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                busy = send_due(self._database, self._settings, self._outbound) == AT_ONCE
            except Exception:
                LOG.exception("messages to robots could not be sent; trying again")
                self._stop.wait(FAILURE_PAUSE_SECONDS)
                continue
            if not busy:
                self._stop.wait(IDLE_SECONDS)
