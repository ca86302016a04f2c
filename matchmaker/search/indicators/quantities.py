"""Numbers with their units in a text, before it is known what they mean."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from matchmaker.search.indicators import phrases
from matchmaker.search.indicators.amounts import Comparator
from matchmaker.search.indicators.numerals import Number, fraction_at, number_at
from matchmaker.search.indicators.units import NO_UNIT, Unit, converted, unit_at

_HUNDRED = Decimal(100)
# Where a number may begin: not within a model number, a standard, a fraction or a version.
CANDIDATE = re.compile(
    r"(?:(?<=[pP][hH])|(?<=[pP][hH]值)|(?<![A-Za-z0-9_./^\-+±第]))(?:±\s?|\+/-\s?)?"
    r"(?:[-+]\s?)?(?:\d++|(?=[百千万]分之)|[零一二两三四五六七八九十半](?![A-Za-z]))"
)
_TOLERANCE = re.compile(r"±\s?|\+/-\s?")
_RANGE = re.compile(r"\s?(?:~|-|至|到(?=[-+\d一二两三四五六七八九十])|\bto\b)\s?(?=[-+\d一二两三四五六七八九十百千])")
_UNKNOWN = re.compile(
    r"\s?(?P<unit>[A-Za-zμΩ°‰′″'\"][A-Za-z0-9μΩ²³/·\-]{0,11}|[\u4e00-\u9fff]{1,3})(?=\s*(?:[，,。;；、)\s]|以上|以下|以内|$))"
)
_NEGATIVE_UNITS = re.compile(r"degree|kelvin|volt|decibel|pascal|bar|meter$|^$")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number or a range with its unit, and what is said right behind it (以上, 左右)."""

    start: int
    end: int
    low: Decimal
    high: Decimal | None
    unit: Unit
    is_tolerance: bool
    is_spelled: bool
    comparator: Comparator | None
    is_about: bool


def quantities_in(text: str, start: int, stop: int, *, any_unit: bool = False) -> Iterator[Quantity]:
    """Yield the quantities of a plain text from `start` to `stop`; `any_unit`: letters that are no known unit, too."""
    place = start
    while found := CANDIDATE.search(text, place, stop):
        read = _read(text, found.start(), stop, any_unit)
        if read is None:
            place = max(found.end(), place + 1)
            continue
        yield read
        place = max(read.end, place + 1)


def _read(text: str, place: int, stop: int, any_unit: bool) -> Quantity | None:
    start = place
    tolerance = _TOLERANCE.match(text, place)
    if tolerance:
        place = tolerance.end()
    fraction = fraction_at(text, place) if not tolerance else None
    if fraction and not text.startswith(("百分之", "千分之", "万分之"), place):
        return _ratio_read(text, start, fraction)
    if re.match(r"\d+\s?/\s?\d", text[place : place + 12]):
        return None  # a date, or a fraction of nought
    first = number_at(text, place)
    if first is None:
        return None
    unit, end = _unit(text, first, any_unit)
    low, high = first.value, None
    if between := _TOLERANCE.match(text, end) or _TOLERANCE.match(text, first.end):
        spread = number_at(text, between.end())
        if spread is None:
            return None
        unit, end = _first_known(_unit(text, spread, any_unit), unit)
        low, high = first.value - spread.value, first.value + spread.value
    elif (joint := _RANGE.match(text, end)) and (second := number_at(text, joint.end())):
        first_unit = unit
        unit, end = _first_known(_unit(text, second, any_unit), unit)
        low, high = _ordered(_in_unit(first, first_unit, unit), second, text[first.end : joint.end()])
    if low < 0 and high is None and not _NEGATIVE_UNITS.search(unit.expression or ""):
        start, low = start + 1, -low  # a dash, not a sign
    comparator, about, end = phrases.after(text, end)
    if end > stop:
        return None
    is_tolerance = tolerance is not None
    return Quantity(start, end, low, high, unit, is_tolerance, first.is_spelled, comparator, about)


def _ratio_read(text: str, start: int, fraction: Number) -> Quantity:
    comparator, about, end = phrases.after(text, fraction.end)
    unit = Unit("%", "percent")
    return Quantity(start, end, fraction.value * _HUNDRED, None, unit, False, True, comparator, about)


def _ordered(first: Number, second: Number, between: str) -> tuple[Decimal, Decimal]:
    low, high = first.value, second.value
    # 1~2万吨: the multiple of the second is meant for both.
    if low < high and first.end and not any(c in between for c in "万亿") and high >= 10_000 > low and low * 100 < high:
        scaled = low * (10_000 if high < 10**8 else 10**8)
        low = scaled if scaled <= high else low
    return min(low, high), max(low, high)


def _in_unit(number: Number, own: Unit, other: Unit) -> Number:
    """The first number of a range in the unit of the second: 10 Hz~10 kHz."""
    if own in {NO_UNIT, other} or (value := converted(number.value, own, other)) is None:
        return number
    return replace(number, value=value)


def _unit(text: str, number: Number, any_unit: bool) -> tuple[Unit, int]:
    if number.unit:
        return Unit(number.unit, {"%": "percent", "‰": "permille"}[number.unit]), number.end
    place = number.end + 1 if text[number.end : number.end + 1] == " " else number.end
    if found := unit_at(text, place):
        return found
    is_letter = text[place : place + 1].isascii() and text[place : place + 1].isalpha()
    if (any_unit or is_letter) and (other := _UNKNOWN.match(text, number.end)):
        return Unit(other["unit"], None), other.end()
    return NO_UNIT, number.end


def _first_known(found: tuple[Unit, int], other: Unit) -> tuple[Unit, int]:
    unit, end = found
    return (other if unit == NO_UNIT else unit), end
