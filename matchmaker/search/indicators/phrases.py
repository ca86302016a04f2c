"""The words around a number: what compares, what changes, what only fills, what makes it a condition."""

import re
from dataclasses import dataclass

from matchmaker.search.indicators.amounts import Change, Comparator, Toward

# Signs and words before a number, and after it with its unit.
_BEFORE = {
    Comparator.GE: "≥|>=|=>|不[得应]?(?:低于|小于|少于)|不短于|(?:大于|高于)或?等于|至少|最低|最少|起码|"
    "не менее|не ниже|at least|not less than|no less than|minimum|min\\.",
    Comparator.LE: "≤|<=|=<|不[得应]?(?:高于|大于|超过|多于)|不超出|不长于|(?:小于|低于)或?等于|至多|最多|最高|最大|"
    "控制在|限制在|控制到|не более|не выше|at most|not more than|no more than|not exceeding|up to|within|"
    "maximum|max\\.",
    Comparator.GT: ">|大于|高于|超过|超出|多于|长于|突破|свыше|более|more than|greater than|above|over|exceeding",
    Comparator.LT: "<|小于|低于|少于|短于|不到|不足|менее|ниже|less than|below|under",
    Comparator.EQ: "=|等于",
    # Which side is better follows from what is measured.
    Comparator.BETTER: "优于|好于|better than",
}
_AFTER = {
    Comparator.GE: r"(?:或|及)?以上|或更高|\(含\)以上|\+(?![\d+])|起",
    Comparator.LE: "(?:或|及)?以下|(?:以|之)内|或更低|封顶",
}
_ABOUT_BEFORE = "约为?|大约|大概|接近|近似|近(?=$)|约计|approximately|about|around"
_ABOUT_AFTER = "左右|上下"
_MODERATE = "≈|~"
_UP = "提高|提升|增加|增长|增强|延长|上升|扩大|加快|拓宽|升高|increase[ds]?(?: by)?|improve[ds]?(?: by)?"
_DOWN = "降低|下降|减少|缩短|减轻|减小|节约|节省|缩减|下调|削减|减低|压缩|reduc(?:e|es|ed|tion)(?: (?:of|by))?"
_TAIL = "(?:了|幅度|率|比例|超|达|可达|达到|至少|by)?"
_TOWARD = {
    Toward.UP: "(?:提高|提升|增加)[到至为]|(?:增长?|上?升|延长|扩大)[到至]",
    Toward.DOWN: "(?:降低?|下降|减少|缩短)[到至为]|(?:减小?|压缩|缩小)[到至]|控制至",
    Toward.REACH: "(?:可以?|(?<![性功产节储智动势热电光核机技潜效])能够?)?高?达到?|"
    "到达|做到|实现|[到至]|reach(?:es|ing)?|achiev(?:es|ing|ed)?",
}
_RATIO = re.compile(
    r"(?:(?P<down>降低?[到至为]|下降[到至为]|减少?[到至为]|缩短[到至为]|减小[到至为]|缩小[到至为])|"
    r"(?P<up>提高[到至为]|提升[到至为]|增加?[到至为]|延长[到至为]|扩大[到至为])|是|为)?(?:原来|原先|原有?|以前|之前|现有|传统工艺|目前)的$"
)
_FILLER = re.compile(
    r"(?:[\s:：=,为是在可均都应须需仅已会将稳]|(?<![重必主次需])要|(?<![性功产节储智动势热电光核机技潜效])能(?:够)?|可以|一般|稳定|最终|预计|预期|估计|理论上?|实际|保持|维持|平均可|设计|"
    r"范围|区间|is|are|was|of|should be|must be|shall be)$"
)
_END = {
    **{kind: re.compile(f"(?:{words})$", re.IGNORECASE) for kind, words in _BEFORE.items()},
}
_START = {kind: re.compile(rf"\s?(?:{words})") for kind, words in _AFTER.items()}
_ABOUT_END = re.compile(f"(?:{_ABOUT_BEFORE}|{_MODERATE})$", re.IGNORECASE)
_ABOUT_START = re.compile(rf"\s?(?:{_ABOUT_AFTER})")
_CHANGE_END = {
    Change.UP: re.compile(f"(?:{_UP}){_TAIL}$", re.IGNORECASE),
    Change.DOWN: re.compile(f"(?:{_DOWN}){_TAIL}$", re.IGNORECASE),
}
_CHANGE_START = {
    Change.UP: re.compile(rf"(?:可|能|使|将)?(?:{_UP})(?![到至为])"),
    Change.DOWN: re.compile(rf"(?:可|能|使|将)?(?:{_DOWN})(?![到至为])"),
}
_TOWARD_END = {kind: re.compile(f"(?:{words})$", re.IGNORECASE) for kind, words in _TOWARD.items()}
_LOOK_BACK = 24
_PEELS_MOST = 8


