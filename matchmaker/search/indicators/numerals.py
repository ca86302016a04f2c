"""Numbers as people write them: digits, Chinese numerals, powers of ten, fractions, 万 and 亿.

Every pattern is bounded or possessive, so that reading takes time in proportion to the text, whatever it holds.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

DIGITS_MOST = 24
EXPONENT_MOST = 40

# Widths and variants of one sign, each for one: places in the plain text are places in the written one.
_VARIANTS = {
    "－−‐‑–—―─﹣": "-",
    "～〜∼˜﹏": "~",
    "≧⩾≥⋝": "≥",
    "≦⩽≤⋜": "≤",
    "＞﹥": ">",
    "＜﹤": "<",
    "＝﹦": "=",
    "％﹪": "%",
    "．": ".",
    "，": "，",
    "：": ":",
    "；": ";",
    "（": "(",
    "）": ")",
    "×✕✖╳": "×",
    "µ": "μ",
    "兩": "两",
    "萬": "万",
    "億": "亿",
    "\u00a0\u3000\t\u2002\u2003\u2009\u202f": " ",
}
_CHINESE = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_TIMES = {"百": 2, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8, "百亿": 10, "千亿": 11, "万亿": 12}
_RAISED = {character: str(digit) for digit, character in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")} | {"⁻": "-", "⁺": ""}
# 千瓦, 千克, 百帕 are units and no multiples.
_UNIT_AHEAD = "克米瓦帕焦卡伏升牛赫字安欧"

_POWER = r"10\s?(?:\^\s?(?P<{0}power>[-+]?\d{{1,4}})|(?P<{0}raised>[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,4}}))"
_DIGITS = r"(?:\d{1,3}(?:,\d{3})++(?!\d)|\d++)(?:\.\d++)?"
_NUMBER = re.compile(
    rf"(?P<sign>[-+])?\s?(?:{_POWER.format('bare')}|(?P<digits>{_DIGITS})"
    rf"(?:[eE](?P<exponent>[-+]?\d{{1,4}})(?![\da-zA-Z])|\s?[×xX*]\s?{_POWER.format('times')})?)"
    rf"(?:\s?(?P<multiple>百万|千万|万亿|百亿|千亿|[万亿]|[百千](?![{_UNIT_AHEAD}分])))?"
)
_FRACTION = re.compile(r"(\d{1,6}+)\s?/\s?(\d{1,6}+)(?![\d/])")
_HAN = "零〇一二两三四五六七八九十百千万亿"
_HAN_NUMBER = re.compile(rf"(?P<whole>[{_HAN}]{{1,16}})(?:点(?P<decimals>[零〇一二三四五六七八九]{{1,12}}))?")
_PARTS = re.compile(rf"(?P<of>[{_HAN}]{{1,8}})分之(?P<part>[{_HAN}]{{1,12}}(?:点[零〇一二三四五六七八九]{{1,12}})?)")
_TENTHS = re.compile(
    r"(?P<tens>[一二两三四五六七八九]|\d(?:\.\d)?)成(?P<five>[一二三四五六七八九半])?(?![本为功果分型品立就套员长熟])"
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number and where it ends; `unit` where the way it is written says it already (百分之五, 九成)."""

    value: Decimal
    end: int
    unit: str = ""
    is_spelled: bool = False


def plain(text: str) -> str:
    """Return `text` of the same length with signs and letters of one width, so that places stay what they are."""
    return text.translate(_widths())


def number_at(text: str, place: int) -> Number | None:
    """Read the number that begins at `place` of a plain text; None where there is none or it is beyond all measure."""
    character = text[place : place + 1]
    if character in _CHINESE or character in _PLACES or character in {"半", "百", "千", "万"}:
        return _spelled(text, place)
    return _tenths(text, place) or _written(text, place)


