"""How marks become places: weights, mean, trimmed mean, ties. Everything is exact until it is rounded to be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from matchmaker.domain.roadshows import TRIMMED_FROM

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a mark is given for; `weight` is a whole number that counts beside those of the others."""

    key: str
    name: str
    weight: int


def total(dimensions: Sequence[Dimension], scores: Mapping[str, float]) -> Fraction:
    """Return the weighted mean of a whole sheet's marks: on the scale of one mark, whatever the weights add up to."""
    weights = sum(dimension.weight for dimension in dimensions)
    points = sum(dimension.weight * exact(scores[dimension.key]) for dimension in dimensions)
    return Fraction(points) / weights


def exact(mark: float) -> Fraction:
    """Return a mark as it was typed: 8.1 is 81/10, not the nearest binary number."""
    return Fraction(str(mark))


def mean(totals: Sequence[Fraction]) -> Fraction | None:
    """Return the mean of the sheets' totals, None of none."""
    return sum(totals, Fraction()) / len(totals) if totals else None


def trimmed_mean(totals: Sequence[Fraction]) -> Fraction | None:
    """Return the mean without the highest and the lowest total, one of each even where several are as high or low.

    Below TRIMMED_FROM sheets it is the mean of all, for too little would be left.
    """
    if len(totals) < TRIMMED_FROM:
        return mean(totals)
    return mean(sorted(totals)[1:-1])


def shown(value: Fraction | None) -> Decimal | None:
    """Return a score with two places, halves rounded up; this is what is ranked."""
    if value is None:
        return None
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_CENT, ROUND_HALF_UP)


def places(scores: Sequence[Decimal | None]) -> list[int | None]:
    """Return the place of each score, 1 for the highest; equal ones share one, and the next is left out (1, 2, 2, 4).

    What has no score has no place.
    """
    known = [score for score in scores if score is not None]
    return [None if score is None else 1 + sum(other > score for other in known) for score in scores]
