"""Amounts in Chinese capitals, as contracts and cheques state them beside the figure."""

from decimal import Decimal

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
MOST = Decimal(10) ** 16


def capitals(amount: Decimal) -> str:
    """Return yuan in capitals, 1200500.50 as 壹佰贰拾万零伍佰元伍角整.

    Raises:
        ValueError: negative, ten quadrillion or more, or finer than a fen.
    """
    if not 0 <= amount < MOST or amount != amount.quantize(Decimal("0.01")):
        raise ValueError(f"no such amount in capitals: {amount}")
    whole, part = divmod(int(amount * 100), 100)
    jiao, fen = divmod(part, 10)
    text = f"{_whole(whole)}元" if whole or not part else ""
    if not part:
        return f"{text}整"
    text += f"{_DIGITS[jiao]}角" if jiao else "零" if text else ""
    return f"{text}{_DIGITS[fen]}分" if fen else f"{text}整"


def _whole(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    text, gap = "", False
    groups = [number // 10000**place % 10000 for place in range(len(_GROUPS))]
    for place in reversed(range(len(_GROUPS))):
        group = groups[place]
        if group == 0:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):
            text += _DIGITS[0]
        text, gap = f"{text}{_group(group)}{_GROUPS[place]}", False
    return text


def _group(number: int) -> str:
    text, gap = "", False
    for place in reversed(range(4)):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += (_DIGITS[0] if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return text
