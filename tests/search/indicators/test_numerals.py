"""Numbers in digits, Chinese numerals, powers of ten and fractions; nothing absurd becomes one."""

from decimal import Decimal

import pytest

from matchmaker.search.indicators.numerals import fraction_at, number_at, plain


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.2万", "12000"),
        ("1,200.5", "1200.5"),
        ("１２．５", "12.5"),
        ("10^6", "1000000"),
        ("10⁶", "1000000"),
        ("5×10⁻³", "0.005"),
        ("1e6", "1000000"),
        ("3亿", "300000000"),
        ("三百", "300"),
        ("一百零五", "105"),
        ("两万", "20000"),
        ("三亿五千万", "350000000"),
        ("一点五", "1.5"),
        ("百分之五", "5"),
        ("九成五", "95"),
        ("－40", "-40"),
    ],
)
def test_number_is_read_whole(text: str, value: str) -> None:
    found = number_at(plain(text), 0)
    assert found is not None
    assert (found.value, found.end) == (Decimal(value), len(text))


@pytest.mark.parametrize("text", ["10^400", "1e999", "9" * 1000, "二三", "二〇二五", "千瓦", "", "abc", "零分之一"])
def test_absurd_number_is_none(text: str) -> None:
    assert number_at(plain(text), 0) is None


def test_thousand_watts_are_a_unit_and_no_multiple() -> None:
    assert [getattr(number_at(text, 0), "value", None) for text in ("5千瓦", "五千瓦", "5千")] == [5, 5, 5000]


@pytest.mark.parametrize(("text", "value"), [("1/4", "0.25"), ("四分之一", "0.25"), ("一半", "0.5")])
def test_fraction_is_read(text: str, value: str) -> None:
    found = fraction_at(text, 0)
    assert found is not None
    assert found.value == Decimal(value)


@pytest.mark.parametrize("text", ["1/0", "2025/6/1", "零分之一"])
def test_fraction_of_nought_is_none(text: str) -> None:
    assert fraction_at(text, 0) is None


def test_plain_text_keeps_every_place() -> None:
    text = "除尘效率≧９９．５％，温度－40℃～60℃（㎡）\u3000⁶"
    assert len(plain(text)) == len(text)
