"""The clock: the one place that says what time it is. A story of days gone by is told by a clock of its own.

Whatever runs inside `clock_is` is done at that clock's time: columns, deadlines, journal. Threads and processes that
are begun inside go by the world's clock, like everything else.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

Clock = Callable[[], datetime]


def _world() -> datetime:
    return datetime.now(UTC)


_clock: ContextVar[Clock] = ContextVar("clock", default=_world)


def now() -> datetime:
    """Return the present moment in UTC."""
    return _clock.get()()


@contextmanager
def clock_is(clock: Clock) -> Iterator[None]:
    """Let all that is done inside happen when `clock` says; it must say moments in UTC."""
    token = _clock.set(clock)
    try:
        yield
    finally:
        _clock.reset(token)


class StoryClock:
    """A clock that stands still until it is moved, and never goes back."""

    def __init__(self, begins: datetime) -> None:
        self._now = begins.astimezone(UTC)

    def __call__(self) -> datetime:
        """Return where it stands."""
        return self._now

    def move_to(self, moment: datetime) -> None:
        """Move on to `moment`.

        Raises:
            ValueError: that is before where it stands.
        """
        if moment < self._now:
            raise ValueError(f"the clock stands at {self._now:%Y-%m-%d %H:%M}, after {moment:%Y-%m-%d %H:%M}")
        self._now = moment.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move on by a while."""
        self.move_to(self._now + by)
