"""Quantified indicators of a text or of a row of the form: what is measured, how its number is meant, and where."""

import re
from dataclasses import replace
from decimal import Decimal

from matchmaker.search.indicators import phrases
from matchmaker.search.indicators.amounts import Amount, Comparator
from matchmaker.search.indicators.indicator import Indicator
from matchmaker.search.indicators.meaning import amount_of, settled, with_change
from matchmaker.search.indicators.names import Likeness, likeness
from matchmaker.search.indicators.numerals import number_at, plain
from matchmaker.search.indicators.quantities import quantities_in
from matchmaker.search.indicators.sentences import Sentence, is_noise
from matchmaker.search.indicators.units import NO_UNIT, read_unit

TEXT_MOST = 20_000
FOUND_MOST = 60
_SENTENCE = re.compile(r"[。！？!?；;\n\r\x0b\x0c\u2028\u2029]")
_BARE = re.compile(r"我们?|我方|贵方|本成果|该成果|本产品|目前|实测|经检测|[\s，,。.；;：:、!！()]")


def read_text(text: str, *, is_need: bool) -> tuple[Indicator, ...]:
    """Read the indicators of running text, in order.

    Of a need only what it asks for: a number that is compared or aimed at. Numbers of others (现有装置) are left
    out, and so is what cannot be named.
    """
    flat = plain(text[:TEXT_MOST])
    found: list[Indicator] = []
    place = 0
    for stop in [*(match.start() for match in _SENTENCE.finditer(flat)), len(flat)]:
        found.extend(Sentence(flat, place, stop, is_need).indicators())
        place = stop + 1
        if len(found) >= FOUND_MOST:
            break
    return tuple(found[:FOUND_MOST])


def read_row(
    name: str, comparator: str, value: str, upper: str | None, unit: str | None, *, is_need: bool
) -> Indicator | None:
    """Read a row of the form: its fields, or where it is a description the text of its value; None without a number."""
    name = plain(name).strip(" :：")
    if comparator == "text":
        return read_value(value, name=name, unit=unit or "", is_need=is_need)
    low, high = _plain_number(value), _plain_number(upper or "")
    if low is None or (comparator == "between" and high is None):
        return None
    read = Amount(Comparator(comparator), low, high if comparator == "between" else None, read_unit(plain(unit or "")))
    return Indicator(*with_change(name, read))


def read_value(text: str, *, name: str, unit: str = "", is_need: bool = False) -> Indicator | None:
    """Read a text that is one quantity of a known name, such as 不低于 99.5%; `unit` is meant where it has none.

    None where it holds no number or several, or says more than that: 99.5，实验室条件 is for people to judge.
    """
    flat = plain(text[:500])
    reads = [read for read in quantities_in(flat, 0, len(flat), any_unit=True) if not is_noise(flat, read, 0)]
    if len(reads) != 1:
        return None
    read = reads[0]
    if read.unit == NO_UNIT and unit:
        read = replace(read, unit=read_unit(plain(unit)))
    said = phrases.before(flat[: read.start])
    amount = amount_of(read, said, is_need) if _says_no_more(said.rest, flat[read.end :], name) else None
    if amount is None:
        return None
    amount = settled(amount, name)
    amount = amount if said.change or said.is_ratio else with_change(name, amount)[1]
    return Indicator(with_change(name, amount)[0], amount, end=len(text))


def _says_no_more(ahead: str, behind: str, name: str) -> bool:
    ahead, behind = _BARE.sub("", ahead), _BARE.sub("", behind)
    return not behind and (not ahead or likeness(ahead, name) is not Likeness.DIFFERENT)


def _plain_number(text: str) -> Decimal | None:
    flat = plain(text).strip().replace(" ", "")
    found = number_at(flat, 0) if flat else None
    return found.value if found and found.end == len(flat) and not found.unit else None
