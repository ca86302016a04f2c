"""Ordered grades from a score: the cumulative logit model (McCullagh 1980), its shares, and fitting it.

A grade of k or better has the probability sigmoid(score - threshold_k).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
GRADES = (1, 2, 3)
SMALLEST = 1e-9


@dataclass(frozen=True, slots=True)
class OrdinalFit:
    """Weights of the columns, shape (m,), none below 0, and the thresholds of grades 1 to 3, rising."""

    weights: Array
    thresholds: Array


class Lean(NamedTuple):
    """What a fit leans on beside its pairs: how much each pair counts, shape (n,), and the thresholds that are believed
    before any pair is seen, with what a squared unit of distance from their steps costs."""

    importance: Array
    thresholds: Array
    ridge: float


def shares(scores: Array, thresholds: Array) -> Array:
    """Return the probabilities of grades 0 to 3 at each score, shape (n, 4)."""
    reached = _reached(scores, thresholds)
    bounds = np.vstack([np.ones_like(scores), reached, np.zeros_like(scores)])
    found: Array = (bounds[:-1] - bounds[1:]).T
    return found


def expected_grades(scores: Array, thresholds: Array) -> Array:
    """Return the mean grade at each score, shape (n,), 0 to 3."""
    summed: Array = _reached(scores, thresholds).sum(axis=0)
    return summed


def median_grades(scores: Array, thresholds: Array) -> NDArray[np.int64]:
    """Return the highest grade as likely reached as not, shape (n,): the grade of least expected absolute error."""
    found: NDArray[np.int64] = (scores[:, None] >= thresholds).sum(axis=1)
    return found


def fit_ordinal(
    columns: Array,
    grades: NDArray[np.int64],
    prior: Array,
    ridge: float,
    offset: Array | None = None,
    lean: Lean | None = None,
) -> OrdinalFit:
    """Return the weights and thresholds that make the grades most likely, drawn to `prior` by `ridge`.

    Args:
        columns: shape (n, m), each of about unit spread, so that one ridge fits all.
        grades: shape (n,), 0 to 3.
        offset: shape (n,), added to each score as it is.
        prior: shape (m,), what the weights are believed to be before any pair is seen.
        ridge: what a squared unit of distance from the prior costs, against the mean log-likelihood of a pair.
        lean: without one every pair counts alike, and the thresholds follow the grades alone.
    """
    from scipy.optimize import minimize

    count = columns.shape[1]
    fixed = np.zeros(len(grades)) if offset is None else offset
    first = _first_thresholds(grades) if lean is None else _steps(lean.thresholds)
    start = np.concatenate([prior, first])
    leaning = _Leaning(np.ones(len(grades)), first, 0.0)
    if lean is not None:
        leaning = _Leaning(lean.importance / lean.importance.mean(), first, lean.ridge)
    bounds = [(0.0, None)] * count + [(None, None)] * len(GRADES)
    found = minimize(
        lambda values: _loss(values, columns, grades, prior, ridge, fixed, leaning),
        start,
        jac=True,
        bounds=bounds,
        method="L-BFGS-B",
        options={"maxiter": 1000},
    ).x
    return OrdinalFit(found[:count], _thresholds(found[count:]))


def fit_shift(
    scores: Array, grades: NDArray[np.int64], thresholds: Array, spread: float, importance: Array | None = None
) -> float:
    """Return what, added to all scores of a group, makes its grades most likely, where shifts of groups are believed to
    be normal about 0 with that spread: few pairs move it little. `importance` is how much each pair counts, 1 without.
    """
    from scipy.optimize import minimize_scalar

    rows = np.arange(len(grades))

    def loss(shift: float) -> float:
        likely = shares(scores + shift, thresholds)[rows, grades].clip(SMALLEST)
        told = np.log(likely) if importance is None else importance * np.log(likely)
        return float(-told.sum() + shift**2 / (2 * spread**2))

    return float(minimize_scalar(loss, bounds=(-4 * spread, 4 * spread), method="bounded").x)


def fit_shifts(
    scores: Array, grades: NDArray[np.int64], thresholds: Array, spread: float
) -> tuple[float, float, float]:
    """Return such shifts for each grade apart: what, added to all scores of a group, makes it most likely which of its
    pairs reach grade 1, which grade 2, which grade 3."""
    from scipy.optimize import minimize_scalar

    def fit(grade: int) -> float:
        signs = np.where(grades >= grade, -1.0, 1.0)

        def loss(shift: float) -> float:
            missed = np.logaddexp(0.0, signs * (scores + shift - thresholds[grade - 1]))
            return float(missed.sum() + shift**2 / (2 * spread**2))

        return float(minimize_scalar(loss, bounds=(-4 * spread, 4 * spread), method="bounded").x)

    one, two, three = map(fit, GRADES)
    return one, two, three


def fit_scale(scores: Array, shifts: Array, grades: NDArray[np.int64]) -> OrdinalFit:
    """Return one weight, of 0 or more, for all scores with their shifts, and the thresholds after it.

    Args:
        scores: shape (n,).
        shifts: shape (n, 3), added to a score where grades 1, 2 and 3 or better are in question.
        grades: shape (n,), 0 to 3.
    """
    from scipy.optimize import minimize

    columns = scores[:, None] + shifts
    signs = np.where(grades[:, None] >= np.array(GRADES), 1.0, -1.0)

    def loss(values: Array) -> tuple[float, Array]:
        margins = signs * (values[0] * columns - _thresholds(values[1:]))
        slopes = -signs / (1 + np.exp(np.clip(margins, -60, 60))) / len(grades)
        one, two, three = -slopes.sum(axis=0)
        widths = np.exp(values[2:])
        felt = np.array([one + two + three, (two + three) * widths[0], three * widths[1]])
        return float(np.logaddexp(0.0, -margins).sum(axis=1).mean()), np.array([(slopes * columns).sum(), *felt])

    start = np.array([1.0, *_first_thresholds(grades)])
    bounds = [(0.0, None), *[(None, None)] * len(GRADES)]
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"maxiter": 1000}).x
    return OrdinalFit(found[:1], _thresholds(found[1:]))


class _Leaning(NamedTuple):
    """How much each pair counts, shape (n,), 1 in the mean, and the steps that the thresholds are drawn to."""

    importance: Array
    steps: Array
    ridge: float


def _loss(
    values: Array,
    columns: Array,
    grades: NDArray[np.int64],
    prior: Array,
    ridge: float,
    offset: Array,
    leaning: _Leaning,
) -> tuple[float, Array]:
    """The mean negative log-likelihood with the ridges, and its gradient."""
    count = columns.shape[1]
    weights, steps = values[:count], values[count:]
    scores = columns @ weights + offset
    reached = _reached(scores, _thresholds(steps))
    slopes = reached * (1 - reached)
    bounds = np.vstack([np.ones_like(scores), reached, np.zeros_like(scores)])
    leans = np.vstack([np.zeros_like(scores), slopes, np.zeros_like(scores)])
    rows = np.arange(len(grades))
    likely = (bounds[grades, rows] - bounds[grades + 1, rows]).clip(SMALLEST)
    by_score = -(leans[grades, rows] - leans[grades + 1, rows]) / likely * leaning.importance / len(grades)
    # Raising the threshold of grade k takes from those at k or better what it gives to those below.
    at = [np.where(grades == k, 1.0, 0.0) - np.where(grades == k - 1, 1.0, 0.0) for k in GRADES]
    felt = slopes / likely * leaning.importance
    by_threshold = np.array([(side * felt[k]).sum() for k, side in enumerate(at)]) / len(grades)
    widths = np.exp(steps[1:])
    by_step = np.array([by_threshold.sum(), by_threshold[1:].sum() * widths[0], by_threshold[2] * widths[1]])
    away, off = weights - prior, steps - leaning.steps
    loss = float(
        -(np.log(likely) * leaning.importance).mean() + ridge * (away**2).sum() + leaning.ridge * (off**2).sum()
    )
    return loss, np.concatenate([columns.T @ by_score + 2 * ridge * away, by_step + 2 * leaning.ridge * off])


def _reached(scores: Array, thresholds: Array) -> Array:
    found: Array = 1 / (1 + np.exp(np.clip(thresholds[:, None] - scores, -60, 60)))
    return found


def _thresholds(steps: Array) -> Array:
    found: Array = np.cumsum([steps[0], *np.exp(steps[1:])])
    return found


def _steps(thresholds: Array) -> Array:
    found: Array = np.array([thresholds[0], *np.log(np.maximum(np.diff(thresholds), SMALLEST))])
    return found


def _first_thresholds(grades: NDArray[np.int64]) -> Array:
    """Thresholds at which a score of 0 has the shares of the grades at hand."""
    least = np.array([(grades >= k).mean() for k in GRADES]).clip(0.01, 0.99)
    edges = np.log(1 / least - 1)
    return np.array([edges[0], *np.log(np.maximum(np.diff(edges), 0.05))])
