"""`timetable`: a session's timetable from a problem file, and the independent check of one."""

import math
import shutil
from pathlib import Path
from typing import Any

import click

from matchmaker.cli.timetable_run import Ticker, run
from matchmaker.cli.timetable_view import grid, summary
from matchmaker.cli.voice import EXIT_UNUSABLE, Voice, faults_told, in_language
from matchmaker.domain.language import N_
from matchmaker.timetable.check import WITHOUT_TIMETABLE, check
from matchmaker.timetable.json_text import why
from matchmaker.timetable.problem import Problem, Solution
from matchmaker.timetable.problem_file import read_problem
from matchmaker.timetable.solution_file import read_solution, require_writable, solution_text, write_solution

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


@click.group("timetable")
def timetable_command() -> None:
    """Timetables of matchmaking sessions, from and into JSON files (described in the README)."""


@timetable_command.command("solve")
@click.argument("file", type=FILE)
@click.option("--seconds", type=Seconds(0.1, MOST_SECONDS), default=30, show_default=True, help="How long it may take.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Begins the search.")
@click.option(
    "--work", type=click.IntRange(1), help="Limit the search in steps, some 20,000 a second: always the same result."
)
@click.option("--out", type=FILE, help="Write the solution (JSON) to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print the solution as JSON, nothing else.")
@in_language
def solve_command(
    file: Path, seconds: float, seed: int, work: int | None, out: Path | None, as_json: bool, language: str
) -> None:
    """Make the best timetable for the problem in FILE. Ctrl-C stops early and keeps the best one found.

    Exit status 0: there is a timetable; 1: what must be scheduled cannot be; 2: a file cannot be used;
    3: nothing was found in time; 4: the checker found the result wrong, which is a fault of this program.
    """
    voice = Voice(language)
    with faults_told(voice, file):
        problem = read_problem(file)
    _require_place(voice, file, out)
    ticker = Ticker(voice)
    try:
        solution = run(problem, seconds=seconds, seed=seed, work=work, tell=ticker.tell)
    finally:
        ticker.close()
    if solution.status == "infeasible":
        solution = _explained(voice, problem, solution, seed)
    _deliver(voice, problem, solution, out=out, as_json=as_json)
    if tell_violations(voice, problem, solution, err=True):
        raise SystemExit(EXIT_OWN_FAULT)
    if solution.status in WITHOUT_TIMETABLE:
        raise SystemExit(EXIT_INFEASIBLE if solution.status == "infeasible" else EXIT_NOTHING_FOUND)


def _require_place(voice: Voice, file: Path, out: Path | None) -> None:
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


def _explained(voice: Voice, problem: Problem, solution: Solution, seed: int) -> Solution:
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


def _deliver(voice: Voice, problem: Problem, solution: Solution, *, out: Path | None, as_json: bool) -> None:
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


@timetable_command.command("check")
@click.argument("file", type=FILE)
@click.argument("solution", type=FILE)
@in_language
def check_command(file: Path, solution: Path, language: str) -> None:
    """Check SOLUTION against the problem in FILE, rule by rule and figure by figure, without the solver.

    Exit status 0: all is right; 1: something is wrong, or there is no timetable; 2: a file cannot be used.
    """
    voice = Voice(language)
    with faults_told(voice, file):
        problem = read_problem(file)
    with faults_told(voice, solution):
        found = read_solution(solution)
    if tell_violations(voice, problem, found):
        raise SystemExit(EXIT_WRONG)
    if found.status in WITHOUT_TIMETABLE:
        click.echo(voice(N_("文件中没有时间表可核对，状态为 %(status)s。"), status=found.status))
        raise SystemExit(EXIT_WRONG)
    scheduled, rest = len(found.assignments), len(found.unscheduled)
    click.echo(voice(N_("正确：已安排 %(scheduled)s 场，未安排 %(rest)s 场。"), scheduled=scheduled, rest=rest))


def tell_violations(voice: Voice, problem: Problem, solution: Solution, *, err: bool = False) -> bool:
    """Tell every rule that a solution breaks; return whether there is any."""
    violations = check(problem, solution)
    for violation in violations:
        click.echo(f"{violation.kind}: {voice.saying(violation.saying)}", err=err)
    if violations:
        click.echo(voice(N_("违反规则 %(count)s 处。"), count=len(violations)), err=err)
    return bool(violations)
