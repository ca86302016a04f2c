"""Technical indicators from rows and from running text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.services.reading.indicators import IndicatorRow, as_dicts, read_indicators
from matchmaker.services.reading.text import Unreadable


def row(name="能耗", comparator="le", value="45", upper="", unit="kWh/t"):
    return {"name": name, "comparator": comparator, "value": value, "upper": upper, "unit": unit}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("能耗≤45 kWh/t", IndicatorRow("能耗", "le", "45", None, "kWh/t")),
        ("效率 90~95 %", IndicatorRow("效率", "between", "90", "95", "%")),
        ("工作温度：-30～50 ℃", IndicatorRow("工作温度", "between", "-30", "50", "℃")),
        ("寿命不低于 5 年", IndicatorRow("寿命", "ge", "5", None, "年")),
        ("纯度达到99.5%以上", IndicatorRow("纯度", "ge", "99.5", None, "%")),
        ("误差在 0.1 mm 以内", IndicatorRow("误差在", "le", "0.1", None, "mm")),
        ("产量≥1,200 t/a", IndicatorRow("产量", "ge", "1200", None, "t/a")),
        ("（1）回收率：95%", IndicatorRow("回收率", "eq", "95", None, "%")),
        ("2. 粒径:0.1-0.5mm", IndicatorRow("粒径", "between", "0.1", "0.5", "mm")),
        ("浓度＜3e-4 mol/L", IndicatorRow("浓度", "lt", "3e-4", None, "mol/L")),
        ("防护等级：IP 不作要求", IndicatorRow("防护等级", "text", "IP 不作要求")),
        ("耐热、耐蚀", IndicatorRow("其他要求", "text", "耐热、耐蚀")),
        ("符合 GB/T 1234-2020", IndicatorRow("其他要求", "text", "符合 GB/T 1234-2020")),
    ],
)
def test_read_indicators_understands_running_text(text, expected):
    assert read_indicators(text, 30) == (expected,)


def test_read_indicators_splits_a_cell_into_items():
    rows = read_indicators("能耗≤45 kWh/t，效率≥90 %；\n产量≥1,200 t/a；耐热、耐蚀", 30)
    assert [(row.name, row.value) for row in rows] == [
        ("能耗", "45"),
        ("效率", "90"),
        ("产量", "1200"),
        ("其他要求", "耐热、耐蚀"),
    ]


def test_read_indicators_keeps_rows_and_drops_empty_ones():
    rows = read_indicators([row(), row(name="", value="", unit=""), row("温度", "区间", "5", "20", "")], 30)
    assert rows == (IndicatorRow("能耗", "le", "45", None, "kWh/t"), IndicatorRow("温度", "between", "5", "20", None))


@pytest.mark.parametrize(
    ("given_row", "sentence"),
    [
        (row(name=""), "第 2 项：请填写指标名称。"),
        (row(value=""), "第 2 项“能耗”：请填写数值。"),
        (row(value="很低"), "第 2 项：“很低”不是数字；如果是文字要求，请把比较方式改为“描述”。"),
        (row(comparator="between"), "第 2 项：“”不是数字；如果是文字要求，请把比较方式改为“描述”。"),
        (row(comparator="between", value="9", upper="5"), "第 2 项：区间的下限大于上限。"),
        (row(comparator="nearly"), "第 2 项：请从列表中选择比较方式。"),
        (row(unit="x" * 41), "第 2 项：内容太长，最多 40 个字。"),
    ],
)
def test_read_indicators_names_the_row_at_fault(given_row, sentence):
    with pytest.raises(Unreadable) as caught:
        read_indicators([row(), given_row], 30)
    assert str(caught.value) == sentence


def test_read_indicators_limits_their_number():
    with pytest.raises(Unreadable) as caught:
        read_indicators([row()] * 4, 3)
    assert str(caught.value) == "最多 3 项指标，现在有 4 项。"


@given(st.text(max_size=400))
def test_read_indicators_reads_or_refuses_any_text(text):
    try:
        rows = read_indicators(text, 30)
    except Unreadable:
        return
    assert read_indicators(as_dicts(rows), 30) == rows


@pytest.mark.parametrize(
    "text", ["9" * 1_000_000, "≤" * 1_000_000, "能耗≤" * 300_000, "a " * 500_000, "1,234" * 200_000]
)
def test_read_indicators_refuses_a_megabyte_quickly(text):
    with pytest.raises(Unreadable):
        read_indicators(text, 30)
