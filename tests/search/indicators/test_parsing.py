"""Indicators of running text, rows and answers; hostile text costs time in proportion to its length and no more."""

import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.search.indicators import Indicator, read_row, read_text, read_value
from matchmaker.services.verdicts.wording import amount_text

HOSTILE = [
    *(
        "9",
        "1,",
        "一",
        "1.1.",
        "±",
        "- ",
        "效率≥",
        "比",
        "1~",
        "(",
        "百分之",
        "提高到原来的",
        "5kg/",
        "1×10^",
        " ",
        "要求",
    ),
    *("较工艺", "1%，", "1%\n", "每天", "效率1%的", "1/", "由1%", "\u0301"),
]
LENGTH = 4_000
SIGNS = "0123456789.,+-±~％%≥≤<>至到约不低于提高降低倍成一二三百千万亿分之℃kgmWh/·^⁶（）() ，。；的能耗效率\n\u200b"


def _said(text: str, *, is_need: bool = False) -> list[tuple[str, str]]:
    return [(found.name, str(amount_text(found.amount))) for found in read_text(text, is_need=is_need)]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_read_at_once(piece: str) -> None:
    started = time.process_time()
    for is_need in (True, False):
        read_text((piece * LENGTH)[:LENGTH] + "效率99%", is_need=is_need)
    assert time.process_time() - started < 1


@pytest.mark.slow
@given(st.text(alphabet=SIGNS, max_size=200))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_without_an_error(text: str) -> None:
    for is_need in (True, False):
        for found in read_text(text, is_need=is_need):
            assert 0 <= found.start < found.end <= len(text)
            assert Indicator.from_dict(found.as_dict()) == found
    read_value(text, name="效率", unit="%")
    read_row("效率", "text", text, None, text, is_need=True)


@pytest.mark.parametrize(
    "text",
    ["", "没有数字。", "误差10^400以下", "1/0", "符合GB/T 19923-2005标准", "2025年6月完成", "第3代", "共3个方面"],
)
def test_nothing_is_found_where_nothing_is_said(text: str) -> None:
    assert _said(text) == []


def test_need_asks_only_for_what_is_compared_or_aimed_at() -> None:
    text = "我公司有3条生产线，功率5MW，目前能耗超过60kWh/t，希望能耗降至45kWh/t。"
    assert _said(text, is_need=True) == [("能耗", "45 kWh/t")]


def test_former_value_is_no_indicator() -> None:
    assert _said("除尘效率由原来的35%提高到60%") == [("除尘效率", "60 %")]


def test_number_of_others_is_no_indicator() -> None:
    assert _said("国外同类产品能耗为120kWh/t，本产品为85kWh/t") == [("能耗", "85 kWh/t")]


def test_circumstances_are_kept_beside_the_name() -> None:
    texts = ["在-30℃环境下附着强度不大于30kPa", "抗压强度（28天）≥45MPa", "粒径≤5μm的颗粒去除率≥95%"]
    found = [read_text(text, is_need=True)[0] for text in texts]
    assert [(one.name, one.condition) for one in found] == [
        ("附着强度", "-30℃"),
        ("抗压强度", "28天"),
        ("颗粒去除率", "粒径5μm"),
    ]


def test_places_are_those_of_the_written_text() -> None:
    text = "其中：除尘效率　≧ ９９．５％（设计值）。"
    found = read_text(text, is_need=True)[0]
    assert text[found.start : found.end] == "除尘效率　≧ ９９．５％"


def test_row_that_speaks_of_a_change_is_one() -> None:
    row = read_row("能耗降低", "ge", "30", None, "%", is_need=True)
    assert row is not None
    assert (row.name, str(amount_text(row.amount))) == ("能耗", "降低 ≥ 30 %")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("99.5", "99.5 %"),
        ("≥ 99.5 %", "≥ 99.5 %"),
        ("99~99.5", "99–99.5 %"),
        ("能达到99.5%以上", "≥ 99.5 %"),
        ("百分之九十九", "99 %"),
        ("约 98", "≈ 98 %"),
    ],
)
def test_answer_is_read_in_the_unit_that_was_asked_for(text: str, said: str) -> None:
    found = read_value(text, name="除尘效率", unit="%")
    assert found is not None
    assert str(amount_text(found.amount)) == said


@pytest.mark.parametrize("text", ["", "很高", "99%或95%", "9" * 5000, "见附件第3页和第5页"])
def test_answer_without_one_number_is_none(text: str) -> None:
    assert read_value(text, name="除尘效率", unit="%") is None


def test_row_of_a_range_needs_both_ends() -> None:
    assert read_row("温度", "between", "5", None, "℃", is_need=True) is None
    row = read_row("温度", "between", "5", "10", "℃", is_need=True)
    assert row is not None
    assert (row.amount.low, row.amount.high) == (Decimal(5), Decimal(10))
