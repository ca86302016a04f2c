"""Whether what is offered reaches what is asked for; 未说明 (UNSTATED) is the answer in doubt."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from matchmaker.search.indicators.amounts import Amount, Change, Comparator, Interval, Toward
from matchmaker.search.indicators.indicator import Indicator
from matchmaker.search.indicators.labels import SMALLER_IS_BETTER
from matchmaker.search.indicators.names import Likeness

_SQUEEZED = re.compile(r"[\s在于时下当的]+")
# A range asked for under these names is to be covered; under others it is to be kept within.
_COVERED = re.compile(
    r"工作|环境|适[用应]|量程|测量|测试|调节|运行|输入|电压|频率|海拔|风速|温区|负荷|转速|变速|可调|使用|检测范围|耐[温受]|带宽|波长|行程|幅宽|储存|存储"
)


class Verdict(StrEnum):
    """What is said of one indicator of a need."""

    MET = "met"
    UNMET = "unmet"
    UNSTATED = "unstated"


class Doubt(StrEnum):
    """Why nothing can be said for sure."""

    NONE = ""
    ABSENT = "absent"
    NAME = "name"
    UNIT = "unit"
    PARTIAL = "partial"
    DIRECTION = "direction"
    CONDITION = "condition"
    CONTRADICTION = "contradiction"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one indicator of an achievement says of one of a need: `place` is its place among the achievement's."""

    place: int
    likeness: Likeness
    verdict: Verdict
    doubt: Doubt = Doubt.NONE


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The verdict over all findings; `place` is the achievement's indicator that it rests on, or that may be meant."""

    verdict: Verdict
    doubt: Doubt
    place: int | None


def compare(need: Indicator, offered: Indicator) -> tuple[Verdict, Doubt]:
    """Compare two indicators that mean the same."""
    if need.amount.change != offered.amount.change:
        return Verdict.UNSTATED, Doubt.UNIT
    amount = offered.amount.in_unit(need.amount.unit)
    if amount is None:
        return Verdict.UNSTATED, Doubt.UNIT
    if _SQUEEZED.sub("", need.condition) != _SQUEEZED.sub("", offered.condition):
        return Verdict.UNSTATED, Doubt.CONDITION
    wanted = aimed(need)
    if wanted.comparator in {Comparator.EQ, Comparator.ABOUT}:
        if wanted.interval().holds(amount.interval()):
            return Verdict.MET, Doubt.NONE
        return Verdict.UNSTATED, Doubt.DIRECTION
    covers = wanted.comparator is Comparator.BETWEEN and bool(_COVERED.search(need.name))
    return _within(wanted.interval(), amount.interval(), covers)


def aimed(need: Indicator) -> Amount:
    """The amount that a need asks for, with the comparator that its words imply: 提高 30% is at least that much."""
    amount = need.amount
    if amount.comparator not in {Comparator.EQ, Comparator.ABOUT}:
        return amount
    if amount.change is not Change.NONE or amount.toward is Toward.UP:
        return replace(amount, comparator=Comparator.GE)
    if amount.toward is Toward.DOWN:
        return replace(amount, comparator=Comparator.LE)
    if amount.toward is Toward.REACH:
        smaller = SMALLER_IS_BETTER.search(need.name)
        return replace(amount, comparator=Comparator.LE if smaller else Comparator.GE)
    return amount


def conclude(findings: Sequence[Finding]) -> Conclusion:
    """Come to one verdict: what contradicts itself, or may not be meant at all, is no answer."""
    sure = [finding for finding in findings if finding.likeness is Likeness.SAME]
    if not sure:
        near = next((finding for finding in findings if finding.likeness is Likeness.UNSURE), None)
        return Conclusion(Verdict.UNSTATED, Doubt.NAME if near else Doubt.ABSENT, near.place if near else None)
    # What holds in general must not be missed in winter.
    said = {finding.verdict for finding in findings} - {Verdict.UNSTATED}
    if len(said) > 1:
        return Conclusion(Verdict.UNSTATED, Doubt.CONTRADICTION, sure[0].place)
    clear = next((finding for finding in sure if finding.verdict is not Verdict.UNSTATED), None)
    unclear = next((finding for finding in sure if finding.verdict is Verdict.UNSTATED), None)
    if clear is None or (unclear is not None and unclear.doubt is Doubt.PARTIAL):
        chosen = unclear or sure[0]
        return Conclusion(Verdict.UNSTATED, chosen.doubt, chosen.place)
    return Conclusion(clear.verdict, Doubt.NONE, clear.place)


def _within(wanted: Interval, given: Interval, covers: bool) -> tuple[Verdict, Doubt]:
    if (given.holds(wanted) if covers else wanted.holds(given)) or given == wanted:
        return Verdict.MET, Doubt.NONE
    if not wanted.meets(given):
        return Verdict.UNMET, Doubt.NONE
    return Verdict.UNSTATED, Doubt.PARTIAL
