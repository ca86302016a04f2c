"""Amounts of money as people write them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.services.reading.money import MOST, read_money
from matchmaker.services.reading.text import Unreadable


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("1200000", "1200000"),
        ("1,200,000.00", "1200000"),
        ("￥1，200，000 元整", "1200000"),
        ("120万", "1200000"),
        ("120 万元", "1200000"),
        ("１２０万元左右", "1200000"),
        ("约1.2亿", "120000000"),
        ("人民币不超过80万元", "800000"),
        ("3百万", "3000000"),
        ("50-80万", "800000"),
        ("50万~80万元", "800000"),
        ("50万至80", "800000"),
        ("80万-50万", "800000"),
        ("0.5—1亿", "100000000"),
        ("12w", "120000"),
        (".5万", "5000"),
        (1200000, "1200000"),
        (120.5, "120.50"),
        (Decimal("9.999"), "10.00"),
        ("0", "0"),
    ],
)
def test_read_money_takes_the_ways_people_write_amounts(text, yuan):
    assert read_money(text) == Decimal(yuan)


@pytest.mark.parametrize("text", ["", "  ", None, "面议", "待定", "-", "—", "无", float("nan"), "/"])
def test_read_money_takes_nothing_and_open_prices_as_none(text):
    assert read_money(text) is None


@pytest.mark.parametrize(
    "text", ["一百万", "-5", "1e9", "abc", "12万3", "1.2.3", True, "9" * 30, "以内" * 200_000, "<b>5</b>"]
)
def test_read_money_refuses_what_is_no_amount(text):
    with pytest.raises(Unreadable):
        read_money(text)


@pytest.mark.parametrize("text", ["20万美元", "$300", "5000 USD", "100 万卢布", "₸500"])
def test_read_money_asks_for_yuan_instead_of_guessing_a_rate(text):
    with pytest.raises(Unreadable) as caught:
        read_money(text)
    assert str(caught.value) == "请换算成人民币后填写，例如 1200000 或 120万。"


def test_read_money_suspects_the_unit_of_enormous_amounts():
    assert read_money(MOST) == MOST
    with pytest.raises(Unreadable):
        read_money(MOST + 1)


@given(st.decimals(min_value=0, max_value=10**6, places=2))
def test_read_money_reads_back_any_amount(amount):
    assert read_money(f"{amount:f}") == amount
    assert read_money(f"{amount:,}") == amount
    assert read_money(f"{amount:f}万") == amount * 10_000


@given(st.text(max_size=30))
def test_read_money_gives_an_amount_or_refuses_for_any_text(text):
    try:
        amount = read_money(text)
    except Unreadable:
        return
    assert amount is None or 0 <= amount <= MOST
