"""`timetable repair`: what stood and what went wrong in, a mended timetable and who is to be told out."""

import json
from pathlib import Path

import pytest

from matchmaker.timetable.check import check
from matchmaker.timetable.disruption import disrupted
from matchmaker.timetable.problem import Fixed
from matchmaker.timetable.solution_file import parse_solution, solution_text
from tests.cli.test_timetable import call
from tests.timetable.problems import RIGHT, SESSION
from tests.timetable.test_problem_file import WHOLE


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Return the paths of the shared session's problem file and of its right solution."""
    problem, solution = tmp_path / "problem.json", tmp_path / "solution.json"
    problem.write_text(json.dumps(WHOLE), encoding="utf-8")
    solution.write_text(solution_text(RIGHT), encoding="utf-8")
    return [str(problem), str(solution)]


def test_repair_tells_what_changes_and_for_whom(files: list[str]) -> None:
    done = call("repair", *files, "--absent", "dave", "--work", "2000")
    lines = done.stdout.splitlines()
    told = lines[lines.index("变化 2 场，需通知 3 方") :]
    assert done.exit_code == 0
    assert told == ["变化 2 场，需通知 3 方", "  取消 m3：时段 2 桌 1", "  新增 m6：时段 2 桌 1", "通知：bob dave erin"]


def test_repair_keeps_everything_where_nothing_was_lost(files: list[str]) -> None:
    done = call("repair", *files, "--late", "erin:1", "--work", "2000")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "变化 0 场，需通知 0 方")


def test_repair_writes_a_solution_of_the_changed_problem(files: list[str]) -> None:
    done = call("repair", *files, "--closed-table", "1", "--json", "--work", "2000")
    found = parse_solution(done.stdout.encode())
    changed = disrupted(SESSION, closed_tables=[1])
    assert (done.exit_code, check(changed, found)) == (0, [])
    assert {each.table for each in found.assignments} == {0}


@pytest.mark.parametrize(
    ("option", "said"),
    [
        (("--absent", "nobody"), "没有编号为 nobody 的一方。\n"),
        (("--late", "bob:3"), "时段应为 0 到 2，桌号应为 0 到 1。\n"),
        (("--closed-table", "2"), "时段应为 0 到 2，桌号应为 0 到 1。\n"),
    ],
)
def test_repair_refuses_what_the_problem_does_not_know(files: list[str], option: tuple[str, str], said: str) -> None:
    done = call("repair", *files, *option)
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", said)


def test_repair_refuses_a_late_party_without_its_slot(files: list[str]) -> None:
    assert call("repair", *files, "--late", "bob").exit_code == 2


def test_repair_refuses_a_timetable_that_was_never_right(files: list[str]) -> None:
    text = Path(files[1]).read_text("utf-8")
    Path(files[1]).write_text(text.replace('"gaps": 1', '"gaps": 0'), "utf-8")
    done = call("repair", *files)
    assert (done.exit_code, done.stdout, done.stderr.splitlines()[-1]) == (1, "", "违反规则 1 处。")


def test_a_must_of_somebody_absent_is_none_and_what_cannot_stay_fixed_is_let_loose() -> None:
    changed = {meeting.id: meeting for meeting in disrupted(SESSION, absent=["alice"], closed_tables=[1]).meetings}
    assert (changed["m1"].must, changed["m3"].fixed, SESSION.meetings[2].fixed) == (False, None, Fixed(2, 1))
