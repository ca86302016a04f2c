"""Quantified indicators of a text or of a row of the form: what is measured, how its number is meant, and where."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from matchmaker.search.indicators import phrases
from matchmaker.search.indicators.amounts import Amount, Change, Comparator
from matchmaker.search.indicators.indicator import Indicator
from matchmaker.search.indicators.labels import AIMS, OTHERS, SMALLER_IS_BETTER, name_of
from matchmaker.search.indicators.names import Likeness, likeness
from matchmaker.search.indicators.numerals import number_at, plain
from matchmaker.search.indicators.quantities import CANDIDATE, Quantity, quantities_in
from matchmaker.search.indicators.units import NO_UNIT, Unit, read_unit

TEXT_MOST = 20_000
FOUND_MOST = 60
LOOK_BACK = 120
NAME_LEAST = 2
_HUNDRED = Decimal(100)

_SENTENCE = re.compile(r"[。！？!?；;\n\r\x0b\x0c\u2028\u2029]")
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
_COUNTED = re.compile(r"(?:寿命|次数|产量|产能|能力|容量|规模|频次|速度|效率|目数|等级|循环)$")
_NAMED_AFTER = re.compile(
    r"\s?(?:后|循环后?)?[\u4e00-\u9fff]{2,12}?(?:率|度|强度|值|量|指数|系数|寿命|时间|温度|效率|浓度)"
)
_BARE = re.compile(r"我们?|我方|贵方|本成果|该成果|本产品|目前|实测|经检测|[\s，,。.；;：:、!！()]")
_TIMED = re.compile(r"(?:寿命|周期|时间|工期|年限|期|时长|间隔|历时|运行|耗时|延迟|时效|续航)$")
_PH = re.compile(r"[pP][hH]值?$")
_TIMES = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})


def read_text(text: str, *, is_need: bool) -> tuple[Indicator, ...]:
    """Read the indicators of running text, in order.

    Of a need only what it asks for: a number that is compared or aimed at. Numbers of others (现有装置) are left
    out, and so is what cannot be named.
    """
    flat = plain(text[:TEXT_MOST])
    found: list[Indicator] = []
    place = 0
    for stop in [*(match.start() for match in _SENTENCE.finditer(flat)), len(flat)]:
        found.extend(_sentence(flat, place, stop, is_need))
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
    return Indicator(*_with_change(name, read))


def read_value(text: str, *, name: str, unit: str = "", is_need: bool = False) -> Indicator | None:
    """Read a text that is one quantity of a known name, such as 不低于 99.5%; `unit` is meant where it has none.

    None where it holds no number or several, or says more than that: 99.5，实验室条件 is for people to judge.
    """
    flat = plain(text[:500])
    reads = [read for read in quantities_in(flat, 0, len(flat), any_unit=True) if not _is_noise(flat, read, 0)]
    if len(reads) != 1:
        return None
    read = reads[0]
    if read.unit == NO_UNIT and unit:
        read = replace(read, unit=read_unit(plain(unit)))
    said = phrases.before(flat[: read.start])
    amount = _amount(read, said, is_need) if _says_no_more(said.rest, flat[read.end :], name) else None
    if amount is None:
        return None
    amount = _settled(amount, name)
    amount = amount if said.change or said.is_ratio else _with_change(name, amount)[1]
    return Indicator(_with_change(name, amount)[0], amount, end=len(text))


def _says_no_more(ahead: str, behind: str, name: str) -> bool:
    ahead, behind = _BARE.sub("", ahead), _BARE.sub("", behind)
    return not behind and (not ahead or likeness(ahead, name) is not Likeness.DIFFERENT)


def _plain_number(text: str) -> Decimal | None:
    flat = plain(text).strip().replace(" ", "")
    found = number_at(flat, 0) if flat else None
    return found.value if found and found.end == len(flat) and not found.unit else None


def _with_change(name: str, amount: Amount) -> tuple[str, Amount]:
    """Move a change that the name speaks of (能耗降低, 降低能耗) into the amount."""
    change, rest = phrases.leading_change(name)
    if change and (amount.toward or amount.change):
        return rest, amount
    if not change and amount.unit.expression in {"percent", "multiple", "permille", "percent_point"}:
        said = phrases.before(name)
        change, rest = said.change, said.rest
    if not change or not rest or amount.change:
        return name, amount
    return rest, replace(_percent(amount), change=change)


def _sentence(text: str, start: int, stop: int, is_need: bool) -> Iterator[Indicator]:
    floor, condition, pending, condition_ends = start, "", "", stop
    for read in quantities_in(text, start, stop):
        if read.start >= condition_ends:
            condition, condition_ends = "", stop
        if read.start < floor or _is_noise(text, read, floor):
            continue
        clause = max(_clause_start(text, floor, read.start), read.start - LOOK_BACK)
        left = text[clause : read.start]
        if text.startswith(")", read.end) and _BRACKET.search(left) and not phrases.before(left).says_how:
            continue  # （28 天）: an aside of the name that stands before it
        if "分别" in left:
            floor = _clause_end(text, read.end, stop)
            continue
        if (every := _EVERY.search(left)) and not every["name"]:
            left, read = left[: every.start()], _per(read, every["per"])
        if found := _CONDITION.match(text, read.end):
            condition, condition_ends = _condition(left, text[read.start : read.end]), stop
            floor = found.end()
            continue
        said = phrases.before(left)
        if _FROM.search(said.rest) and _AGAIN.search(text, read.end, min(stop, read.end + 12)):
            pending = name_of(_FROM.sub("", said.rest))[0]
            floor = read.end
            continue
        behind = _OF.match(text, read.end)
        name, aside = name_of(said.rest)
        if _is_circumstance(text, read, said, name):
            ahead = "" if left.rstrip().endswith(":") else name
            condition, condition_ends = f"{ahead}{text[read.start : read.end]}", _clause_end(text, read.end, stop)
            floor = read.end
            continue
        says_nothing = not said.says_how and read.comparator is None and read.high is None
        if says_nothing and (read.unit == NO_UNIT or read.unit.is_count) and not _stands_alone(read, name):
            continue  # 二氧化碳, 三种: part of a name
        floor_before, floor = floor, read.end
        if _GENERIC.match(name) and pending:
            name = pending
        elif not name and behind:
            name = behind["name"]
        pending = ""
        if (every := _EVERY.search(said.rest)) and every["name"]:
            name, read = every["name"], _per(read, every["per"])
        if _is_of_others(text[max(floor_before, read.start - LOOK_BACK) : read.start]):
            pending = _SUBJECT_OF_OTHERS.sub("", name)
            continue
        if not _is_meant(read, said, name, is_need):
            continue
        amount = _amount(read, said, is_need)
        if amount is None or len(name) < NAME_LEAST:
            continue
        amount = _settled(amount, name)
        if behind and said.says_how and _goes_on(text, behind.end(), stop):
            condition, condition_ends = f"{name}{text[read.start : read.end]}", _clause_end(text, read.end, stop)
            continue
        name, amount = _with_change(name, amount)
        name_at = text.rfind(name, max(start, read.start - LOOK_BACK), read.start)
        begins = name_at if name_at >= 0 else clause + len(left) - len(left.lstrip())
        qualified = "；".join(filter(None, (condition, aside)))
        yield Indicator(name, amount, qualified, begins, read.end)


def _amount(read: Quantity, said: phrases.Before, is_need: bool) -> Amount | None:
    comparator = said.comparator or read.comparator
    if read.high is not None:
        amount = Amount(Comparator.BETWEEN, read.low, read.high, read.unit)
    elif comparator is not None:
        amount = Amount(comparator, read.low, None, read.unit)
    else:
        about = Comparator.ABOUT if said.is_about or read.is_about else Comparator.EQ
        amount = Amount(about, read.low, None, read.unit, is_tolerance=read.is_tolerance, toward=said.toward)
    if read.is_tolerance and amount.comparator in {Comparator.EQ, Comparator.LE}:
        amount = replace(
            amount, comparator=Comparator.LE if is_need or comparator else Comparator.EQ, is_tolerance=True
        )
    if said.is_ratio:
        return _of_before(amount, said.change)
    return replace(_percent(amount), change=said.change) if said.change else amount


def _percent(amount: Amount) -> Amount:
    """Twice is two hundred percent, where a change is meant."""
    if amount.unit.expression != "multiple":
        return amount
    high = None if amount.high is None else amount.high * _HUNDRED
    return replace(amount, low=amount.low * _HUNDRED, high=high, unit=Unit("%", "percent"))


def _of_before(amount: Amount, change: Change) -> Amount | None:
    """Turn what is left of the former value (降至原来的 1/3) into how much it changed."""
    amount = _percent(amount)
    if amount.unit.expression != "percent" or amount.high is not None:
        return None
    change = change or (Change.DOWN if amount.low < _HUNDRED else Change.UP)
    by = _HUNDRED - amount.low if change is Change.DOWN else amount.low - _HUNDRED
    turned = {Comparator.GE: Comparator.LE, Comparator.GT: Comparator.LT}
    turned |= {later: earlier for earlier, later in turned.items()}
    comparator = turned.get(amount.comparator, amount.comparator) if change is Change.DOWN else amount.comparator
    return replace(amount, low=by, change=change, comparator=comparator) if by >= 0 else None


def _per(read: Quantity, per: str) -> Quantity:
    unit = read_unit(f"{read.unit.text}/{per}")
    return replace(read, unit=unit) if unit.expression else read


def _is_meant(read: Quantity, said: phrases.Before, name: str, is_need: bool) -> bool:
    compares = said.comparator or read.comparator or read.high is not None or read.is_tolerance
    says_how = bool(compares or said.says_how)
    if is_need and not says_how:
        return False
    if read.unit == NO_UNIT and _PH.search(name):
        return not is_need or says_how
    if read.unit == NO_UNIT:
        return bool(compares and not read.is_spelled) and (
            read.high is None or bool(_PH.search(name)) or bool(said.comparator)
        )
    if read.unit.is_count:
        return says_how or bool(_COUNTED.search(name))
    if (read.unit.expression or "") in _TIMES and not says_how:
        return bool(_TIMED.search(name))
    return True


def _is_circumstance(text: str, read: Quantity, said: phrases.Before, name: str) -> bool:
    """Whether a number only says under what the following holds: 28d 抗压强度, 循环 500 次容量保持率."""
    is_bare = not said.says_how and read.comparator is None and read.high is None and not read.is_tolerance
    is_long_enough = len(name) <= 2 and read.unit.expression not in {"", "percent", None}
    return is_bare and is_long_enough and _NAMED_AFTER.match(text, read.end) is not None


def _stands_alone(read: Quantity, name: str) -> bool:
    """Whether a number without unit, or of things, is said of `name` all the same: pH 7.2, 寿命 3 万次."""
    return bool((_PH if read.unit == NO_UNIT else _COUNTED).search(name))


def _settled(amount: Amount, name: str) -> Amount:
    """Say which side 优于 means, now that it is known what is measured."""
    if amount.comparator is not Comparator.BETTER:
        return amount
    return replace(amount, comparator=Comparator.LT if SMALLER_IS_BETTER.search(name) else Comparator.GT)


def _is_noise(text: str, read: Quantity, floor: int) -> bool:
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


def _condition(left: str, amount: str) -> str:
    return (name_of(left)[0] + amount).strip()


def _goes_on(text: str, place: int, stop: int) -> bool:
    found = _STOP.search(text, place, stop)
    end = found.start() if found else stop
    return CANDIDATE.search(text, place, end) is not None
