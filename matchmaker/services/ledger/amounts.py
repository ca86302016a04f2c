"""Amounts of the ledger as people type them, by the unit of their indicator."""

from decimal import Decimal, InvalidOperation

from matchmaker.domain.indicators import Definition
from matchmaker.domain.language import N_
from matchmaker.services.reading.money import read_money
from matchmaker.services.reading.text import Unreadable, folded, means_nothing

MOST = Decimal(10) ** 9
CENT = Decimal("0.01")
PARTED = ("percent",)
"""Units of which there are parts."""


def read_amount(definition: Definition, value: object) -> Decimal | None:
    """Read an amount: yuan as people write them (1.2亿), a percentage with two places, else a whole number.

    Raises:
        Unreadable: no such number, negative, or absurdly large.
    """
    if definition.is_money:
        return read_money(value)
    text = folded(value).replace(",", "").replace("，", "").rstrip("%")
    if means_nothing(text):
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Unreadable(N_("请填写数字。")) from None
    if not amount.is_finite() or not 0 <= amount <= MOST:
        raise Unreadable(N_("请填写 0 到 10 亿之间的数字。"))
    places = CENT if definition.unit in PARTED else Decimal(1)
    if amount != amount.quantize(places):
        raise Unreadable(N_("最多两位小数。") if definition.unit in PARTED else N_("请填写整数。"))
    return amount.quantize(CENT)


def plain_number(value: Decimal) -> str:
    """Write an amount without needless places."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
