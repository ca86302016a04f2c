"""Which names mean the same, and what one indicator says of another; in doubt 未说明."""

import pytest

from matchmaker.search.indicators import Doubt, Likeness, Verdict, align, conclude, read_row, read_text
from matchmaker.search.indicators.names import likeness


@pytest.mark.parametrize(
    ("need", "offered", "expected"),
    [
        ("除尘效率", "粉尘去除率", Likeness.SAME),
        ("使用寿命", "设计服役年限", Likeness.SAME),
        ("布面疵点检测准确率", "检测准确率", Likeness.SAME),
        ("检测准确率", "裂纹检测准确率", Likeness.UNSURE),
        ("COD去除率", "去除率", Likeness.UNSURE),
        ("冬季除尘效率", "除尘效率", Likeness.UNSURE),
        ("粉尘排放浓度", "排放浓度", Likeness.UNSURE),
        ("出水浊度", "进水浊度", Likeness.DIFFERENT),
        ("抗压强度", "抗拉强度", Likeness.DIFFERENT),
        ("能耗", "使用寿命", Likeness.DIFFERENT),
        ("", "能耗", Likeness.DIFFERENT),
    ],
)
def test_likeness_of_names(need: str, offered: str, expected: Likeness) -> None:
    assert likeness(need, offered) is expected


def test_cosine_only_points_to_what_may_be_meant() -> None:
    assert [likeness("服役状况", "磨损情况", cosine) for cosine in (0.99, 0.5)] == [Likeness.UNSURE, Likeness.DIFFERENT]


@pytest.mark.parametrize(
    ("need", "offered", "verdict", "doubt"),
    [
        ("除尘效率≥99%", "除尘效率99%", Verdict.MET, Doubt.NONE),
        ("除尘效率>99%", "除尘效率99%", Verdict.UNMET, Doubt.NONE),
        ("除尘效率≥99%", "除尘效率≥98%", Verdict.UNSTATED, Doubt.PARTIAL),
        ("除尘效率≥99%", "除尘效率≤99.5%", Verdict.UNSTATED, Doubt.PARTIAL),
        ("能耗≤45kWh/t", "能耗40~50kWh/t", Verdict.UNSTATED, Doubt.PARTIAL),
        ("能耗≤45kWh/t", "能耗约44kWh/t", Verdict.UNSTATED, Doubt.PARTIAL),
        ("能耗≤45kWh/t", "能耗40%", Verdict.UNSTATED, Doubt.UNIT),
        ("能耗降低30%以上", "能耗30kWh/t", Verdict.UNSTATED, Doubt.UNIT),
        ("抗压强度（28天）≥40MPa", "抗压强度（7天）45MPa", Verdict.UNSTATED, Doubt.CONDITION),
        ("28d抗压强度≥40MPa", "7d抗压强度45MPa", Verdict.UNSTATED, Doubt.CONDITION),
        ("除尘效率≥99%", "除尘效率99.5%，除尘效率95%", Verdict.UNSTATED, Doubt.CONTRADICTION),
        ("除尘效率≥99%", "除尘效率99.5%，冬季除尘效率95%", Verdict.UNSTATED, Doubt.CONTRADICTION),
        ("除尘效率≥99%", "布袋除尘效率99.5%", Verdict.UNSTATED, Doubt.NAME),
        ("除尘效率≥99%", "处理风量1000m³/h", Verdict.UNSTATED, Doubt.ABSENT),
        ("工作温度-40~60℃", "工作温度-45~70℃", Verdict.MET, Doubt.NONE),
        ("含水率8%~12%", "含水率9%~10%", Verdict.MET, Doubt.NONE),
        ("含水率8%~12%", "含水率13%", Verdict.UNMET, Doubt.NONE),
        ("寿命≥1×10^6次", "寿命120万次", Verdict.MET, Doubt.NONE),
    ],
)
def test_verdict_of_one_indicator(need: str, offered: str, verdict: Verdict, doubt: Doubt) -> None:
    (asked,) = read_text(need, is_need=True)
    found = conclude(align(asked, read_text(offered, is_need=False)))
    assert (found.verdict, found.doubt) == (verdict, doubt)


def test_range_without_direction_is_met_by_the_same_number_only() -> None:
    asked = read_row("除尘效率", "eq", "99", None, "%", is_need=True)
    assert asked is not None
    said = [conclude(align(asked, read_text(text, is_need=False))) for text in ("除尘效率99%", "除尘效率99.5%")]
    assert [(one.verdict, one.doubt) for one in said] == [
        (Verdict.MET, Doubt.NONE),
        (Verdict.UNSTATED, Doubt.DIRECTION),
    ]
