"""Solution files: written in the agreed form, whole or not at all, and read back as they were."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from matchmaker.timetable.json_text import BadFile
from matchmaker.timetable.problem import Solution
from matchmaker.timetable.solution_file import (
    decimal_text,
    parse_solution,
    read_solution,
    require_writable,
    solution_text,
    write_solution,
)
from tests.timetable.problems import RIGHT


def test_solution_is_written_in_the_agreed_form() -> None:
    assert json.loads(solution_text(RIGHT)) == {
        "assignments": [
            {"meeting": "m1", "slot": 0, "table": 0},
            {"meeting": "m2", "slot": 1, "table": 0, "interpreter": "olga"},
            {"meeting": "m3", "slot": 2, "table": 1},
        ],
        "unscheduled": ["m4", "m5", "m6"],
        "value": 6.5,
        "bound": 6.5,
        "gaps": 1,
        "status": "optimal",
        "seconds": 0.0,
    }


def test_solution_is_read_back_as_it_was() -> None:
    read = parse_solution(solution_text(RIGHT).encode())
    assert replace(read, served=RIGHT.served, table_changes=RIGHT.table_changes) == RIGHT


def test_conflict_is_written_and_read_back() -> None:
    infeasible = Solution(status="infeasible", unscheduled=("m1", "m2"), conflict=("m1", "m2"))
    assert parse_solution(solution_text(infeasible).encode()) == infeasible


@pytest.mark.parametrize(
    ("number", "up", "text"),
    [
        (Fraction(7), False, "7"),
        (Fraction("0.1"), False, "0.1"),
        (Fraction("12345678901234567890.000000000000000001"), False, "12345678901234567890.000000000000000001"),
        (Fraction("1e-20"), False, "0.00000000000000000001"),
        (Fraction(1, 3), False, "0.333333333333"),
        (Fraction(1, 3), True, "0.333333333334"),
        (Fraction(1, 2**60), True, "0.000000000001"),
        (Fraction(1, 2**40), True, str(format(0.5**40, ".40f"))),
        (Fraction(0), True, "0"),
    ],
)
def test_number_is_exact_where_it_can_be(number: Fraction, up: bool, text: str) -> None:
    assert decimal_text(number, up=up) == text


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"status": "good"}, "status：应为以下之一：optimal、feasible、infeasible、stopped。"),
        ({"gaps": -1}, "gaps：应在 0 至 1000000000 之间，现为 -1。"),
        ({"value": True}, "value：应为数字，现为 true。"),
        ({"assignments": [{"meeting": "m1", "slot": True, "table": 0}]}, "assignments[0].slot：应为整数，现为 true。"),
        ({"assignments": [{"meeting": "m1", "slot": 0}]}, "assignments[0]：缺少 table。"),
        ({"unscheduled": [3]}, "unscheduled[0]：应为双引号中的文字，现为 3。"),
        ({"assignment": []}, '整个文件：没有 "assignment" 这个键，是否为 assignments？'),
    ],
)
def test_fault_is_told_with_its_place(change: dict[str, object], fault: str) -> None:
    data = json.loads(solution_text(RIGHT)) | change
    with pytest.raises(BadFile) as caught:
        parse_solution(json.dumps(data).encode())
    assert [str(each) for each in caught.value.faults] == [fault]


def test_file_is_swapped_in_and_nothing_else_left(tmp_path: Path) -> None:
    path = tmp_path / "solution.json"
    path.write_text("older", encoding="utf-8")
    require_writable(path)
    assert path.read_text("utf-8") == "older"
    write_solution(path, RIGHT)
    assert (read_solution(path).assignments, list(tmp_path.iterdir())) == (RIGHT.assignments, [path])


@pytest.mark.parametrize("name", ["missing/solution.json", "."])
def test_unwritable_path_is_found_beforehand(tmp_path: Path, name: str) -> None:
    with pytest.raises(OSError, match=r"directory"):
        require_writable(tmp_path / name)


def test_device_is_written_to_and_not_replaced() -> None:
    require_writable(Path("/dev/null"))
    write_solution(Path("/dev/null"), RIGHT)
    assert not Path("/dev/null").is_file()
