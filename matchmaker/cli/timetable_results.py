"""What the commands of timetables share: their arguments, exit statuses, and what is said of a result."""

import math
import shutil
from pathlib import Path
from typing import Any

import click

from matchmaker.cli.timetable_view import grid, summary
from matchmaker.cli.voice import EXIT_UNUSABLE, Voice
from matchmaker.domain.language import N_
from matchmaker.timetable.check import check
from matchmaker.timetable.json_text import why
from matchmaker.timetable.problem import Problem, Solution
from matchmaker.timetable.solution_file import require_writable, solution_text, write_solution

FILE = click.Path(path_type=Path)
EXIT_WRONG, EXIT_INFEASIBLE, EXIT_NOTHING_FOUND, EXIT_OWN_FAULT = 1, 1, 3, 4
EXPLAINING_SECONDS = 20.0
MOST_SECONDS = 86_400


class Seconds(click.FloatRange):
    """A length of time: what is no number (NaN) is in no range."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number of seconds, or refuse it."""
        seconds = float(super().convert(value, param, ctx))
        if math.isnan(seconds):
            self.fail(f"{value!r} is not a length of time.", param, ctx)
        return seconds


def require_place(voice: Voice, file: Path, out: Path | None) -> None:
    """Find out before the work whether its result can be written."""
    if out is None:
        return
    try:
        if out.exists() and out.samefile(file):
            click.echo(voice(N_("%(file)s 是问题文件本身，不能用来写结果。"), file=str(out)), err=True)
            raise SystemExit(EXIT_UNUSABLE)
        require_writable(out)
    except OSError as error:
        raise _unwritable(voice, out, error) from error


def _unwritable(voice: Voice, out: Path, error: OSError) -> SystemExit:
    reason = voice.saying(why(error))
    click.echo(voice(N_("%(file)s 无法写入：%(reason)s。"), file=str(out), reason=reason), err=True)
    return SystemExit(EXIT_UNUSABLE)


def explained(voice: Voice, problem: Problem, solution: Solution, seed: int) -> Solution:
    """Say on standard error why there is no timetable, and put the smallest conflict into the solution."""
    from dataclasses import replace

    from matchmaker.timetable.conflicts import find_conflict

    conflict = find_conflict(problem, seconds=EXPLAINING_SECONDS, seed=seed)
    if conflict is None:
        click.echo(voice(N_("必须安排的会面排不下，限时内没有找出是哪几场。")), err=True)
        return solution
    click.echo(voice.saying(conflict.saying), err=True)
    if not conflict.is_smallest:
        click.echo(voice(N_("限时内未能证明这是最小的一组。")), err=True)
    return replace(solution, conflict=conflict.meetings)


def deliver(voice: Voice, problem: Problem, solution: Solution, *, out: Path | None, as_json: bool) -> None:
    """Write a timetable where it was asked for, and print it as JSON or for people."""
    if out is not None:
        try:
            write_solution(out, solution)
        except OSError as error:
            click.echo(solution_text(solution), nl=False)  # not lost: it may have taken hours
            raise _unwritable(voice, out, error) from error
    if as_json:
        click.echo(solution_text(solution), nl=False)
        return
    for line in summary(voice, solution):
        click.echo(line)
    if solution.assignments:
        click.echo()
        for line in grid(voice, problem, solution, shutil.get_terminal_size().columns):
            click.echo(line)


def tell_violations(voice: Voice, problem: Problem, solution: Solution, *, err: bool = False) -> bool:
    """Tell every rule that a solution breaks; return whether there is any."""
    violations = check(problem, solution)
    for violation in violations:
        click.echo(f"{violation.kind}: {voice.saying(violation.saying)}", err=err)
    if violations:
        click.echo(voice(N_("违反规则 %(count)s 处。"), count=len(violations)), err=err)
    return bool(violations)
