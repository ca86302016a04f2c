"""Problem files: what they hold is read exactly, what is wrong in them is told with its place, all at once."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from matchmaker.timetable.json_text import LIMIT, BadFile
from matchmaker.timetable.problem import Fixed, Problem
from matchmaker.timetable.problem_file import parse_problem, read_problem
from matchmaker.timetable.reading import MOST_FAULTS
from tests.timetable.problems import SESSION

WHOLE: dict[str, Any] = {
    "slots": 3,
    "tables": 2,
    "parties": [
        {"id": "alice", "unavailable": [2]},
        {"id": "bob", "unavailable": [], "max_meetings": 2},
        {"id": "carol"},
        {"id": "dave", "unavailable": []},
        {"id": "erin", "unavailable": [], "max_meetings": None},
    ],
    "meetings": [
        {"id": "m1", "parties": ["alice", "bob"], "value": 3, "must": True},
        {"id": "m2", "parties": ["alice", "carol"], "value": 1.5, "language": "ru"},
        {"id": "m3", "parties": ["bob", "dave"], "value": 2, "fixed": {"slot": 2, "table": 1}},
        {"id": "m4", "parties": ["carol", "dave"], "value": 9, "must": False},
        {"id": "m5", "parties": ["carol", "erin"], "value": 0.25, "broker": "peter", "language": "kk"},
        {"id": "m6", "parties": ["bob", "erin"], "value": 1, "broker": "peter"},
    ],
    "interpreters": [{"id": "olga", "languages": ["ru", "kk"], "unavailable": [0]}],
    "brokers": [{"id": "peter", "unavailable": [1]}],
    "vetoes": [["dave", "carol"]],
    "closed": [{"slot": 2, "table": 0}, {"slot": 0, "table": 1}],
}


def text_with(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return the whole file's text after a change."""
    data = json.loads(json.dumps(WHOLE))
    change(data)
    return json.dumps(data, ensure_ascii=False).encode()


def faults_of(data: bytes) -> list[str]:
    with pytest.raises(BadFile) as caught:
        parse_problem(data)
    return [str(fault) for fault in caught.value.faults]


def faults_with(change: Callable[[dict[str, Any]], object]) -> list[str]:
    return faults_of(text_with(change))


def test_whole_file_is_read() -> None:
    assert parse_problem(text_with(lambda data: None)) == SESSION


def test_values_are_exact() -> None:
    text = text_with(lambda data: None)
    written = (b"0.1", b"1e-7", b"12345678.000000000001")
    values = [parse_problem(text.replace(b"1.5", each)).meetings[1].value for each in written]
    assert values == [Fraction(1, 10), Fraction(1, 10**7), Fraction("12345678.000000000001")]


def test_byte_order_mark_is_passed_over() -> None:
    assert parse_problem(b"\xef\xbb\xbf" + text_with(lambda data: None)) == SESSION


