"""Amounts in Chinese capitals."""

from decimal import Decimal

import pytest

from matchmaker.services.papers.capitals import capitals


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("0", "零元整"),
        ("10", "壹拾元整"),
        ("1200500.50", "壹佰贰拾万零伍佰元伍角整"),
        ("10010", "壹万零壹拾元整"),
        ("100000000", "壹亿元整"),
        ("20000300", "贰仟万零叁佰元整"),
        ("100000001", "壹亿零壹元整"),
        ("0.05", "伍分"),
        ("3.05", "叁元零伍分"),
    ],
)
def test_amounts_are_written_as_on_a_cheque(amount, text):
    assert capitals(Decimal(amount)) == text


@pytest.mark.parametrize("amount", ["-1", "0.001", "10000000000000000"])
def test_other_amounts_have_none(amount):
    with pytest.raises(ValueError, match="no such amount"):
        capitals(Decimal(amount))
