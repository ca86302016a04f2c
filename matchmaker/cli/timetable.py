"""`timetable`: a session's timetable from a problem file, the independent check of one, and its repair."""

from pathlib import Path

import click

from matchmaker.cli.timetable_repair import repair_command
from matchmaker.cli.timetable_results import (
    EXIT_INFEASIBLE,
    EXIT_NOTHING_FOUND,
    EXIT_OWN_FAULT,
    EXIT_WRONG,
    FILE,
    MOST_SECONDS,
    Seconds,
    deliver,
    explained,
    require_place,
    tell_violations,
)
from matchmaker.cli.timetable_run import Ticker, run
from matchmaker.cli.voice import Voice, faults_told, in_language
from matchmaker.domain.language import N_
from matchmaker.timetable.check import WITHOUT_TIMETABLE
from matchmaker.timetable.problem_file import read_problem
from matchmaker.timetable.solution_file import read_solution


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
    require_place(voice, file, out)
    ticker = Ticker(voice)
    try:
        solution = run(problem, seconds=seconds, seed=seed, work=work, tell=ticker.tell)
    finally:
        ticker.close()
    if solution.status == "infeasible":
        solution = explained(voice, problem, solution, seed)
    deliver(voice, problem, solution, out=out, as_json=as_json)
    if tell_violations(voice, problem, solution, err=True):
        raise SystemExit(EXIT_OWN_FAULT)
    if solution.status in WITHOUT_TIMETABLE:
        raise SystemExit(EXIT_INFEASIBLE if solution.status == "infeasible" else EXIT_NOTHING_FOUND)


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


timetable_command.add_command(repair_command)
