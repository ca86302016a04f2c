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
SPECIFIC = 3
"""Letters from which the rest of a name can stand for itself: 脱盐率 can, 效率 cannot."""
_NOISE = re.compile(r"[\s:：;；,，、。.()（）\[\]【】“”\"'·_/\\\-~的之]+")
_SUFFIX = re.compile(r"(?:指标值?|参数|数值|限值|要求|水平|(?<=[^分数产价峰比])值|范围|区间|大小)$")
# Words that say nothing about what is measured.
_GENERIC = re.compile(
    r"系统|整体|综合|设备|装置|装备|产品|单台|机组|设计|实际|整机|成品|单位(?=能|电|水|成|产品)|最终|平均可|本|项目|技术|工艺(?!温|参|时|周)|企业|公司|总体|实测|稳定|相应|"
    r"达标|吨钢(?=能耗)|吨产品|吨水"
)


# What is asked of many things in one text, and so says nothing without its subject.
_ANY = re.compile(
    r"(?:去除|回收|利用|转化|合格|准确|损耗|故障|减排|覆盖|降低|提高|增长|缩短)率|产率|排放浓度|处理时间|误差|总?含量"
)
# Words before a name that say when, where or which, not of what.
_WHICH = re.compile(
    r"冬|夏|春|秋|季|低温|高温|常温|夜|昼|短期|中期|长期|超短期|最大|最小|最高|最低|平均|峰值|瞬时|初始|出口|入口|进口|出水|进水|进料|出料|单次|一次|二次|总|净重|毛重|"
    r"日|月|年|每|前|后|(?<!室)内|(?<!室)外|(?<!以)上|(?<![井地])下|左|右|纵|横|轴向|径向|正向|反向|静态|动态|干态|湿态|干基|湿基|国内|国外|传统|现有|第[一二三四]|另|[123456789]"
)


class Likeness(IntEnum):
    """How sure it is that two names mean the same."""

    DIFFERENT = 0
    UNSURE = 1
    SAME = 2


def likeness(one: str, other: str, cosine: float | None = None) -> Likeness:
    """Compare the name of a need's indicator with one of an achievement's.

    A need may say of what (布面疵点检测准确率) where an achievement leaves it out (检测准确率); not where the
    rest could be of anything (去除率), nor where it says when or which (冬季, 出口, 最大). `cosine` is that of their
    vectors, where a model is at hand.
    """
    first, second = canonical(one), canonical(other)
    if not first or not second:
        return Likeness.DIFFERENT
    if first == second:
        return Likeness.SAME
    if _are_opposed(first, second):
        return Likeness.DIFFERENT
    if _says_the_subject(first, second):
        return Likeness.SAME
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


def is_variant(need: str, offered: str) -> bool:
    """Whether an achievement names what the need does, but for one time, place or kind of it (冬季除尘效率)."""
    first, second = canonical(need), canonical(offered)
    which = second.removesuffix(first)
    return which not in {second, ""} and _WHICH.search(which) is not None


def _says_the_subject(need: str, offered: str) -> bool:
    subject = need.removesuffix(offered)
    is_specific = len(offered) >= SPECIFIC and _ANY.fullmatch(offered) is None
    return subject != need and is_specific and _WHICH.search(subject) is None


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
