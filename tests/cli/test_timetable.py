"""`timetable`: files in, a timetable out, each mistake in one sentence and with its exit status."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matchmaker.cli import group
from matchmaker.cli.timetable_view import grid, summary
from matchmaker.cli.voice import Voice
from matchmaker.timetable.check import check
from matchmaker.timetable.problem import Assignment, Problem, Solution
from matchmaker.timetable.problem_file import read_problem
from matchmaker.timetable.solution_file import parse_solution, read_solution, solution_text
from tests.timetable.problems import RIGHT, SESSION
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


@pytest.mark.slow
def test_solve_prints_summary_and_grid(problem: str, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    done = call("solve", problem, "--out", str(out))
    lines = done.stdout.splitlines()
    assert (done.exit_code, lines[0].split("，用时")[0]) == (0, "总值已证明为最大：已安排 3 场，未安排 3 场")
    assert (lines[1], lines[3]) == ("总值 6.5，上界 6.5，差距 0.00%", "未安排：m4 m5 m6")
    assert check(SESSION, read_solution(out)) == []
    assert "第一张时间表：总值" in done.stderr
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["out.json", "problem.json"]


@pytest.mark.slow
def test_solve_prints_json_alone(problem: str) -> None:
    done = call("solve", problem, "--json")
    assert (done.exit_code, check(SESSION, parse_solution(done.stdout.encode()))) == (0, [])


@pytest.mark.slow
def test_solve_gives_the_same_timetable_for_the_same_work(problem: str) -> None:
    printed = [call("solve", problem, "--json", "--work", "500", "--seed", "7").stdout for _ in range(2)]
    one, other = (replace(parse_solution(each.encode()), seconds=0) for each in printed)
    assert one == other


def changed(problem: str, change: Callable[[dict[str, object]], object]) -> None:
    data = json.loads(Path(problem).read_text("utf-8"))
    change(data)
    Path(problem).write_text(json.dumps(data), "utf-8")


@pytest.mark.slow
def test_solve_explains_what_cannot_be(problem: str) -> None:
    changed(problem, lambda data: [each.update(must=True) for each in data["meetings"]])
    done = call("solve", problem, "--json")
    assert (done.exit_code, done.stderr) == (1, "会面 m4 必须安排，却排不下：carol 与 dave 不应会面。\n")
    solution = parse_solution(done.stdout.encode())
    assert (solution.status, solution.conflict) == ("infeasible", ("m4",))


def test_solve_finds_an_unwritable_place_before_it_works(problem: str, tmp_path: Path) -> None:
    out = tmp_path / "missing" / "out.json"
    done = call("solve", problem, "--out", str(out))
    assert (done.exit_code, done.stderr) == (2, f"{out} 无法写入：文件或文件夹不存在。\n")
    done = call("solve", problem, "--out", problem)
    assert (done.exit_code, done.stderr) == (2, f"{problem} 是问题文件本身，不能用来写结果。\n")
    assert read_problem(Path(problem)) == SESSION


@pytest.mark.parametrize("seconds", ["nan", "inf", "0", "-1", "soon"])
def test_solve_refuses_what_is_no_length_of_time(problem: str, seconds: str) -> None:
    done = call("solve", problem, "--seconds", seconds)
    assert (done.exit_code, "Invalid value for '--seconds'" in done.stderr) == (2, True)


def test_solve_tells_faults_of_a_file_with_their_places(problem: str) -> None:
    changed(problem, lambda data: data.update(slots=-1, tables=True))
    done = call("solve", problem, "--language", "en")
    assert (done.exit_code, done.stderr.splitlines()) == (
        2,
        [
            f"{problem} cannot be used:",
            "  slots: Should be from 0 to 1000, but is -1.",
            "  tables: Should be a whole number, but is true.",
        ],
    )


@pytest.mark.slow
def test_solve_keeps_the_best_found_when_it_is_interrupted(tmp_path: Path) -> None:
    parties = [f"p{number}" for number in range(200)]
    pairs = [(one, parties[(number + step) % 200]) for step in range(1, 8) for number, one in enumerate(parties)]
    values = [1 + number * 7919 % 100 / 100 for number in range(len(pairs))]
    meetings = [
        {"id": f"m{number}", "parties": pair, "value": value}
        for number, (pair, value) in enumerate(zip(pairs, values, strict=True))
    ]
    data = {"slots": 16, "tables": 60, "parties": [{"id": each} for each in parties], "meetings": meetings}
    problem = tmp_path / "problem.json"
    problem.write_text(json.dumps(data), "utf-8")
    command = [sys.executable, "-m", "matchmaker.cli", "timetable", "solve", str(problem), "--seconds", "120", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert process.stderr.readline().decode().split("：")[0].split(" 秒 ")[1] == "第一张时间表"
        process.send_signal(signal.SIGINT)
        printed, _said = process.communicate(timeout=60)
    solution = parse_solution(printed)
    assert (process.returncode, check(read_problem(problem), solution)) == (0, [])
    assert (len(solution.assignments) > 800, solution.seconds < 100) == (True, True)


def test_grid_is_never_wider_than_the_screen() -> None:
    assignments = tuple(Assignment(f"会面{number}", number % 2, number) for number in range(9))
    lines = list(grid(Voice("en"), Problem(2, 10, closed=frozenset({(0, 1)})), Solution(assignments), 40))
    assert lines == [
        "slot 0     1     2     3     4     5",
        "0    会面0 ×     会面2 ·     会面4 ·",
        "1    ·     会面1 ·     会面3 ·     会面5",
        "",
        "slot 6     7     8",
        "0    会面6 ·     会面8",
        "1    ·     会面7 ·",
    ]


def test_grid_cuts_long_ids() -> None:
    lines = list(grid(Voice("zh"), Problem(1, 1), Solution((Assignment("x" * 40, 0, 0),)), 20))
    assert lines == ["时段 0", f"0    {'x' * 15}…"]


def test_summary_tells_how_good_a_timetable_is() -> None:
    found = replace(RIGHT, bound=Fraction(8), status="feasible", seconds=1.23)
    assert list(summary(Voice("en"), found)) == [
        "Feasible, value not proven greatest. Scheduled: 3; not scheduled: 3; seconds: 1.2",
        "Value: 6.5; bound: 8; gap: 18.75%",
        "The worst-served party gets 0% of its wishes. Idle slots: 1; table changes: 1",
        "Not scheduled: m4 m5 m6",
    ]
