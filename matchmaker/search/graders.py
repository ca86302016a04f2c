"""How far each of several graders can be relied on, from what they said of the same pairs.

The model has one factor. A pair fits by some hidden `x`, and a grader says `mean + shift + slope * x + noise`. He who
grades at random has a slope near 0, he who turns the scale round one below 0, he who is merely harsh a shift below 0
and the slope of everybody else. His reliability is the part of what he says that `x` explains,

    slope² / (slope² + noise²)    where the slope is above 0, else 0,

so that a constant shift costs him nothing but what the ends of the scale cut off. All of it is found together by
expectation and maximization (Rubin and Thayer 1982, for missing entries), with a prior that stands for PRIOR_PAIRS
pairs graded by somebody of middling use: who has graded little stays near it, and nobody is believed outright.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

PRIOR_PAIRS = 12.0
PRIOR_SLOPE, SLOPE_WEIGHT = 0.8, 6.0
PRIOR_NOISE = 1.0
"""Variance. With the prior slope it makes a newcomer's reliability 0.39."""
SHIFT_WEIGHT = 4.0
LEAST_NOISE = 0.15
"""Variance that nobody falls below: whole grades alone are off by 1/12, and nobody else's reading is one's own."""
ROUNDS = 200
NEAR_ENOUGH = 1e-5

NEWCOMER = PRIOR_SLOPE**2 / (PRIOR_SLOPE**2 + PRIOR_NOISE)
"""The reliability of somebody of whom nothing is known."""

Given = tuple[object, int, int]
"""What was said once: (what names the pair, the grader's id, the grade)."""


@dataclass(frozen=True, slots=True)
class Grader:
    """What is thought of a grader: `reliability` 0 to 1, `shift` in grades against the others (below 0: harsher), and
    the number of pairs that others have graded too."""

    reliability: float
    shift: float
    shared: int


def estimate_graders(given: Sequence[Given]) -> Mapping[int, Grader]:
    """Return what is thought of each grader; pairs that only one has graded say nothing and count for nothing.

    The order of what is given makes no difference.
    """
    ids = sorted({grader for _, grader, _ in given})
    shared = _shared(given)
    if not shared:
        return {grader: Grader(NEWCOMER, 0.0, 0) for grader in ids}
    places = {grader: place for place, grader in enumerate(ids)}
    pairs = {pair: place for place, pair in enumerate(sorted({pair for pair, _, _ in shared}, key=repr))}
    fit = _Fit(
        np.array([pairs[pair] for pair, _, _ in shared]),
        np.array([places[grader] for _, grader, _ in shared]),
        np.array([grade for _, _, grade in shared], dtype=np.float64),
        len(ids),
    )
    slopes, shifts, noises = fit.solve()
    relied = [reliability(slope, noise) for slope, noise in zip(slopes, noises, strict=True)]
    # Against those who can be relied on: what somebody says who turns the scale round moves nobody's shift.
    middle = np.average(shifts, weights=relied) if sum(relied) > 0 else 0.0
    counts = np.bincount(fit.graders, minlength=len(ids))
    return {
        grader: Grader(relied[place], float(shifts[place] - middle), int(counts[place]))
        for place, grader in enumerate(ids)
    }


def reliability(slope: float, noise: float) -> float:
    """Return the part of a grader's word that the pair explains, 0 to 1; 0 where he means the opposite."""
    return float(slope**2 / (slope**2 + noise)) if slope > 0 else 0.0


def _shared(given: Sequence[Given]) -> list[Given]:
    """What was said of pairs that two have graded, in an order of its own: sums must not hang on the caller's."""
    graders: dict[object, set[int]] = {}
    for pair, grader, _ in given:
        graders.setdefault(pair, set()).add(grader)
    return sorted((row for row in given if len(graders[row[0]]) > 1), key=repr)


@dataclass(frozen=True, slots=True)
class _Fit:
    """Grades as three arrays of one length: place of the pair, place of the grader, grade."""

    pairs: NDArray[np.int64]
    graders: NDArray[np.int64]
    grades: Floats
    number: int

    def solve(self) -> tuple[Floats, Floats, Floats]:
        """Return slope, shift and variance of the noise of each grader."""
        centred = self.grades - self.grades.mean()
        slopes = np.full(self.number, PRIOR_SLOPE)
        shifts = np.zeros(self.number)
        noises = np.full(self.number, PRIOR_NOISE)
        for _ in range(ROUNDS):
            means, variance = self._pairs_given(centred, slopes, shifts, noises)
            found = self._graders_given(centred, means, variance)
            moved = max(np.abs(found[0] - slopes).max(), np.abs(found[1] - shifts).max())
            slopes, shifts, noises = found
            if moved < NEAR_ENOUGH:
                break
        return slopes, shifts, noises

    def _pairs_given(self, centred: Floats, slopes: Floats, shifts: Floats, noises: Floats) -> tuple[Floats, Floats]:
        """Mean and variance of how well each pair fits, of which nothing is known beforehand but mean 0, variance 1."""
        precision = 1 + np.bincount(self.pairs, (slopes**2 / noises)[self.graders])
        pulled = np.bincount(self.pairs, (slopes / noises)[self.graders] * (centred - shifts[self.graders]))
        return pulled / precision, 1 / precision

    def _graders_given(self, centred: Floats, means: Floats, variance: Floats) -> tuple[Floats, Floats, Floats]:
        """Each grader's line through what he said, drawn towards the prior."""
        x, spread = means[self.pairs], (variance + means**2)[self.pairs]
        count, sum_x, sum_xx = self._sums(np.ones_like(x)), self._sums(x), self._sums(spread)
        sum_y, sum_xy, sum_yy = self._sums(centred), self._sums(x * centred), self._sums(centred**2)
        a11, a12, a22 = count + SHIFT_WEIGHT, sum_x, sum_xx + SLOPE_WEIGHT
        b1, b2 = sum_y, sum_xy + SLOPE_WEIGHT * PRIOR_SLOPE
        determinant = a11 * a22 - a12**2
        shifts, slopes = (a22 * b1 - a12 * b2) / determinant, (a11 * b2 - a12 * b1) / determinant
        left = sum_yy - 2 * shifts * sum_y - 2 * slopes * sum_xy
        left += shifts**2 * count + 2 * shifts * slopes * sum_x + slopes**2 * sum_xx
        noises = (left + PRIOR_PAIRS * PRIOR_NOISE) / (count + PRIOR_PAIRS)
        return slopes, shifts, np.maximum(noises, LEAST_NOISE)

    def _sums(self, values: Floats) -> Floats:
        sums: Floats = np.bincount(self.graders, values, minlength=self.number).astype(np.float64)
        return sums
