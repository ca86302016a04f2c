"""Reasons: the terms of a score, named and explained for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from matchmaker.domain.language import N_

BASE = "base"


@dataclass(frozen=True, slots=True)
class _Naming:
    """A term's label, what it compares, and (for a facet) what each of its values means."""

    label: str
    explanation: str
    values: Mapping[float, str] = field(default_factory=dict)


_NAMES: dict[str, _Naming] = {
    "meaning_title_title": _Naming(N_("标题含义相近"), N_("需求标题与成果标题的语义相似度，不要求用词相同。")),
    "meaning_title_full": _Naming(
        N_("成果内容切合需求标题"), N_("需求标题与成果全文的语义相似度：成果讲的是不是需求标题所问的事。")
    ),
    "meaning_full_title": _Naming(
        N_("成果标题切合需求内容"), N_("需求全文与成果标题的语义相似度：需求描述的问题是否指向这项成果。")
    ),
    "meaning_full_full": _Naming(N_("全文含义相近"), N_("需求全文与成果全文的语义相似度，不要求用词相同。")),
    "words_titles": _Naming(N_("标题共用术语"), N_("两个标题共同使用的词语，越少见的专业词分量越大。")),
    "words_texts": _Naming(N_("全文共用术语"), N_("两份全文共同使用的词语，越少见的专业词分量越大。")),
    "characters_titles": _Naming(N_("标题字面相近"), N_("两个标题共同的单字和相邻两字，能认出写法略有不同的术语。")),
    "characters_texts": _Naming(N_("全文字面相近"), N_("两份全文共同的单字和相邻两字，能认出写法略有不同的术语。")),
    "field": _Naming(
        N_("技术领域"),
        N_("双方填写的技术领域是否一致。"),
        {1.0: N_("领域相同"), -1.0: N_("领域不同")},
    ),
    "industry": _Naming(
        N_("国民经济行业"),
        N_("双方填写的行业大类和门类是否一致。"),
        {1.0: N_("同一大类"), 0.5: N_("同一门类"), -0.5: N_("门类不同")},
    ),
    "region": _Naming(
        N_("所在地区"),
        N_("双方是否在同一城市或同一省区；距离远不算缺点。"),
        {1.0: N_("同一地市"), 0.5: N_("同一省区"), 0.0: N_("不在同一省区")},
    ),
    "stage": _Naming(
        N_("成熟程度"),
        N_("成果所处的阶段是否达到需求所期望的阶段。"),
        {1.0: N_("达到期望阶段"), -1.0: N_("还差一个阶段"), -2.0: N_("还差两个阶段")},
    ),
    "budget": _Naming(
        N_("预算与报价"),
        N_("需求方拟投入的资金能否覆盖成果报价。"),
        {1.0: N_("预算覆盖报价"), -1.0: N_("报价远超预算")},
    ),
    "cooperation": _Naming(
        N_("合作方式"),
        N_("双方是否接受同一种合作方式。"),
        {1.0: N_("有共同方式"), -1.0: N_("没有共同方式")},
    ),
    "meaning_tuned": _Naming(
        N_("专业评分学到的相近"), N_("语义模型在专业人员评过分的供需对上继续训练后，判断两份全文有多切合。")
    ),
    "reading": _Naming(
        N_("逐对细读"), N_("模型把两个标题放在一起读，在其他理由之外还看出多少切合；只细读每个列表的前列。")
    ),
    "history": _Naming(
        N_("以往评分"), N_("同一条需求以往的评分整体偏高或偏低，用来校准等级；同一条需求的各个匹配都相同，不影响先后。")
    ),
    BASE: _Naming(N_("起点"), N_("任意一对需求与成果在没有任何线索时的得分，所有匹配都相同。")),
}
MEANING, WORDING = "meaning", "wording"
_FAMILIES = {MEANING: N_("含义相近"), WORDING: N_("用词相近")}
_FAMILY_OF = {"meaning_": MEANING, "words_": WORDING, "characters_": WORDING}
_PARTLY_OVER_BUDGET = N_("报价高于预算")
READING = "reading"
_NOT_READ = N_("尚未逐对细读，按其他理由估计")


@dataclass(frozen=True, slots=True)
class Reason:
    """One term: its name in the ranker, its label, the raw value of the feature, what it adds to the score (log-odds).

    `share` is the contribution as a part of the largest one of the same pair, from -1 to 1, for bars. `explanation`
    says what is compared; `verdict` what the value means, for a facet, and is empty for a similarity; of a reading that
    was not made yet it says so.
    """

    name: str
    label: str
    value: float | None
    contribution: float
    share: float
    explanation: str = ""
    verdict: str = ""

    @property
    def family(self) -> str:
        """Terms of one family say the same in different ways: MEANING, WORDING, or the term itself."""
        return _family(self.name)

    @property
    def is_estimated(self) -> bool:
        """Whether it only repeats what the other terms say, because the pair was not read yet."""
        return self.name == READING and self.value is None

    @property
    def is_base(self) -> bool:
        """Whether it is the constant that every pair starts from."""
        return self.name == BASE


def reasons_of(terms: Sequence[Sequence[object]]) -> tuple[Reason, ...]:
    """Return stored terms as reasons, the largest first; terms that add nothing are left out, the base comes last."""
    rows = [(str(name), _number(value), float(str(added))) for name, value, added in terms]
    largest = max((abs(added) for name, _, added in rows if name != BASE), default=0.0) or 1.0
    reasons = [_reason(name, value, added, largest) for name, value, added in rows if added or name == BASE]
    return tuple(sorted(reasons, key=lambda reason: (reason.is_base, -abs(reason.contribution))))


def strongest(reasons: Sequence[Reason], most: int) -> tuple[Reason, ...]:
    """Return what speaks most for the pair, at most `most` reasons; terms of one family speak together."""
    return tuple(reason for reason in by_family(reasons) if reason.contribution > 0)[:most]


def by_family(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Return the reasons with those of one family added up, what adds most first; the base is left out."""
    families: dict[str, list[Reason]] = {}
    for reason in reasons:
        if not (reason.is_base or reason.is_estimated):
            families.setdefault(reason.family, []).append(reason)
    summed = [_together(name, members) for name, members in families.items()]
    return tuple(sorted(summed, key=lambda reason: -reason.contribution))


def added_by(terms: Sequence[Sequence[object]], family: str) -> float:
    """Return what the terms of one family, MEANING or WORDING, add to a score together, from the terms as stored."""
    return sum(float(str(added)) for name, _, added in terms if _family(str(name)) == family)


def _family(name: str) -> str:
    return next((family for start, family in _FAMILY_OF.items() if name.startswith(start)), name)


def _together(family: str, members: Sequence[Reason]) -> Reason:
    if len(members) == 1:
        return members[0]
    added = sum(reason.contribution for reason in members)
    return Reason(family, _FAMILIES.get(family, family), None, added, 0.0)


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _reason(name: str, value: float | None, added: float, largest: float) -> Reason:
    # A later ranker may bring a term that this version has no words for: it then shows its own name.
    naming = _NAMES.get(name, _Naming(name, ""))
    share = max(-1.0, min(1.0, added / largest))
    return Reason(name, naming.label, value, added, share, naming.explanation, _verdict(name, naming, value))


def _verdict(name: str, naming: _Naming, value: float | None) -> str:
    if name == READING and value is None:
        return _NOT_READ
    if value is None or not naming.values:
        return ""
    if name == "budget" and value not in naming.values:
        return _PARTLY_OVER_BUDGET
    return naming.values.get(value, "")
