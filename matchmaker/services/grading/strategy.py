"""Which pairs teach the most: the parts of a batch with their shares, written down for those who draw and who read."""

from dataclasses import dataclass

from matchmaker.domain.judgements import DrawnFor
from matchmaker.domain.language import N_

MOST_PER_LISTING = 2
"""Pairs of one batch that one need, or one achievement, may stand in: a grader tires of it, and so would the ranker."""
FIELD_SHARE = 2.0
"""How many times its even share of a batch a field may have, as long as other fields have pairs to give."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a batch: `share` of 100, its name, and what its pairs teach."""

    drawn_for: DrawnFor
    share: int
    name: str
    teaches: str


PARTS = (
    Part(
        DrawnFor.UNCERTAIN,
        40,
        N_("拿不准的"),
        N_("系统认为“较强”与“弱”的可能各半：一次评分能推动的最多。"),
    ),
    Part(
        DrawnFor.DISAGREEING,
        20,
        N_("两种线索不一致的"),
        N_("含义相近而用词不同，或用词相近而含义不同：评分说明哪种线索更可信。"),
    ),
    Part(
        DrawnFor.THIN,
        15,
        N_("评得少的领域和语言"),
        N_("从至今评分最少的领域、语言中抽取，使每个领域都学得到。"),
    ),
    Part(
        DrawnFor.HIDDEN,
        15,
        N_("系统没有推荐的"),
        N_("不在任何匹配列表中、随机抽取：系统漏掉了什么，只有这样才看得见。"),
    ),
    Part(
        DrawnFor.CONTROL,
        10,
        N_("对照"),
        N_("已有两人评得一致的旧对子，请别人再评：看各人的尺度是否一致。"),
    ),
)
PART_NAMES: dict[str, str] = {part.drawn_for: part.name for part in PARTS}


def apportion(count: int, possible: frozenset[DrawnFor]) -> dict[DrawnFor, int]:
    """Share `count` pairs out among the parts that have any to give, by largest remainders; the shares add up to it."""
    parts = [part for part in PARTS if part.drawn_for in possible]
    whole = sum(part.share for part in parts)
    if not parts:
        return {}
    shares = {part.drawn_for: divmod(count * part.share, whole) for part in parts}
    numbers = {name: quotient for name, (quotient, _) in shares.items()}
    # Of equal remainders the part that stands first in the table is served first: sorting keeps the order.
    for name in sorted(shares, key=lambda name: -shares[name][1])[: count - sum(numbers.values())]:
        numbers[name] += 1
    return numbers
