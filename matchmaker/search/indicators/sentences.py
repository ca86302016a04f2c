"""A sentence read number by number: each is an indicator, or says something about those that follow, or nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from matchmaker.search.indicators import phrases
from matchmaker.search.indicators.indicator import Indicator
from matchmaker.search.indicators.labels import AIMS, OTHERS, name_of
from matchmaker.search.indicators.meaning import amount_of, is_meant, per, settled, stands_alone, with_change
from matchmaker.search.indicators.quantities import CANDIDATE, Quantity, quantities_in
from matchmaker.search.indicators.units import NO_UNIT

LOOK_BACK = 120
NAME_LEAST = 2
_STOP = re.compile(r"[，,、。；;！？!?\n\r]")
_STANDARD = re.compile(
    r"(?:GB|HG|NB|DL|JB|QB|HJ|FZ|JT|CJ|SY|MT|YB|DB\d{0,4}|ISO|IEC|ASTM|EN|TCVN|GOST|Q)(?:/?T|/Z)?\s?(?:标准)?$",
    re.IGNORECASE,
)
_LISTED = re.compile(r"^\s*\(?$")
_LIST_END = re.compile(r"[.)、](?!\d)")
_ORDINAL_END = re.compile(
    r"[年月日号](?!限|产|处|均|耗|度电|期|龄|内)|号|代|期(?!限)|类|维|D\b|G\b|步|阶段|页|章|条(?=规定)"
)
_CONDITION = re.compile(
    r"\s?(?:以上|以下)?的?(?:[\u4e00-\u9fff]{0,3}?(?:条件|环境|工况|情况|状态|温度|气候|地区))?(?:下(?!降|限|游|滑)|时(?!间|长|效|速)|(?<=[境况])中)"
)
_OF = re.compile(r"\s?的(?P<name>[\u4e00-\u9fffA-Za-z]{2,12})")
_FROM = re.compile(r"(?:由|从|自)(?:原来|原先|目前|现在)?的?\s?(?:约)?$")
_AGAIN = re.compile(r"(?:提高|提升|增加|升|上升|延长|扩大|增长|降|降低|下降|减少|缩短|压缩|减)[到至为]")
_EVERY = re.compile(r"每(?P<per>小时|分钟|天|日|年|月|秒)(?:可|能|可以)?(?P<name>[\u4e00-\u9fff]{0,4}?)$")
_GENERIC = re.compile(
    r"^(?:本|该|我|新|所)?(?:产品|系统|成果|技术|工艺|装置|设备|项目|材料|方案|涂料|公司|企业|后者|改造后|希望|要求|需要?|期望|拟|力争|争取|目标|预计)?$"
)
_SUBJECT_OF_OTHERS = re.compile(
    r"^(?:目前|当前|国外|国内|同类|现有|传统|常规|普通|进口|行业|市场上|产品|设备|工艺|装置|系统|技术|平均|的)+"
)
_BRACKET = re.compile(r"\([^()]{0,8}$")
_NAMED_AFTER = re.compile(
    r"\s?(?:后|循环后?)?[\u4e00-\u9fff]{2,12}?(?:率|度|强度|值|量|指数|系数|寿命|时间|温度|效率|浓度)"
)


@dataclass(slots=True)
class Sentence:
    """The sentence from `start` to `stop` of a text, as far as it has been read.

    What lies before `floor` was read already. `condition` holds for the numbers before `condition_ends`; `pending` is
    the name that a number before has left for the next one (由 30% 提高到 50%).
    """

    text: str
    start: int
    stop: int
    is_need: bool
    floor: int = field(init=False)
    condition: str = field(init=False, default="")
    condition_ends: int = field(init=False)
    pending: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.floor, self.condition_ends = self.start, self.stop

    def indicators(self) -> Iterator[Indicator]:
        """Yield what is measured in it, in order."""
        for read in quantities_in(self.text, self.start, self.stop):
            if read.start >= self.condition_ends:
                self.condition, self.condition_ends = "", self.stop
            if read.start < self.floor or is_noise(self.text, read, self.floor):
                continue
            if (found := self._indicator(read)) is not None:
                yield found

    def _indicator(self, read: Quantity) -> Indicator | None:
        clause = max(_clause_start(self.text, self.floor, read.start), read.start - LOOK_BACK)
        left = self.text[clause : read.start]
        if self._is_aside(read, left) or self._is_of_several(read, left):
            return None
        if (every := _EVERY.search(left)) and not every["name"]:
            left, read = left[: every.start()], per(read, every["per"])
        if self._is_condition(read, left):
            return None
        said = phrases.before(left)
        if self._is_former_value(read, said):
            return None
        name, aside = name_of(said.rest)
        if self._is_circumstance(read, said, name, left) or _is_part_of_a_name(read, said, name):
            return None
        begins = clause + len(left) - len(left.lstrip())
        return self._named(read, said, name, aside, begins)

    def _named(self, read: Quantity, said: phrases.Before, name: str, aside: str, begins: int) -> Indicator | None:
        """Return the indicator, now that it is known what the number is said of."""
        behind = _OF.match(self.text, read.end)
        ahead = self.text[max(self.floor, read.start - LOOK_BACK) : read.start]
        self.floor = read.end
        name = self._subject(name, behind)
        if (every := _EVERY.search(said.rest)) and every["name"]:
            name, read = every["name"], per(read, every["per"])
        if _is_of_others(ahead):
            self.pending = _SUBJECT_OF_OTHERS.sub("", name)
            return None
        amount = amount_of(read, said, self.is_need) if is_meant(read, said, name, self.is_need) else None
        if amount is None or len(name) < NAME_LEAST:
            return None
        amount = settled(amount, name)
        if behind and said.says_how and _goes_on(self.text, behind.end(), self.stop):
            self._hold(f"{name}{self.text[read.start : read.end]}", read)
            return None
        name, amount = with_change(name, amount)
        name_at = self.text.rfind(name, max(self.start, read.start - LOOK_BACK), read.start)
        qualified = "；".join(filter(None, (self.condition, aside)))
        return Indicator(name, amount, qualified, name_at if name_at >= 0 else begins, read.end)

    def _subject(self, name: str, behind: re.Match[str] | None) -> str:
        """Return what the number is said of: the name that waits, its own, or the one behind it (99% 的纯度)."""
        pending, self.pending = self.pending, ""
        if pending and _GENERIC.match(name):
            return pending
        return behind["name"] if not name and behind else name

    def _is_aside(self, read: Quantity, left: str) -> bool:
        """（28 天）: an aside of the name that stands before it."""
        is_bracketed = self.text.startswith(")", read.end) and _BRACKET.search(left) is not None
        return is_bracketed and not phrases.before(left).says_how

    def _is_of_several(self, read: Quantity, left: str) -> bool:
        """分别为 3、5 和 8: which is whose is for people to say; the clause is passed over."""
        if "分别" not in left:
            return False
        self.floor = _clause_end(self.text, read.end, self.stop)
        return True

    def _is_condition(self, read: Quantity, left: str) -> bool:
        """-40 ℃ 条件下: holds for whatever follows."""
        found = _CONDITION.match(self.text, read.end)
        if found is None:
            return False
        self.condition = (name_of(left)[0] + self.text[read.start : read.end]).strip()
        self.condition_ends, self.floor = self.stop, found.end()
        return True

    def _is_former_value(self, read: Quantity, said: phrases.Before) -> bool:
        """由 30% 提高到 50%: the first number leaves its name to the second."""
        again = _AGAIN.search(self.text, read.end, min(self.stop, read.end + 12))
        if not _FROM.search(said.rest) or again is None:
            return False
        self.pending, self.floor = name_of(_FROM.sub("", said.rest))[0], read.end
        return True

    def _is_circumstance(self, read: Quantity, said: phrases.Before, name: str, left: str) -> bool:
        """28d 抗压强度, 循环 500 次容量保持率: a number that only says under what the following holds."""
        is_bare = not said.says_how and read.comparator is None and read.high is None and not read.is_tolerance
        is_long_enough = len(name) <= 2 and read.unit.expression not in {"", "percent", None}
        if not (is_bare and is_long_enough) or _NAMED_AFTER.match(self.text, read.end) is None:
            return False
        ahead = "" if left.rstrip().endswith(":") else name
        self._hold(f"{ahead}{self.text[read.start : read.end]}", read)
        self.floor = read.end
        return True

    def _hold(self, condition: str, read: Quantity) -> None:
        """Let something be the condition until the clause of a number ends."""
        self.condition, self.condition_ends = condition, _clause_end(self.text, read.end, self.stop)


def is_noise(text: str, read: Quantity, floor: int) -> bool:
    """Whether a number measures nothing: of a standard, a list, a day of the calendar, a name."""
    ahead = text[max(0, read.start - 16) : read.start]
    if _STANDARD.search(ahead):
        return True
    line = text[max(text.rfind("\n", max(0, read.start - LOOK_BACK), read.start) + 1, floor) : read.start]
    if _LISTED.match(line) and _LIST_END.match(text, read.end) and read.unit == NO_UNIT:
        return True
    is_year = read.high is None and read.low == int(read.low) and 1900 <= read.low <= 2100
    if is_year and read.unit.expression == "year":
        return True
    # 5 月 and 3 日 are days of the calendar, 第三代 and 5G names.
    date = read.unit.text in {"月", "日", "号"} and read.comparator is None and read.high is None
    return date or (read.unit == NO_UNIT and bool(_ORDINAL_END.match(text, read.end)))


def _is_part_of_a_name(read: Quantity, said: phrases.Before, name: str) -> bool:
    """二氧化碳, 三种: nothing is said by the number."""
    says_nothing = not said.says_how and read.comparator is None and read.high is None
    return says_nothing and (read.unit == NO_UNIT or read.unit.is_count) and not stands_alone(read, name)


def _is_of_others(clause: str) -> bool:
    tail = re.split(r"[，,]", clause)[-1]
    found = OTHERS.search(tail)
    return found is not None and AIMS.search(tail) is None


def _clause_start(text: str, floor: int, place: int) -> int:
    start = floor
    for found in _STOP.finditer(text, max(floor, place - LOOK_BACK), place):
        digits = text[found.start() - 1 : found.start()].isdigit() and text[found.end() : found.end() + 1].isdigit()
        if found.end() < place and text[found.end() : place].strip() and not digits:
            start = found.end()
    return start


def _clause_end(text: str, place: int, stop: int) -> int:
    found = re.compile(r"[，,。；;]").search(text, place, stop)
    return found.end() if found else stop


def _goes_on(text: str, place: int, stop: int) -> bool:
    found = _STOP.search(text, place, stop)
    end = found.start() if found else stop
    return CANDIDATE.search(text, place, end) is not None