def test_fixed_place_may_leave_the_table_open_and_a_closed_table_its_slots() -> None:
    def change(data: dict[str, Any]) -> None:
        data["meetings"][2]["fixed"] = {"slot": 1}
        data["closed"] = [{"table": 1}]

    problem = parse_problem(text_with(change))
    assert problem.meetings[2].fixed == Fixed(1)
    assert problem.closed == {(0, 1), (1, 1), (2, 1)}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (
            lambda d: d["meetings"][1]["parties"].__setitem__(1, "mallory"),
            "meetings[1].parties[1]：没有编号为 mallory 的参与方。",
        ),
        (lambda d: d["meetings"][1]["parties"].append("bob"), "meetings[1].parties：应正好有 2 项，现有 3 项。"),
        (lambda d: d["meetings"][1].update(parties=["bob", "bob"]), "meetings[1].parties：两项是同一方 bob。"),
        (lambda d: d["vetoes"].append(["bob", "bob"]), "vetoes[1]：两项是同一方 bob。"),
        (lambda d: d["vetoes"].append(["bob", "mallory"]), "vetoes[1][1]：没有编号为 mallory 的参与方。"),
        (
            lambda d: d["parties"][0]["unavailable"].append(3),
            "parties[0].unavailable[1]：没有时段 3：共 3 个，从 0 数起。",
        ),
        (
            lambda d: d["brokers"][0]["unavailable"].append(-1),
            "brokers[0].unavailable[1]：没有时段 -1：共 3 个，从 0 数起。",
        ),
        (
            lambda d: d["meetings"][2]["fixed"].update(slot=9),
            "meetings[2].fixed.slot：没有时段 9：共 3 个，从 0 数起。",
        ),
        (
            lambda d: d["meetings"][2]["fixed"].update(table=2),
            "meetings[2].fixed.table：没有 2 号桌：共 2 张，从 0 数起。",
        ),
        (lambda d: d["closed"][0].update(table=2), "closed[0].table：没有 2 号桌：共 2 张，从 0 数起。"),
        (lambda d: d["parties"][2].update(id="alice"), "parties[2].id：编号 alice 已在 parties[0] 用过。"),
        (lambda d: d["meetings"][5].update(id="m1"), "meetings[5].id：编号 m1 已在 meetings[0] 用过。"),
        (lambda d: d.update(slots=-1), "slots：应在 0 至 1000 之间，现为 -1。"),
        (lambda d: d.update(tables=-2), "tables：应在 0 至 10000 之间，现为 -2。"),
        (
            lambda d: d["parties"][1].update(max_meetings=-1),
            "parties[1].max_meetings：应在 0 至 1000000 之间，现为 -1。",
        ),
        (lambda d: d.update(tables=True), "tables：应为整数，现为 true。"),
        (lambda d: d.update(tables=2.5), "tables：应为整数，现为 2.5。"),
        (lambda d: d.update(slots="3"), 'slots：应为整数，现为 "3"。'),
        (lambda d: d["meetings"][0].update(must=1), "meetings[0].must：应为 true 或 false，现为 1。"),
        (lambda d: d["meetings"][0].update(value=True), "meetings[0].value：应为数字，现为 true。"),
        (lambda d: d["meetings"][0].update(value=None), "meetings[0].value：应为数字，现为 null。"),
        (lambda d: d["meetings"][0].update(value=float("nan")), "meetings[0].value：应为数字，现为 NaN。"),
        (lambda d: d["meetings"][0].update(value=-0.5), "meetings[0].value：应在 0 至 1000000000 之间，现为 -0.5。"),
        (
            lambda d: d["meetings"][0].update(value=10**30),
            f"meetings[0].value：应在 0 至 1000000000 之间，现为 {10**30}。",
        ),
        (lambda d: d["meetings"][0].update(value=10**4000), f"meetings[0].value：应为数字，现为 1{'0' * 39}…。"),
        (lambda d: d["meetings"][0].update(id=7), "meetings[0].id：应为双引号中的文字，现为 7。"),
        (lambda d: d["meetings"][0].update(id=" "), 'meetings[0].id：应为 1 至 200 个可见字符，现为 " "。'),
        (
            lambda d: d["meetings"][0].update(id="甲\x1b[2J"),
            'meetings[0].id：应为 1 至 200 个可见字符，现为 "甲\\u001b[2J"。',
        ),
        (
            lambda d: d["meetings"][0].update(id="a\x7f"),
            'meetings[0].id：应为 1 至 200 个可见字符，现为 "a\\u007f"。',
        ),
        (lambda d: d["meetings"][0].update(musst=True), 'meetings[0]：没有 "musst" 这个键，是否为 must？'),
        (lambda d: d["brokers"][0].update(colour=1), 'brokers[0]：没有 "colour" 这个键；可用：id、unavailable。'),
        (lambda d: d["meetings"][0].pop("value"), "meetings[0]：缺少 value。"),
        (lambda d: d.pop("parties"), "整个文件：缺少 parties。"),
        (lambda d: d["meetings"][1].update(language="fr"), "meetings[1].language：没有一位翻译会 fr。"),
        (lambda d: d["meetings"][4].update(broker="carol"), "meetings[4].broker：没有编号为 carol 的经纪人。"),
        (lambda d: d.update(meetings={}), "meetings：应为列表 […]，现为 {…}。"),
        (lambda d: d["parties"].__setitem__(4, "erin"), 'parties[4]：应为对象 {…}，现为 "erin"。'),
    ],
)
def test_fault_is_told_with_its_place(change: Callable[[dict[str, Any]], object], fault: str) -> None:
    assert fault in faults_with(change)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "整个文件：文件是空的。"),
        (b" \n", "整个文件：文件是空的。"),
        (b"\xef\xbb\xbf", "整个文件：文件是空的。"),
        (b"[]", "整个文件：应为对象 {…}，现为 […]。"),
        (b"null", "整个文件：应为对象 {…}，现为 null。"),
        (b'{\n "slots": 3,\n}', "第 3 行第 1 列：此处应为双引号中的键，最后一项后面不能有逗号。"),
        (b'{"slots": }', "第 1 行第 11 列：此处缺少一个值。"),
        (b'{"slots": 3', "第 1 行第 12 列：此处缺少逗号，或前面多了一个引号。"),
        (b'{"slots": 3} x', "第 1 行第 14 列：内容到此已经结束，后面不应再有文字。"),
        (b'{"a\nb": 3}', "第 1 行第 4 列：文字中不能直接换行或写控制字符。"),
        (b'{"a": "\\x"}', "第 1 行第 8 列：此处不是正确的 JSON。"),
        ('{\n"甲": 1}'.encode("gbk"), "第 2 行第 2 列：文件不是 UTF-8 编码的文本，请用 UTF-8 另存后再试。"),
        ("{}".encode("utf-16"), "第 1 行第 1 列：文件不是 UTF-8 编码的文本，请用 UTF-8 另存后再试。"),
        (b"\n" + b"[" * 100_000, "第 2 行第 51 列：嵌套太深。"),
        (b'{"slots": 1, "slots": 2, "tables": 1, "parties": [], "meetings": []}', '整个文件：键 "slots" 写了两次。'),
        (
            b'{"slots": 1e99999999999999999999, "tables": 1, "parties": [], "meetings": []}',
            "slots：应为整数，现为 1e99999999999999999999。",
        ),
        (b" " * (LIMIT + 1), "整个文件：文件超过 5 MB，未读取。"),
    ],
)
def test_broken_text_is_told_with_line_and_column(data: bytes, fault: str) -> None:
    assert faults_of(data) == [fault]


