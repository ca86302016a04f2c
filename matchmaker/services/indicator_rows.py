"""The indicators of both sides in one table, and whether what is offered reaches what is asked for."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from matchmaker.services.projection import IndicatorView

SAME_NAME = 0.5
AT_LEAST = frozenset({"ge", "gt"})
AT_MOST = frozenset({"le", "lt"})


@dataclass(frozen=True, slots=True)
class IndicatorRow:
    """One line: what the need asks for, what the achievement says of it, either may be missing.

    `is_met` is None where the two cannot be compared as numbers of one unit.
    """

    need: IndicatorView | None
    achievement: IndicatorView | None
    is_met: bool | None


def align_indicators(needs: Sequence[IndicatorView], achievements: Sequence[IndicatorView]) -> tuple[IndicatorRow, ...]:
    """Put indicators of the same name on one line: the need's in their order, then what is left of the other's."""
    left = list(achievements)
    rows: list[IndicatorRow] = []
    for need in needs:
        best = max(left, key=lambda other: _likeness(need.name, other.name), default=None)
        if best is None or _likeness(need.name, best.name) < SAME_NAME:
            best = None
        else:
            left.remove(best)
        rows.append(IndicatorRow(need, best, _is_met(need, best) if best else None))
    return (*rows, *(IndicatorRow(None, other, None) for other in left))


def _likeness(one: str, other: str) -> float:
    """Dice's coefficient of the two names' characters and pairs of neighbours, from 0 to 1."""
    first, second = _pieces(one), _pieces(other)
    shared = len(first & second)
    return 2 * shared / (len(first) + len(second)) if shared else 0.0


def _pieces(name: str) -> set[str]:
    text = "".join(unicodedata.normalize("NFKC", name).casefold().split())
    return {*text, *(text[place : place + 2] for place in range(len(text) - 1))}


def _is_met(need: IndicatorView, achievement: IndicatorView) -> bool | None:
    if _unit(need) != _unit(achievement):
        return None
    least, most = _range(need)
    lowest, highest = _range(achievement)
    offered_above, offered_below = achievement.comparator in AT_LEAST, achievement.comparator in AT_MOST
    if need.comparator in AT_LEAST and least is not None and lowest is not None and not offered_below:
        return lowest >= least
    if need.comparator in AT_MOST and most is not None and highest is not None and not offered_above:
        return highest <= most
    return None


def _range(indicator: IndicatorView) -> tuple[Decimal | None, Decimal | None]:
    value = _number(indicator.value)
    if indicator.comparator == "between":
        return value, _number(indicator.upper or "")
    return value, value


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def _unit(indicator: IndicatorView) -> str:
    return "".join(unicodedata.normalize("NFKC", indicator.unit or "").casefold().split())
