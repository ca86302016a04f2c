"""Facets of a pair, need first: a rule returns None where one side does not say, so that it counts for nothing."""

from collections.abc import Callable
from decimal import Decimal

from matchmaker.search.document import Document

# An achievement's stage against the stage that a need asks for: how far it is behind, in steps.
STAGE_ORDER = {"lab": 0, "pilot": 1, "mature": 2}
PROVINCE_DIGITS = 2
SECTION_STARTS = (1, 6, 13, 44, 47, 51, 53, 61, 63, 66, 70, 71, 73, 76, 80, 83, 84, 86, 91, 97)
"""First division of each section A to T of GB/T 4754-2017."""


def _field(need: Document, achievement: Document) -> float | None:
    """1 for the same field, -1 for another."""
    if need.field is None or achievement.field is None:
        return None
    return 1.0 if need.field == achievement.field else -1.0


def _industry(need: Document, achievement: Document) -> float | None:
    """1 for the same division, 0.5 for the same section, -0.5 for another section."""
    if need.industry is None or achievement.industry is None:
        return None
    if need.industry == achievement.industry:
        return 1.0
    return 0.5 if _section(need.industry) == _section(achievement.industry) else -0.5


def _section(industry: str) -> int:
    if not industry.isdecimal():
        return ord(industry[0]) - ord("A") + 1  # a section's own letter
    return sum(int(industry) >= start for start in SECTION_STARTS)


def _region(need: Document, achievement: Document) -> float | None:
    """1 for the same city or prefecture, 0.5 for the same province or country; elsewhere is no fault (0)."""
    one, other = need.region, achievement.region
    if one is None or other is None:
        return None
    if one[:2] != other[:2]:
        return 0.0
    # A whole province's code, or a country's letters, name no city that could be the same.
    names_city = len(one) > PROVINCE_DIGITS and not one.endswith("0000")
    return 1.0 if one[:4] == other[:4] and names_city else 0.5


def _stage(need: Document, achievement: Document) -> float | None:
    """1 where the achievement is as far as asked for or farther, -1 for each step that it is behind."""
    wanted, reached = STAGE_ORDER.get(need.stage or ""), STAGE_ORDER.get(achievement.stage or "")
    if wanted is None or reached is None:
        return None
    return 1.0 if reached >= wanted else float(reached - wanted)


def _budget(need: Document, achievement: Document) -> float | None:
    """1 where the budget covers the price, falling to -1 where the price is three times the budget or more."""
    budget, price = need.money, achievement.money
    if budget is None or price is None or budget <= 0:
        return None
    over = float(price / budget) - 1.0 if price > Decimal(0) else -1.0
    return 1.0 if over <= 0 else max(-1.0, 1.0 - over)


def _cooperation(need: Document, achievement: Document) -> float | None:
    """1 where both accept a way of cooperating, -1 where none is common."""
    if not need.cooperation or not achievement.cooperation:
        return None
    return 1.0 if need.cooperation & achievement.cooperation else -1.0


FACETS: dict[str, Callable[[Document, Document], float | None]] = {
    "field": _field,
    "industry": _industry,
    "region": _region,
    "stage": _stage,
    "budget": _budget,
    "cooperation": _cooperation,
}
