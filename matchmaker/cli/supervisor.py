"""Two children, server and worker: started, watched, stopped together."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

STOP_SECONDS = 20.0
RESTART_PAUSE_SECONDS = 2.0
CHECK_SECONDS = 0.2


@dataclass(slots=True)
class Child:
    """A process to keep running. `restarts` says whether it is started again when it ends by itself."""

    name: str
    command: Sequence[str]
    restarts: bool
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start it in a session of its own: Ctrl-C reaches the supervisor only, which stops it in order."""
        self.process = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603 - our own commands

    def ended(self) -> int | None:
        """Return the exit status once it has ended."""
        return None if self.process is None else self.process.poll()

    def stop(self, deadline: float) -> None:
        """Ask it to stop; kill it at `deadline` (monotonic seconds)."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Runs children until it is told to stop (SIGINT, SIGTERM) or one that must not end has ended."""

    def __init__(self, children: Sequence[Child], *, say: Callable[[str], None]) -> None:
        self._children = children
        self._say = say
        self._stopping = False

    def run(self, when_started: Callable[[], None]) -> int:
        """Start all, call `when_started` once, watch, stop all; return the exit status for the command."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._request_stop)
        try:
            for child in self._children:
                child.start()
            when_started()
            return self._watch()
        finally:
            self._stop_all()

    def _request_stop(self, _number: int, _frame: object) -> None:
        self._stopping = True

    @property
    def stopping(self) -> bool:
        """Whether somebody has asked to stop, or a child that must not end has ended."""
        return self._stopping or any(c.ended() is not None and not c.restarts for c in self._children)

    def _watch(self) -> int:
        while not self._stopping:
            for child in self._children:
                status = child.ended()
                if status is None:
                    continue
                self._say(f"{child.name} ended with status {status}")
                if not child.restarts:
                    return status or 1
                time.sleep(RESTART_PAUSE_SECONDS)
                child.start()
            time.sleep(CHECK_SECONDS)
        return 0

    def _stop_all(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        for child in reversed(self._children):
            child.stop(deadline)


def python_module(*arguments: str) -> list[str]:
    """Return the command line that runs a module with this very interpreter."""
    return [sys.executable, "-m", *arguments]