def test_dozens_of_faults_are_told_at_once_and_the_others_counted() -> None:
    with pytest.raises(BadFile) as caught:
        parse_problem(text_with(lambda data: data["parties"][0].update(unavailable=[9] * (MOST_FAULTS + 5))))
    assert (len(caught.value.faults), caught.value.more, caught.value.is_cut) == (MOST_FAULTS, 5, False)
    assert str(caught.value.faults[7].place) == "parties[0].unavailable[7]"


def test_faults_without_end_are_not_counted_to_the_end() -> None:
    with pytest.raises(BadFile) as caught:
        parse_problem(b'{"slots": 2, "tables": 1, "parties": [], "meetings": [' + b"1," * 100_000 + b"1]}")
    assert (len(caught.value.faults), caught.value.more, caught.value.is_cut) == (MOST_FAULTS, 960, True)


def test_no_more_than_the_limit_is_read(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="文件超过 5 MB"):
        read_problem(Path("/dev/zero"))
    with pytest.raises(BadFile, match="这是一个文件夹"):
        read_problem(tmp_path)
    with pytest.raises(BadFile, match="文件或文件夹不存在"):
        read_problem(tmp_path / "nothing.json")


@pytest.mark.slow
def test_large_file_is_read_in_seconds() -> None:
    parties = [{"id": f"p{number}", "unavailable": []} for number in range(5_000)]
    meetings = [
        {
            "id": f"m{number}",
            "parties": [f"p{number % 5_000}", f"p{(number + 1 + number // 5_000) % 5_000}"],
            "value": 0.5,
        }
        for number in range(65_000)
    ]
    data = json.dumps({"slots": 20, "tables": 70, "parties": parties, "meetings": meetings}).encode()
    assert 4_000_000 < len(data) < LIMIT
    problem: Problem = parse_problem(data)
    assert len(problem.meetings) == 65_000