def fraction_at(text: str, place: int) -> Number | None:
    """Read 1/3 or 三分之一 at `place`; None where there is no fraction, or its denominator is nought."""
    if found := _FRACTION.match(text, place):
        over, under = int(found[1]), int(found[2])
        return Number(Decimal(over) / under, found.end()) if under else None
    if (found := _PARTS.match(text, place)) and (value := _part(found)) is not None:
        return Number(value, found.end(), is_spelled=True)
    if text.startswith("一半", place) or text.startswith("半", place):
        return Number(Decimal("0.5"), place + (2 if text[place] == "一" else 1), is_spelled=True)
    return None


def _written(text: str, place: int) -> Number | None:
    found = _NUMBER.match(text, place)
    if found is None:
        return None
    base = found["digits"]
    power = found["barepower"] or found["timespower"] or found["exponent"] or ""
    raised = found["bareraised"] or found["timesraised"] or ""
    power = power or "".join(_RAISED[character] for character in raised)
    shift = int(power or 0) + _TIMES.get(found["multiple"] or "", 0)
    if abs(shift) > EXPONENT_MOST or (base and len(base) > DIGITS_MOST):
        return None
    value = Decimal((base or "1").replace(",", "")).scaleb(shift)
    return Number(-value if found["sign"] == "-" else value, found.end())


def _spelled(text: str, place: int) -> Number | None:
    if found := _PARTS.match(text, place):
        value = _part(found)
        if value is None:
            return None
        of = found["of"]
        unit = {"百": "%", "千": "‰", "万": "%"}.get(of, "")
        scale = {"百": 100, "千": 1000, "万": 100}.get(of, 1)
        return Number(value * scale, found.end(), unit, is_spelled=True)
    if tenths := _tenths(text, place):
        return tenths
    if text.startswith("一半", place):
        return Number(Decimal(50), place + 2, "%", is_spelled=True)
    found = _HAN_NUMBER.match(text, place)
    if found is None:
        return None
    whole, end = found["whole"], found.end()
    if whole[-1] in "千百" and found["decimals"] is None and text[end : end + 1] in _UNIT_AHEAD and text[end:]:
        whole, end = whole[:-1], end - 1
    spelled = _han(whole)
    if spelled is None:
        return None
    decimals = "".join(str(_CHINESE[character]) for character in found["decimals"] or "")
    return Number(Decimal(f"{spelled}.{decimals or 0}").normalize(), end, is_spelled=True)


def _tenths(text: str, place: int) -> Number | None:
    found = _TENTHS.match(text, place)
    if found is None:
        return None
    tens = _CHINESE.get(found["tens"])
    five = 5 if found["five"] == "半" else _CHINESE.get(found["five"] or "零", 0)
    value = (Decimal(tens) if tens is not None else Decimal(found["tens"])) * 10 + five
    return Number(value, found.end(), "%", is_spelled=True)


def _part(found: re.Match[str]) -> Decimal | None:
    under, (whole, _, decimals) = _han(found["of"]), found["part"].partition("点")
    over = _han(whole)
    if not under or over is None:
        return None
    return Decimal(f"{over}.{''.join(str(_CHINESE[c]) for c in decimals) or 0}") / under


def _han(text: str) -> int | None:
    """Return the whole number that Chinese numerals spell, None for what spells none (二三, 二〇二五)."""
    total = section = 0
    digit: int | None = None
    for character in text:
        if character in _CHINESE:
            if digit:
                return None
            digit = _CHINESE[character]
        elif character in _PLACES:
            section += (1 if digit is None else digit) * _PLACES[character]
            digit = None
        elif character == "亿":
            total, section, digit = (total + section + (digit or 0) or 1) * 10**8, 0, None
        else:
            total, section, digit = total + (section + (digit or 0) or 1) * 10**4, 0, None
    return total + section + (digit or 0) if text else None


@cache
def _widths() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= {ord(variant): sign for variants, sign in _VARIANTS.items() for variant in variants}
    return table
