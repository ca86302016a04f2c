"""Amounts of money as people write them, into Decimal yuan."""

import re
from decimal import ROUND_HALF_UP, Decimal

from matchmaker.domain.language import N_
from matchmaker.services.reading.text import Unreadable, folded, means_nothing

MOST = Decimal(10) ** 11
"""Above one hundred billion yuan a slipped unit is likelier than a price."""

_UNITS = {
    "": 1, "百": 100, "千": 1000, "k": 1000, "万": 10**4, "w": 10**4,
    "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8, "十亿": 10**9,
}  # fmt: skip
_OPEN = frozenset({"面议", "面谈", "待定", "待议", "协商", "双方协商", "不限", "未定", "另议", "详谈"})
_AROUND = re.compile(
    r"^(?:人民币|rmb|cny|¥|约|大约|大概|预计|预算|不超过|不高于|不低于|不少于|至多|至少|最高|最多|合计|共)+"
    r"|(?:左右|上下|以内|以下|以上|之内|人民币|rmb|cny|整)+$"
)
_AMOUNT = r"(\d+(?:\.\d*)?|\.\d+)(十亿|千万|百万|十万|[亿万千百wk])?(?:元|圆|块)?"
_PATTERN = re.compile(rf"{_AMOUNT}(?:(?:-|–|—|~|至|到)+{_AMOUNT})?")
_FOREIGN = re.compile(r"\$|€|£|₽|₸|美元|美金|欧元|卢布|坚戈|港币|日元|usd|eur|rub|kzt|hkd|jpy")


def read_money(value: object) -> Decimal | None:
    """Read an amount in yuan: "1,200,000.00", "120万", "￥1.2亿元", "约 80 万", a number of a spreadsheet.

    Of a range the upper end is taken: for a budget it is what may be spent, for a price what is asked. Nothing, and
    words such as 面议, give None.

    Raises:
        Unreadable: no amount in yuan, negative, or above `MOST`.
    """
    text = re.sub(r"[\s,，、_']", "", folded(value))
    if means_nothing(text) or text in _OPEN:
        return None
    if len(text) > 40:
        raise Unreadable(N_("请填写金额，例如 1200000、120万 或 50-80万；面议请留空。"))
    if _FOREIGN.search(text):
        raise Unreadable(N_("请换算成人民币后填写，例如 1200000 或 120万。"))
    found = _PATTERN.fullmatch(_AROUND.sub("", text))
    if found is None:
        raise Unreadable(N_("请填写金额，例如 1200000、120万 或 50-80万；面议请留空。"))
    amount = _upper(*found.groups())
    if amount > MOST:
        raise Unreadable(N_("金额超过 1000 亿元，请检查单位。"))
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _upper(low: str, low_unit: str | None, high: str | None, high_unit: str | None) -> Decimal:
    if high is None:
        return _yuan(low, low_unit)
    # "50万-80" means 80 万 as surely as "50-80万" does.
    shared = high_unit or (low_unit if Decimal(high) >= Decimal(low) else None)
    return max(_yuan(low, low_unit or high_unit), _yuan(high, shared))


def _yuan(number: str, unit: str | None) -> Decimal:
    return Decimal(number) * _UNITS[unit or ""]
