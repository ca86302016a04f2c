"""Running the solver from a terminal: it says how far it is, and Ctrl-C ends it with the best that it has."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING

import click

from matchmaker.cli.timetable_view import SHOWN_PLACES
from matchmaker.cli.voice import Voice
from matchmaker.domain.language import N_
from matchmaker.timetable.problem import Problem, Solution
from matchmaker.timetable.solution_file import decimal_text

if TYPE_CHECKING:
    from matchmaker.timetable.effort import Progress

SECONDS_BETWEEN_LINES = 1.0
STAGES = {
    "first": N_("第一张时间表"),
    "value": N_("提高总值"),
    "fairness": N_("照顾得到最少的一方"),
    "gaps": N_("减少空档"),
    "tables": N_("减少换桌"),
}


def run(
    problem: Problem, *, seconds: float, seed: int, work: int | None, tell: "Callable[[Progress], None]"
) -> Solution:
    """Solve in a thread of its own, so that Ctrl-C reaches this one; the second Ctrl-C ends the program."""
    from matchmaker.timetable.solve import solve

    asked = threading.Event()
    found: list[Solution] = []
    failed: list[BaseException] = []

    def begin() -> None:
        try:
            found.append(solve(problem, seconds=seconds, seed=seed, work=work, progress=tell, stop=asked.is_set))
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=begin, daemon=True)
    with _stopping(asked):
        thread.start()
        while thread.is_alive():
            thread.join(0.1)
    if failed:
        raise failed[0]
    return found[0]


@contextmanager
def _stopping(asked: threading.Event) -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class Ticker:
    """Writes progress to standard error: one line that changes in a terminal, else a line a stage or a second."""

    def __init__(self, voice: Voice) -> None:
        self.voice = voice
        self.is_terminal = sys.stderr.isatty()
        self.stage = ""
        self.at = 0.0

    def tell(self, progress: "Progress") -> None:
        """Write where the run stands."""
        if progress.stage == self.stage and monotonic() - self.at < SECONDS_BETWEEN_LINES:
            return
        self.stage, self.at = progress.stage, monotonic()
        line = self.line(progress)
        click.echo(f"\r\x1b[K{line}" if self.is_terminal else line, err=True, nl=not self.is_terminal)

    def line(self, progress: "Progress") -> str:
        """Return one line of figures."""
        share = float((progress.bound - progress.value) / progress.bound) if progress.bound else 0.0
        return self.voice(
            N_("%(seconds)s 秒 %(stage)s：总值 %(value)s，上界 %(bound)s，差距 %(gap)s，空档 %(gaps)s"),
            seconds=f"{progress.seconds:.1f}",
            stage=STAGES.get(progress.stage, progress.stage),
            value=decimal_text(progress.value, places=SHOWN_PLACES),
            bound=decimal_text(progress.bound, places=SHOWN_PLACES, up=True),
            gap=f"{share:.2%}",
            gaps=progress.gaps,
        )

    def close(self) -> None:
        """Leave the line that changes."""
        if self.is_terminal and self.stage:
            click.echo("", err=True)
