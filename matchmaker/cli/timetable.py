"""`timetable`: a session's timetable from a problem file, and the independent check of one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from matchmaker.domain.language import N_, Language, Sentence, translate
from matchmaker.services.sayings import sentence_of
from matchmaker.timetable.check import WITHOUT_TIMETABLE, check
from matchmaker.timetable.json_text import BadFile, Fault
from matchmaker.timetable.problem_file import read_problem
from matchmaker.timetable.solution_file import read_solution
from matchmaker.timetable.wording import Saying

FILE = click.Path(path_type=Path)
EXIT_WRONG, EXIT_UNREADABLE = 1, 2


class Voice:
    """Says things in the language that was asked for."""

    def __init__(self, language: str) -> None:
        self.language = Language(language)

    def __call__(self, text: str, **values: object) -> str:
        """Return a marked text in that language."""
        return translate(Sentence(text, **values), self.language)

    def saying(self, saying: Saying) -> str:
        """Return what the timetable floor says in that language."""
        return translate(sentence_of(saying), self.language)

    def fault(self, fault: Fault) -> str:
        """Return a fault and its place."""
        place = fault.place if isinstance(fault.place, str) else self.saying(fault.place)
        return self(N_("%(place)s：%(fault)s"), place=place, fault=self.saying(fault.saying))


def in_language(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command be told in which language it speaks."""
    languages = click.Choice([language.value for language in Language])
    return click.option("--language", type=languages, default="zh", show_default=True, help="What it speaks.")(command)


@contextmanager
def faults_told(voice: Voice, file: Path) -> Iterator[None]:
    """Tell what is wrong in a file on standard error, and end with status 2."""
    try:
        yield
    except BadFile as error:
        click.echo(voice(N_("%(file)s 不能使用："), file=str(file)), err=True)
        for fault in error.faults:
            click.echo(f"  {voice.fault(fault)}", err=True)
        if error.more:
            click.echo("  " + voice(N_("另有 %(count)s 处。"), count=error.more), err=True)
        raise SystemExit(EXIT_UNREADABLE) from error


@click.group("timetable")
def timetable_command() -> None:
    """Timetables of matchmaking sessions, from and into JSON files (described in the README)."""


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
    violations = check(problem, found)
    for violation in violations:
        click.echo(f"{violation.kind}: {voice.saying(violation.saying)}")
    if violations:
        click.echo(voice(N_("违反规则 %(count)s 处。"), count=len(violations)))
        raise SystemExit(EXIT_WRONG)
    if found.status in WITHOUT_TIMETABLE:
        click.echo(voice(N_("文件中没有时间表可核对，状态为 %(status)s。"), status=found.status))
        raise SystemExit(EXIT_WRONG)
    scheduled, rest = len(found.assignments), len(found.unscheduled)
    click.echo(voice(N_("正确：已安排 %(scheduled)s 场，未安排 %(rest)s 场。"), scheduled=scheduled, rest=rest))
