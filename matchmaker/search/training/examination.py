"""How likely somebody looks at a place of a list, learned from pairs that stood at several places.

The position-based model (Craswell et al. 2008): an entry is opened when looked at and wanted; it is looked at with
the chance position ** -eta, whatever stands there. What is wanted differs between places, as lists put the best first;
so only entries count that the same viewer saw at two places or more, each beside itself: intervention harvesting by all
pairs of places (Agarwal et al. 2019, "Estimating position bias without intrusive interventions"). eta is drawn to 1, as
in Joachims et al. 2017, so that few lists change it little.
"""

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

PRIOR, PRIOR_SPREAD = 1.0, 0.5
DEEPEST = 50
"""Places beyond this are looked at as seldom as this one."""
LARGEST = 3.0
STEPS = np.arange(0.0, LARGEST + 0.005, 0.01)
WANTED = np.linspace(0.01, 1.0, 100)

Cells = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Impression:
    """One entry as it was seen once: `subject` is who saw what, `position` counts from 1."""

    subject: Hashable
    position: int
    opened: bool


@dataclass(frozen=True, slots=True)
class Examination:
    """The chance of each place; `compared` is how many pairs of places of one subject it was learned from."""

    eta: float = PRIOR
    compared: int = 0

    def chance(self, position: int) -> float:
        """Return how likely a place is looked at, in (0, 1]; the first place is 1."""
        return float(min(max(position, 1), DEEPEST) ** -self.eta)

    def seen(self, positions: Iterable[int]) -> float:
        """Return how likely an entry was looked at once at least, that stood at these places; 0 at none."""
        missed = 1.0
        for position in positions:
            missed *= 1 - self.chance(position)
        return 1 - missed


def fit_examination(impressions: Iterable[Impression]) -> Examination:
    """Estimate eta; without a subject that was seen at two places it is the prior."""
    cells = _compared(impressions)
    if not len(cells):
        return Examination()
    fits = [_likelihood(cells, eta) - (eta - PRIOR) ** 2 / (2 * PRIOR_SPREAD**2) for eta in STEPS]
    return Examination(round(float(STEPS[int(np.argmax(fits))]), 2), int(cells[:, 2].sum()))


def _compared(impressions: Iterable[Impression]) -> Cells:
    """Rows of two bands of places: the mean log place of each, how many subjects stood in both, and the share opened in
    each, summed over subjects."""
    seen: dict[Hashable, dict[int, list[float]]] = defaultdict(lambda: defaultdict(lambda: [0.0, 0.0, 0.0]))
    for each in impressions:
        position = min(max(each.position, 1), DEEPEST)
        cell = seen[each.subject][_band(position)]
        cell[0] += 1
        cell[1] += math.log(position)
        cell[2] += each.opened
    found: dict[tuple[int, int], NDArray[np.float64]] = defaultdict(lambda: np.zeros(5))
    for bands in seen.values():
        for one, other in combinations(sorted(bands), 2):
            (near, near_log, near_opened), (far, far_log, far_opened) = bands[one], bands[other]
            found[one, other] += (near_log / near, far_log / far, 1, near_opened / near, far_opened / far)
    rows = np.array([row for _, row in sorted(found.items())], dtype=np.float64).reshape(-1, 5)
    rows[:, :2] /= rows[:, 2:3]
    return rows


def _band(position: int) -> int:
    """1, 2, 3-4, 5-8, 9-16, ...: place by place, most pairs of places would have one entry or none."""
    return (position - 1).bit_length()


def _likelihood(cells: Cells, eta: float) -> float:
    """The log-likelihood, each pair of bands having a share of wanted entries of its own, every one as likely before:
    the best one would fit a band with one entry exactly, and teach that all places are alike."""
    count = cells[:, 2, None, None]
    chances = np.exp(-eta * cells[:, :2, None]) * WANTED
    opened = cells[:, 3:, None]
    terms = opened * np.log(chances) + (count - opened) * np.log1p(-np.minimum(chances, 1 - 1e-9))
    return float(np.logaddexp.reduce(terms.sum(axis=1), axis=1).sum())
