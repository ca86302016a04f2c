"""Indicators of both sides share a line where they mean the same."""

import pytest

from matchmaker.services.indicator_rows import align_indicators
from matchmaker.services.projection import IndicatorView


def _one(name: str, comparator: str, value: str, unit: str | None = "%", upper: str | None = None) -> IndicatorView:
    return IndicatorView(name, comparator, value, upper, unit)


def test_align_indicators_pairs_equal_and_similar_names_and_keeps_the_rest() -> None:
    needs = [_one("能耗", "le", "45", "kWh/t"), _one("冰附着强度", "le", "0.1", "MPa")]
    offered = [_one("使用寿命", "ge", "5", "年"), _one("冰附着力强度", "le", "0.08", "mpa")]
    rows = align_indicators(needs, offered)
    assert [(r.need and r.need.name, r.achievement and r.achievement.name, r.is_met) for r in rows] == [
        ("能耗", None, None),
        ("冰附着强度", "冰附着力强度", True),
        (None, "使用寿命", None),
    ]


@pytest.mark.parametrize(
    ("asked", "offered", "expected"),
    [
        (_one("回收率", "ge", "90"), _one("回收率", "ge", "92"), True),
        (_one("回收率", "ge", "90"), _one("回收率", "eq", "88.5"), False),
        (_one("回收率", "ge", "90"), _one("回收率", "le", "95"), None),
        (_one("回收率", "ge", "90"), _one("回收率", "between", "91", upper="95"), True),
        (_one("能耗", "le", "45"), _one("能耗", "between", "40", upper="50"), False),
        (_one("能耗", "le", "45"), _one("能耗", "lt", "45"), True),
        (_one("回收率", "ge", "90"), _one("回收率", "ge", "92", "kg"), None),
        (_one("回收率", "ge", "九成"), _one("回收率", "ge", "92"), None),
        (_one("颜色", "text", "白"), _one("颜色", "text", "白"), None),
        (_one("回收率", "ge", "NaN"), _one("回收率", "ge", "92"), None),
    ],
)
def test_align_indicators_compares_numbers_of_one_unit_only(
    asked: IndicatorView, offered: IndicatorView, expected: bool | None
) -> None:
    (row,) = align_indicators([asked], [offered])
    assert row.is_met == expected


def test_align_indicators_of_nothing_is_nothing() -> None:
    assert align_indicators([], []) == ()
