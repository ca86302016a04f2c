"""Units as people write them, read by our own table of spellings and converted by pint.

pint is imported when two different units are compared, not before: it takes some tenths of a second.
"""

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

LONGEST = 40
PARTS_MOST = 6
# Turning and swinging have the same dimension for pint, and a full turn between them.
_TURNS = "revolution"
# In a denominator these are times: 转/分, 次/时.
_UNDER = {"分": "minute", "时": "hour"}
TEMPERATURES = frozenset({"degree_Celsius", "degree_Fahrenheit", "kelvin"})
_SCALES = re.compile(r"degree_(?:Celsius|Fahrenheit)")
_MULTIPLES = {"百": 2, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8}
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_POWER = re.compile(r"\^?(-?[1-4]|⁻?[¹²³⁴])(?![\d.])|\^\(-?[1-4]\)")
_JOIN = re.compile(r"\s?(?:(?P<over>[/每])|(?P<times>[·⋅.*×∙•]|-(?=[A-Za-zμΩ])))\s?")
_PORTION = re.compile(r"100?(?=m?[gL])")
_LETTER = re.compile(r"[A-Za-zΩμА-Яа-я]")
_SQUEEZED = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: `text` as it is shown, `expression` for pint (None: unknown letters), `shift` powers of ten (万 is 4)."""

    text: str
    expression: str | None
    shift: int = 0

    @property
    def is_count(self) -> bool:
        """Whether it counts things and says nothing by itself: 两种, 三个方面 are no indicators."""
        return self.expression in _counts()

    @property
    def letters(self) -> str:
        """What unknown units are compared by."""
        return _SQUEEZED.sub("", self.text).casefold()


NO_UNIT = Unit("", "")


def read_unit(text: str) -> Unit:
    """Read a whole text as a unit; what is not known keeps its letters and is comparable with the same letters only."""
    text = text.strip()
    if not text:
        return NO_UNIT
    found = unit_at(text, 0) if len(text) <= LONGEST else None
    return found[0] if found and found[1] == len(text) else Unit(text, None)


def unit_at(text: str, place: int) -> tuple[Unit, int] | None:
    """Read the longest known unit that begins at `place` of a plain text; return it and where it ends."""
    start, shift = place, 0
    if found := _multiple().match(text, place):
        shift, place = _MULTIPLES[found.group()], found.end()
    read = _product(text, place)
    if read is None:
        return None
    expression, end, shifts = read
    return Unit(text[start:end].strip(), expression, shift + shifts), end


def factor(one: Unit, other: Unit) -> Decimal | None:
    """Return how many of `other` one of `one` is; None where they measure different things, or one is unknown.

    Temperatures of different scales have no factor: see `converted`.
    """
    if one.expression is None or other.expression is None:
        return Decimal(1) if one.letters == other.letters else None
    shift = one.shift - other.shift
    if one.expression == other.expression:
        return Decimal(1).scaleb(shift)
    turning = {_TURNS in one.expression, _TURNS in other.expression}
    either = {one.expression, other.expression}
    if len(turning) > 1 or NO_UNIT.expression in either or either & TEMPERATURES:
        return None
    ratio = _ratio(one.expression, other.expression)
    return None if ratio is None else ratio.scaleb(shift)


def is_comparable(one: Unit, other: Unit) -> bool:
    """Whether numbers of both units can be compared."""
    return {one.expression, other.expression} <= TEMPERATURES or factor(one, other) is not None


def converted(value: Decimal, one: Unit, other: Unit, *, is_difference: bool = False) -> Decimal | None:
    """Return `value` of `one` in `other`; None where they cannot be compared.

    `is_difference`: a difference of temperatures, not a temperature.
    """
    if one.expression != other.expression and {one.expression, other.expression} <= TEMPERATURES:
        return _temperature(value, str(one.expression), str(other.expression), is_difference)
    ratio = factor(one, other)
    return None if ratio is None else value * ratio


def _product(text: str, place: int) -> tuple[str, int, int] | None:
    """Read unit after unit joined by / and ·; return pint's expression, the end and the powers of ten within."""
    first = _atom(text, place)
    if first is None:
        return None
    expression, end = first
    under = False
    shifts = 0
    for _ in range(PARTS_MOST):
        joint = _JOIN.match(text, end)
        if joint is None:
            break
        under = under or bool(joint["over"])
        after, shift = joint.end(), 0
        if joint["over"] and text.startswith("(", after):
            inner = _product(text, after + 1)
            if inner is None or not text.startswith(")", inner[1]):
                break
            expression, end = f"{expression}/({inner[0]})", inner[1] + 1
            continue
        portion = _PORTION.match(text, after) if joint["over"] else None
        if portion and (one := _atom(text, portion.end())):
            expression, end = f"{expression}/({portion.group()}*{one[0]})", one[1]
            continue
        if multiple := _multiple().match(text, after):
            shift, after = _MULTIPLES[multiple.group()], multiple.end()
        following = _under(text, after) if under else _atom(text, after)
        if following is None:
            break
        name, end = following
        expression += f"/{name}" if under else f"*{name}"
        shifts += -shift if under else shift
    return expression, end, shifts


