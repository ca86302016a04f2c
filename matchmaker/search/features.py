"""The named features of a pair, need against achievements: similarities, and facets that agree or not.

A feature is NaN where one side does not say; it then adds exactly nothing to the score.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.document import Document
from matchmaker.search.prepared import Prepared, overlaps

Values = NDArray[np.float64]

SIMILARITIES = (
    "meaning_title_title",
    "meaning_title_full",
    "meaning_full_title",
    "meaning_full_full",
    "words_titles",
    "words_texts",
    "characters_titles",
    "characters_texts",
)
# An achievement's stage against the stage that a need asks for: how far it is behind, in steps.
STAGE_ORDER = {"lab": 0, "pilot": 1, "mature": 2}
SECTION_STARTS = (1, 6, 13, 44, 47, 51, 53, 61, 63, 66, 70, 71, 73, 76, 80, 83, 84, 86, 91, 97)
"""First division of each section A to T of GB/T 4754-2017."""


def features(need: Prepared, achievements: Sequence[Prepared]) -> dict[str, Values]:
    """Return each feature's values, shape (len(achievements),)."""
    return {**_similarities(need, achievements), **_facets(need.document, [other.document for other in achievements])}


def _similarities(need: Prepared, achievements: Sequence[Prepared]) -> dict[str, Values]:
    titles = np.array([other.title_vector for other in achievements], dtype=np.float64)
    fulls = np.array([other.full_vector for other in achievements], dtype=np.float64)
    return {
        "meaning_title_title": titles @ need.title_vector,
        "meaning_title_full": fulls @ need.title_vector,
        "meaning_full_title": titles @ need.full_vector,
        "meaning_full_full": fulls @ need.full_vector,
        "words_titles": overlaps(need.title_words, [other.title_words for other in achievements]),
        "words_texts": overlaps(need.full_words, [other.full_words for other in achievements]),
        "characters_titles": overlaps(need.title_grams, [other.title_grams for other in achievements]),
        "characters_texts": overlaps(need.full_grams, [other.full_grams for other in achievements]),
    }


def _facets(need: Document, achievements: Sequence[Document]) -> dict[str, Values]:
    compare: dict[str, Callable[[Document, Document], float | None]] = {
        "field": _field,
        "industry": _industry,
        "region": _region,
        "stage": _stage,
        "budget": _budget,
        "cooperation": _cooperation,
    }
    return {
        name: np.array([_number(rule(need, other)) for other in achievements], dtype=np.float64)
        for name, rule in compare.items()
    }


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


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


def _section(division: str) -> int:
    number = int(division) if division.isdigit() else 0
    return sum(number >= start for start in SECTION_STARTS)


def _region(need: Document, achievement: Document) -> float | None:
    """1 for the same city or prefecture, 0.5 for the same province; elsewhere is no fault (0)."""
    one, other = need.region, achievement.region
    if one is None or other is None:
        return None
    if one[:4] == other[:4]:
        return 1.0
    return 0.5 if one[:2] == other[:2] and one[:2].isdigit() else 0.0


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
