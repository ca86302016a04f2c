"""One run of the solver as a child process of the worker: it never holds anything up, and dies with its parent."""

import subprocess
import sys
import threading
from dataclasses import dataclass, field

from matchmaker.timetable.effort import Progress
from matchmaker.timetable.problem import Solution
from matchmaker.timetable.process import STOP, Order, receive, send

CHILD = [sys.executable, "-m", "matchmaker.timetable.process"]
GRACE_SECONDS = 5.0


class SolverFailed(Exception):
    """The child ended without a timetable: it was killed, or has a fault (its error output says which)."""


@dataclass(slots=True)
class SolverProcess:
    """A child that works on one order; `progress` is the last that it said, `solution` its last word."""

    order: Order
    progress: Progress | None = None
    solution: Solution | None = None
    _child: "subprocess.Popen[bytes] | None" = None
    _done: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Start the child and listen to it."""
        self._child = subprocess.Popen(CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
        threading.Thread(target=self._listen, name="timetable", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait for the end, `seconds` at most; return whether it has come.

        Raises:
            SolverFailed: it has come without a timetable.
        """
        if not self._done.wait(seconds):
            return False
        if self.solution is None:
            raise SolverFailed
        return True

    def stop(self) -> None:
        """Ask the child to end with the best that it has."""
        if self._child is not None and self._child.stdin is not None and not self._done.is_set():
            try:
                self._child.stdin.write(STOP)
                self._child.stdin.flush()
            except OSError:
                return

    def close(self) -> None:
        """End the child, whatever it does."""
        if self._child is None:
            return
        self._child.kill()
        self._child.wait(GRACE_SECONDS)
        self._done.wait(GRACE_SECONDS)
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue

    @property
    def best(self) -> Solution | None:
        """The timetable as it is now, None where there is none yet."""
        return self.solution or (self.progress.solution if self.progress is not None else None)

    def _listen(self) -> None:
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            return
        try:
            send(child.stdin.fileno(), self.order)
            while self.solution is None:
                said = receive(child.stdout.fileno())
                if isinstance(said, Solution):
                    self.solution = said
                else:
                    self.progress = said
        except (EOFError, OSError):
            pass
        finally:
            self._done.set()
