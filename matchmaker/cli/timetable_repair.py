"""`timetable repair`: a timetable that stands, mended after somebody stays away or comes late or a table is lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from matchmaker.cli.timetable_results import (
    EXIT_INFEASIBLE,
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
from matchmaker.cli.voice import EXIT_UNUSABLE, Voice, faults_told, in_language
from matchmaker.domain.language import N_
from matchmaker.timetable.changes import Change, compare
from matchmaker.timetable.check import WITHOUT_TIMETABLE
from matchmaker.timetable.disruption import disrupted
from matchmaker.timetable.problem import Problem, Solution
from matchmaker.timetable.problem_file import read_problem
from matchmaker.timetable.solution_file import read_solution

KINDS = {"dropped": N_("取消"), "moved": N_("调整"), "new": N_("新增")}


class Late(click.ParamType[tuple[str, int]]):
    """PARTY:SLOT, where the party's id may hold colons itself."""

    name = "PARTY:SLOT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int]:
        """Return who comes from which slot on, or refuse it."""
        party, colon, slot = str(value).rpartition(":")
        if not colon or not (slot.isascii() and slot.isdigit()):
            self.fail(f"{value!r} is not PARTY:SLOT.", param, ctx)
        return party, int(slot)


@click.command("repair")
@click.argument("file", type=FILE)
@click.argument("solution", type=FILE)
@click.option("--absent", multiple=True, metavar="PARTY", help="Who does not come.")
@click.option("--late", type=Late(), multiple=True, help="Who comes only from a slot on.")
@click.option("--closed-table", type=click.IntRange(0), multiple=True, metavar="TABLE", help="What cannot be used.")
@click.option("--seconds", type=Seconds(0.1, MOST_SECONDS), default=2, show_default=True, help="How long it may take.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Begins the search.")
@click.option("--work", type=click.IntRange(1), help="Limit the search in steps: always the same result.")
@click.option("--out", type=FILE, help="Write the new solution (JSON) to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print the new solution as JSON, nothing else.")
@in_language
def repair_command(
    file: Path,
    solution: Path,
    absent: tuple[str, ...],
    late: tuple[tuple[str, int], ...],
    closed_table: tuple[int, ...],
    seconds: float,
    seed: int,
    work: int | None,
    out: Path | None,
    as_json: bool,
    language: str,
) -> None:
    """Mend SOLUTION, a right timetable of the problem in FILE, keeping what can stay; say what changes and for whom.

    Exit status as of `solve`; 1 also where SOLUTION is no right timetable of FILE.
    """
    from matchmaker.timetable.repair import repair

    voice = Voice(language)
    problem, earlier = _read(voice, file, solution)
    require_place(voice, file, out)
    changed = _changed(voice, problem, absent, dict(late), closed_table)
    confirmed = [assignment.meeting for assignment in earlier.assignments]
    later = repair(changed, earlier, confirmed=confirmed, seconds=seconds, seed=seed, work=work)
    if later.status in WITHOUT_TIMETABLE:
        deliver(voice, changed, explained(voice, changed, later, seed), out=out, as_json=as_json)
        raise SystemExit(EXIT_INFEASIBLE)
    deliver(voice, changed, later, out=out, as_json=as_json)
    for line in () if as_json else _differences(voice, changed, earlier, later):
        click.echo(line)
    if tell_violations(voice, changed, later, err=True):
        raise SystemExit(EXIT_OWN_FAULT)


def _read(voice: Voice, file: Path, solution: Path) -> tuple[Problem, Solution]:
    with faults_told(voice, file):
        problem = read_problem(file)
    with faults_told(voice, solution):
        earlier = read_solution(solution)
    if earlier.status in WITHOUT_TIMETABLE:
        click.echo(voice(N_("文件中没有时间表可修补，状态为 %(status)s。"), status=earlier.status), err=True)
        raise SystemExit(EXIT_WRONG)
    if tell_violations(voice, problem, earlier, err=True):
        raise SystemExit(EXIT_WRONG)
    return problem, earlier


def _changed(
    voice: Voice, problem: Problem, absent: tuple[str, ...], late: dict[str, int], tables: tuple[int, ...]
) -> Problem:
    try:
        return disrupted(problem, absent=absent, late=late, closed_tables=tables)
    except KeyError as error:
        click.echo(voice(N_("没有编号为 %(party)s 的一方。"), party=error.args[0]), err=True)
    except IndexError:
        most = {"slots": problem.slots - 1, "tables": problem.tables - 1}
        click.echo(voice(N_("时段应为 0 到 %(slots)s，桌号应为 0 到 %(tables)s。"), **most), err=True)
    raise SystemExit(EXIT_UNUSABLE)


def _differences(voice: Voice, problem: Problem, earlier: Solution, later: Solution) -> Iterator[str]:
    """Yield each meeting that changes, and who is to be told."""
    parties = {meeting.id: meeting.parties for meeting in problem.meetings}
    found = [change for change in compare(earlier, later) if change.kind != "kept" or change.is_other_interpreter]
    told = {party for change in found for party in parties[change.meeting]}
    yield ""
    yield voice(N_("变化 %(count)s 场，需通知 %(told)s 方"), count=len(found), told=len(told))
    for change in found:
        yield f"  {_line(voice, change)}"
    if told:
        yield voice(N_("通知：%(parties)s"), parties=" ".join(sorted(told)))


def _line(voice: Voice, change: Change) -> str:
    def place(at: Any) -> str:
        return voice(N_("时段 %(slot)s 桌 %(table)s"), slot=at.slot, table=at.table)

    kind = voice(KINDS.get(change.kind, N_("换翻译")))
    return f"{kind} {change.meeting}：" + " → ".join(place(at) for at in (change.before, change.after) if at)
