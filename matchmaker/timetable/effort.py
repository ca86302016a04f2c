"""How long a run may go on, how far it has come, and whom it tells.

A run is cut by the clock, by whoever asks it to stop, or by *work*: steps counted the same on every machine. A run that
is ended by its work alone gives the same timetable each time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from time import monotonic

from matchmaker.timetable.problem import Solution

STEPS_A_SECOND = 20_000
"""How much work one second of CP-SAT's deterministic time counts as."""

GRACE = 1.0
"""By so many seconds a first timetable may exceed the time of a run that is too short for it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands: what it works at, and the best timetable so far with its figures."""

    stage: str
    value: Fraction
    bound: Fraction
    gaps: int
    served: Fraction
    table_changes: int
    seconds: float
    solution: Solution


class Effort:
    """What a whole run may spend: `seconds` on the clock, and `work` in steps where it is not None."""

    def __init__(self, seconds: float, work: int | None = None, stop: Callable[[], bool] | None = None) -> None:
        self.started = monotonic()
        self.seconds = seconds
        self.work = work
        self.done = 0
        self._stop = stop
        self._stopped = False

    @property
    def can_be_stopped(self) -> bool:
        """Whether there is somebody who may ask to stop."""
        return self._stop is not None

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return monotonic() - self.started

    @property
    def left(self) -> float:
        """Seconds that are left, never below 0."""
        return max(0.0, self.seconds - self.elapsed)

    @property
    def is_late(self) -> bool:
        """Whether even what must come first has had its time: a timetable at all, however short the run."""
        return self.elapsed > self.seconds + GRACE

    def is_stopped(self) -> bool:
        """Whether somebody asked to stop."""
        if not self._stopped and self._stop is not None:
            self._stopped = self._stop()
        return self._stopped

    def is_over(self) -> bool:
        """Whether nothing more may be spent."""
        return self.is_stopped() or self.left <= 0 or (self.work is not None and self.done >= self.work)

    def leg(self, share: float, *, most: int | None = None) -> "Leg":
        """Return a leg of the run that may spend `share` of what is left, and `most` steps at most."""
        return Leg(self, share, most)


class Leg:
    """A part of a run with a budget of its own."""

    def __init__(self, effort: Effort, share: float, most: int | None) -> None:
        self.effort = effort
        self.begun = monotonic()
        self.seconds = effort.left * share
        self.done = 0
        budgets = [] if effort.work is None else [max(0, round((effort.work - effort.done) * share))]
        self.work = min([*budgets, *([] if most is None else [most])], default=None)

    def spend(self, steps: int = 1) -> None:
        """Count `steps` of work."""
        self.done += steps
        self.effort.done += steps

    @property
    def left(self) -> float:
        """Seconds that are left to this leg."""
        return max(0.0, self.seconds - (monotonic() - self.begun))

    @property
    def deterministic_left(self) -> float:
        """Seconds of deterministic time that its work still allows."""
        return float("inf") if self.work is None else max(0, self.work - self.done) / STEPS_A_SECOND

    @property
    def progress(self) -> float:
        """How much of this leg is spent, 0 to 1: of its work where that is counted, else of its time."""
        by_work = self.done / self.work if self.work else 0.0 if self.work is None else 1.0
        by_time = 1 - self.left / self.seconds if self.seconds > 0 else 1.0
        return min(1.0, by_work if self.effort.work is not None else max(by_work, by_time))

    def is_over(self) -> bool:
        """Whether this leg is spent, or the whole run."""
        return self.effort.is_over() or self.left <= 0 or (self.work is not None and self.done >= self.work)
