"""Whether two names mean the same thing measured: equality after synonyms, never a guess.

Cosines of an embedding model cannot tell 进水浊度 from 出水浊度 (0.98) and give 使用寿命 and 服役年限 0.87 only. They
point to what could be meant, and never make a verdict.
"""

import csv
import re
from collections.abc import Iterator
from enum import IntEnum
from functools import cache, lru_cache
from importlib.resources import files

from matchmaker.search.indicators.numerals import plain

NEAR_COSINE = 0.92
NEAR_LETTERS = 0.6
_NOISE = re.compile(r"[\s:：;；,，、。.()（）\[\]【】“”\"'·_/\\\-~的之]+")
_SUFFIX = re.compile(r"(?:指标值?|参数|数值|限值|要求|水平|(?<=[^分数产价峰比])值|范围|区间|大小)$")
# Words that say nothing about what is measured.
_GENERIC = re.compile(
    r"系统|整体|综合|设备|装置|产品|单台|机组|设计|实际|整机|成品|单位(?=能|电|水|成|产品)|最终|平均可|本|项目|技术|工艺(?!温|参|时|周)|企业|公司|总体|实测|稳定|相应|"
    r"达标|吨钢(?=能耗)"
)


class Likeness(IntEnum):
    """How sure it is that two names mean the same."""

    DIFFERENT = 0
    UNSURE = 1
    SAME = 2


def likeness(one: str, other: str, cosine: float | None = None) -> Likeness:
    """Compare two names; `cosine` is that of their vectors, where a model is at hand."""
    first, second = canonical(one), canonical(other)
    if not first or not second:
        return Likeness.DIFFERENT
    if first == second:
        return Likeness.SAME
    if _are_opposed(first, second):
        return Likeness.DIFFERENT
    if _head(first, second) or letters_shared(first, second) >= NEAR_LETTERS:
        return Likeness.UNSURE
    return Likeness.UNSURE if cosine is not None and cosine >= NEAR_COSINE else Likeness.DIFFERENT


@lru_cache(maxsize=8192)
def canonical(name: str) -> str:
    """Return a name in the form in which equal meanings are equal texts; at most a name's length, lower case."""
    text = _NOISE.sub("", plain(name[:100])).casefold()
    text = _folded(text)
    bare = _GENERIC.sub("", _SUFFIX.sub("", text) or text)
    return _folded(bare or text)


def letters_shared(one: str, other: str) -> float:
    """Dice's coefficient of the characters and pairs of neighbours of two names, from 0 to 1."""
    first, second = _pieces(one), _pieces(other)
    shared = len(first & second)
    return 2 * shared / (len(first) + len(second)) if shared else 0.0


def _folded(text: str) -> str:
    pattern, first = _synonyms()
    return pattern.sub(lambda found: first[found.group()], text)


def _pieces(name: str) -> set[str]:
    return {*name, *(name[place : place + 2] for place in range(len(name) - 1))}


def _head(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return len(shorter) > 1 and longer.endswith(shorter)


def _are_opposed(one: str, other: str) -> bool:
    return any(
        (a in one and b in other and a not in other and b not in one)
        or (b in one and a in other and b not in other and a not in one)
        for a, b in _opposed()
    )


@cache
def _opposed() -> list[tuple[str, str]]:
    """What cannot be meant by one name where the other says its opposite."""
    return [(_folded(row["one"].casefold()), _folded(row["other"].casefold())) for row in _rows("opposites.csv")]


@cache
def _synonyms() -> tuple[re.Pattern[str], dict[str, str]]:
    first: dict[str, str] = {}
    for row in _rows("synonyms.csv"):
        words = [_NOISE.sub("", word.casefold()) for word in row["words"].split(";")]
        for word in words:
            first.setdefault(word, words[0])
    return re.compile("|".join(map(re.escape, sorted(first, key=len, reverse=True)))), first


def _rows(name: str) -> Iterator[dict[str, str]]:
    yield from csv.DictReader((files("matchmaker.search.indicators") / name).read_text("utf-8").splitlines())