@dataclass(frozen=True, slots=True)
class Before:
    """What stands before a number: `rest` is what is left of the text once the words about the number are taken off."""

    rest: str
    comparator: Comparator | None = None
    is_about: bool = False
    change: Change = Change.NONE
    toward: Toward = Toward.NOWHERE
    is_ratio: bool = False

    @property
    def says_how(self) -> bool:
        """Whether it says how the number is meant."""
        return bool(self.comparator or self.change or self.toward or self.is_ratio)


def before(text: str) -> Before:
    """Peel the words about a number off the end of what stands before it."""
    rest, comparator, about = text, None, False
    change, toward = Change.NONE, Toward.NOWHERE
    for _ in range(_PEELS_MOST):
        tail = rest[-_LOOK_BACK:]
        if not change and (ratio := _RATIO.search(tail)):
            change = Change.DOWN if ratio["down"] else Change.UP if ratio["up"] else change
            rest = rest[: len(rest) - len(ratio.group())]
            return Before(_bare(rest), comparator, about, change, toward, is_ratio=True)
        length, found = _word(tail, comparator is None, not toward and not change)
        if length == 0:
            break
        rest = rest[:-length]
        if isinstance(found, Comparator):
            comparator = found
        elif isinstance(found, Change):
            change = found
        elif isinstance(found, Toward):
            toward = found
        elif found == _ABOUT:
            about = True
        if change:
            break
    return Before(_bare(rest), comparator, about, change, toward)


def leading_change(name: str) -> tuple[Change, str]:
    """Return the change that a name begins with (降低能耗) and the rest of it, or none and the whole name."""
    for change, pattern in _CHANGE_START.items():
        found = pattern.match(name)
        if found and len(name) > found.end():
            return change, name[found.end() :].lstrip("了的 ")
    return Change.NONE, name


def after(text: str, place: int) -> tuple[Comparator | None, bool, int]:
    """Read what follows a number and its unit: a comparator, whether it is about so much, and where that ends."""
    for comparator, pattern in _START.items():
        if found := pattern.match(text, place):
            return comparator, False, found.end()
    if found := _ABOUT_START.match(text, place):
        return None, True, found.end()
    return None, False, place


_ABOUT, _NOTHING = "about", "nothing"


def _word(tail: str, may_compare: bool, may_change: bool) -> tuple[int, object]:
    """Return the length and the meaning of the word at the end of `tail`; 0 where it is no word about a number."""
    if found := _ABOUT_END.search(tail):
        return len(found.group()), _ABOUT
    if may_compare:
        longest: tuple[int, object] = (0, None)
        for comparator, pattern in _END.items():
            if (found := pattern.search(tail)) and len(found.group()) > longest[0]:
                longest = len(found.group()), comparator
        if longest[0]:
            return longest
    if may_change:
        for toward, pattern in _TOWARD_END.items():
            if found := pattern.search(tail):
                return len(found.group()), toward
        for change, pattern in _CHANGE_END.items():
            if found := pattern.search(tail):
                return len(found.group()), change
    found = _FILLER.search(tail)
    return (len(found.group()), _NOTHING) if found else (0, None)


def _bare(rest: str) -> str:
    for _ in range(_PEELS_MOST):
        found = _FILLER.search(rest[-_LOOK_BACK:])
        if found is None:
            break
        rest = rest[: -len(found.group())]
    return rest
