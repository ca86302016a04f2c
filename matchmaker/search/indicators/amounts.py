"""What an indicator says of its quantity: a number or range in a unit, or how much it changes."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from matchmaker.search.indicators.units import NO_UNIT, Unit, converted

ROUGHLY = Decimal("0.05")


class Comparator(StrEnum):
    """How a number is meant. The first six are the codes of the forms; ABOUT is 约, BETTER 优于, which is
    settled when the name is known."""

    GE = "ge"
    GT = "gt"
    LE = "le"
    LT = "lt"
    EQ = "eq"
    BETWEEN = "between"
    ABOUT = "about"
    BETTER = "better"


class Change(StrEnum):
    """Whether the number says how much something grows or falls, against what it was before."""

    NONE = ""
    UP = "up"
    DOWN = "down"


class Toward(StrEnum):
    """Which way a number without comparator points: 提高到, 降至, 达到; NOWHERE where it just stands there."""

    NOWHERE = ""
    UP = "up"
    DOWN = "down"
    REACH = "reach"


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers from `low` to `high`; None is without bound, `open` says that the bound itself is not among them."""

    low: Decimal | None
    high: Decimal | None
    low_open: bool = False
    high_open: bool = False

    def holds(self, other: "Interval") -> bool:
        """Whether every number of `other` is among these."""
        return _reaches(self.low, self.low_open, other.low, other.low_open, -1) and _reaches(
            self.high, self.high_open, other.high, other.high_open, 1
        )

    def meets(self, other: "Interval") -> bool:
        """Whether any number is among both."""
        return not (_ends_before(self, other) or _ends_before(other, self))


@dataclass(frozen=True, slots=True)
class Amount:
    """A number (`low`) or a range (`low` to `high`, with BETWEEN) in a unit.

    `is_tolerance`: it was written ±; `change`: it says how much something grows or falls (percent of before, unless the
    unit is another one); `toward`: the direction of the verb before a number without comparator.
    """

    comparator: Comparator
    low: Decimal
    high: Decimal | None = None
    unit: Unit = NO_UNIT
    change: Change = Change.NONE
    is_tolerance: bool = False
    toward: Toward = Toward.NOWHERE

    def interval(self) -> Interval:
        """The numbers that it may be."""
        match self.comparator:
            case Comparator.GE | Comparator.GT:
                return Interval(self.low, None, low_open=self.comparator is Comparator.GT)
            case Comparator.LE | Comparator.LT:
                return Interval(None, self.low, high_open=self.comparator is Comparator.LT)
            case Comparator.BETWEEN:
                return Interval(self.low, self.high)
            case Comparator.ABOUT:
                about = abs(self.low) * ROUGHLY
                return Interval(self.low - about, self.low + about)
        return Interval(self.low, self.low)

    def in_unit(self, unit: Unit) -> "Amount | None":
        """The same amount in another unit; None where that measures something else."""
        is_difference = self.is_tolerance or self.change is not Change.NONE
        low = converted(self.low, self.unit, unit, is_difference=is_difference)
        high = converted(self.high, self.unit, unit, is_difference=is_difference) if self.high is not None else None
        return None if low is None else replace(self, low=low, high=high, unit=unit)

    def as_dict(self) -> dict[str, Any]:
        """The amount as plain JSON."""
        return {
            "comparator": str(self.comparator),
            "low": str(self.low),
            "high": None if self.high is None else str(self.high),
            "unit": [self.unit.text, self.unit.expression, self.unit.shift],
            "change": str(self.change),
            "tolerance": self.is_tolerance,
            "toward": str(self.toward),
        }

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "Amount":
        """Read what `as_dict` wrote."""
        return cls(
            comparator=Comparator(stored["comparator"]),
            low=Decimal(stored["low"]),
            high=None if stored["high"] is None else Decimal(stored["high"]),
            unit=Unit(*stored["unit"]),
            change=Change(stored["change"]),
            is_tolerance=stored["tolerance"],
            toward=Toward(stored["toward"]),
        )


def _reaches(outer: Decimal | None, outer_open: bool, inner: Decimal | None, inner_open: bool, side: int) -> bool:
    if outer is None:
        return True
    if inner is None:
        return False
    return inner * side < outer * side or (inner == outer and (inner_open or not outer_open))


def _ends_before(one: Interval, other: Interval) -> bool:
    if one.high is None or other.low is None:
        return False
    return one.high < other.low or (one.high == other.low and (one.high_open or other.low_open))
