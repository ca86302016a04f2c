"""`timetable`: files in, a timetable out, each mistake in one sentence and with its exit status."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matchmaker.cli import group
from matchmaker.timetable.solution_file import solution_text
from tests.timetable.problems import RIGHT
from tests.timetable.test_problem_file import WHOLE


def call(*arguments: str) -> Result:
    return CliRunner().invoke(group, ["timetable", *arguments])


@pytest.fixture
def problem(tmp_path: Path) -> str:
    """Return the path of the shared session's problem file."""
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(WHOLE), encoding="utf-8")
    return str(path)


@pytest.fixture
def solution(tmp_path: Path) -> str:
    """Return the path of its right solution."""
    path = tmp_path / "solution.json"
    path.write_text(solution_text(RIGHT), encoding="utf-8")
    return str(path)


def test_check_finds_a_right_solution_right(problem: str, solution: str) -> None:
    done = call("check", problem, solution)
    assert (done.exit_code, done.stdout) == (0, "正确：已安排 3 场，未安排 3 场。\n")


def test_check_tells_what_is_wrong(problem: str, solution: str) -> None:
    text = Path(solution).read_text("utf-8")
    Path(solution).write_text(text.replace('"gaps": 1', '"gaps": 0').replace('"table": 1', '"table": 0'), "utf-8")
    done = call("check", problem, solution)
    assert (done.exit_code, done.stdout.splitlines()) == (
        1,
        [
            "closed: 会面 m3 排在时段 2 的 0 号桌，这张桌此时不开放。",
            "fixed: 会面 m3 固定在 1 号桌，却排在 0 号桌。",
            "gaps: 写明的空档是 0 个，重新计算是 1 个。",
            "违反规则 3 处。",
        ],
    )


def test_check_speaks_english(problem: str, solution: str) -> None:
    done = call("check", problem, solution, "--language", "en")
    assert done.stdout == "Correct. Scheduled: 3; not scheduled: 3.\n"


def test_check_tells_faults_of_a_file_with_their_places(tmp_path: Path, problem: str) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text('{"assignments": [{"meeting": 7}]', "utf-8")
    done = call("check", problem, str(bad))
    said = f"{bad} 不能使用：\n  第 1 行第 33 列：此处缺少逗号，或前面多了一个引号。\n"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", said)
