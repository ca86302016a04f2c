"""What a number that was read means: how it is compared, which change it states, and of what it is said at all."""

import re
from dataclasses import replace
from decimal import Decimal

from matchmaker.search.indicators import phrases
from matchmaker.search.indicators.amounts import Amount, Change, Comparator
from matchmaker.search.indicators.labels import SMALLER_IS_BETTER
from matchmaker.search.indicators.quantities import Quantity
from matchmaker.search.indicators.units import NO_UNIT, Unit, read_unit

_HUNDRED = Decimal(100)

_COUNTED = re.compile(r"(?:寿命|次数|产量|产能|能力|容量|规模|频次|速度|效率|目数|等级|循环)$")
_TIMED = re.compile(r"(?:寿命|周期|时间|工期|年限|期|时长|间隔|历时|运行|耗时|延迟|时效|续航)$")
_PH = re.compile(r"[pP][hH]值?$")
_TIMES = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})


def amount_of(read: Quantity, said: phrases.Before, is_need: bool) -> Amount | None:
    """Return the amount that a number states with the words before it; None where it is of no known whole."""
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


def settled(amount: Amount, name: str) -> Amount:
    """Say which side 优于 means, now that it is known what is measured."""
    if amount.comparator is not Comparator.BETTER:
        return amount
    return replace(amount, comparator=Comparator.LT if SMALLER_IS_BETTER.search(name) else Comparator.GT)


def with_change(name: str, amount: Amount) -> tuple[str, Amount]:
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


def per(read: Quantity, span: str) -> Quantity:
    """Return a quantity as one of each span (每小时 500 件: 件/小时), where there is such a unit."""
    unit = read_unit(f"{read.unit.text}/{span}")
    return replace(read, unit=unit) if unit.expression else read


def is_meant(read: Quantity, said: phrases.Before, name: str, is_need: bool) -> bool:
    """Whether a number is an indicator of `name` at all: of a need only what is compared or aimed at."""
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


def stands_alone(read: Quantity, name: str) -> bool:
    """Whether a number without unit, or of things, is said of `name` all the same: pH 7.2, 寿命 3 万次."""
    return bool((_PH if read.unit == NO_UNIT else _COUNTED).search(name))
