"""Values as documents write them, in Chinese: documents are official papers, whatever language a screen is in."""

from datetime import date
from decimal import Decimal
from typing import Any

from matchmaker.domain import codes
from matchmaker.domain.fields import FieldSpec, FieldType
from matchmaker.domain.language import N_

_TEN_THOUSAND = Decimal(10_000)


def value_in_words(spec: FieldSpec, value: Any) -> str:
    """Return the value of one short field as text."""
    match spec.type:
        case FieldType.CODE:
            return codes.table(spec.table or "").name(value)
        case FieldType.CODES:
            return "、".join(codes.table(spec.table or "").name(code) for code in value)
        case FieldType.WORDS:
            return "、".join(value)
        case FieldType.MONEY:
            return money_in_words(value)
        case FieldType.DAY:
            return str(value.isoformat())
        case _:
            return str(value)


def money_in_words(amount: Decimal) -> str:
    """Return yuan as 8,500 元 or 120 万元."""
    if abs(amount) >= _TEN_THOUSAND:
        return N_("%(amount)s 万元") % {"amount": _plain(amount / _TEN_THOUSAND)}
    return N_("%(amount)s 元") % {"amount": _plain(amount)}


def day_in_words(day: date) -> str:
    """Return a day as it stands on a cover."""
    return N_("%(year)d 年 %(month)d 月 %(day)d 日") % {"year": day.year, "month": day.month, "day": day.day}


def _plain(amount: Decimal) -> str:
    text = f"{amount.quantize(Decimal('0.01')):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