def _atom(text: str, place: int) -> tuple[str, int] | None:
    found = _spellings_at().match(text, place)
    name = _names().get(found.group()) if found else None
    if found is None or _cuts_word(text, found.end()):
        found = _folded_at().match(text, place)
        name = _folded().get(found.group().casefold()) if found else None
        if found is None or name is None or _cuts_word(text, found.end()):
            return None
    end = found.end()
    if text[end - 1] not in "23²³" and (power := _POWER.match(text, end)):
        raised = power.group().translate(_RAISED).strip("^()")
        return f"{name}**({raised})", power.end()
    return str(name), end


def _under(text: str, place: int) -> tuple[str, int] | None:
    found = _atom(text, place)
    short = _UNDER.get(text[place : place + 1])
    return (short, place + 1) if short and (found is None or found[1] == place + 1) else found


def _cuts_word(text: str, end: int) -> bool:
    return bool(_LETTER.match(text[end - 1]) and _LETTER.match(text, end))


@lru_cache(maxsize=4096)
def _ratio(one: str, other: str) -> Decimal | None:
    pint = _pint()
    # Within a larger unit it is always a difference: W/(m·℃).
    one, other = (_SCALES.sub(r"delta_\g<0>", each) for each in (one, other))
    try:
        return Decimal(_registry().Quantity(Decimal(1), one).to(other).magnitude)
    except (pint.DimensionalityError, pint.OffsetUnitCalculusError):
        return None


def _temperature(value: Decimal, one: str, other: str, is_difference: bool) -> Decimal:
    if is_difference:
        one, other = (_SCALES.sub(r"delta_\g<0>", each) for each in (one, other))
    return Decimal(_registry().Quantity(value, one).to(other).magnitude)


@cache
def _registry() -> Any:
    registry = _pint().UnitRegistry(non_int_type=Decimal)
    registry.load_definitions(_read("units.txt").splitlines())
    return registry


@cache
def _pint() -> Any:
    import pint

    return pint


@cache
def _names() -> dict[str, str]:
    return {spelling: row["name"] for row in _rows() for spelling in row["spellings"].split(";")}


@cache
def _counts() -> frozenset[str]:
    return frozenset(row["name"] for row in _rows() if row["counts"])


@cache
def _rows() -> list[dict[str, str]]:
    return list(csv.DictReader(_read("units.csv").splitlines()))


@cache
def _folded() -> dict[str, str | None]:
    """Names by spellings in small letters, None for those that stand for several units (mw) or are too short."""
    found: dict[str, str | None] = {}
    for spelling, name in _names().items():
        folded = spelling.casefold()
        if len(folded) > 1 and spelling.isascii():
            found[folded] = name if found.get(folded, name) == name else None
    return found


@cache
def _spellings_at() -> re.Pattern[str]:
    return _any_of(_names())


@cache
def _folded_at() -> re.Pattern[str]:
    return re.compile(_any_of(_folded()).pattern, re.IGNORECASE)


@cache
def _multiple() -> re.Pattern[str]:
    # 千瓦 and 百帕 are units of their own.
    return re.compile(r"百万|千万|[万亿]|[百千](?![克米瓦帕焦卡伏升牛赫字安欧分])")


def _any_of(words: dict[str, Any]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


def _read(name: str) -> str:
    return (files("matchmaker.search.indicators") / name).read_text(encoding="utf-8")
