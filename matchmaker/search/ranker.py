"""The ranker: additive named terms, calibrated to the four grades of the trade.

The score is the log-odds that a professional would grade the pair 较强 (2) or better. It is a pure function of the two
documents, the weights file and the frozen statistics, so it means the same on every list.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.document import Document
from matchmaker.search.features import READING, TUNED, Values, features, setting, tuned_cosines
from matchmaker.search.gauge import Gauge
from matchmaker.search.history import HISTORY, Shifts, need_key
from matchmaker.search.prepared import Prepared, Vector, prepare
from matchmaker.search.statistics import Statistics, load_statistics
from matchmaker.search.weights import RankerError, read_weights

__all__ = ["BASE", "RELEVANT", "PairScore", "Ranker", "RankerError", "Term", "default_ranker"]

BASE = "base"
RELEVANT = 2


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a score: the feature's value (None where a side does not say) and what it adds, in log-odds."""

    name: str
    value: float | None
    contribution: float


@dataclass(frozen=True, slots=True)
class PairScore:
    """A scored pair.

    `score` is the sum of the terms' contributions; `probability` is of grade 2 or better; `grades` are the
    probabilities of grades 0 to 3; `grade` is their median, the highest grade that is as likely reached as not: it errs
    least by the trade's own measure, the mean absolute error, and says 较强 exactly where the percentage passes 50.
    """

    score: float
    probability: float
    grades: tuple[float, float, float, float]
    grade: int
    names: tuple[str, ...]
    values: tuple[float | None, ...]
    contributions: tuple[float, ...]

    @property
    def terms(self) -> tuple[Term, ...]:
        """Every feature's term and last the base; made when asked for, as most scored pairs are never shown."""
        return tuple(map(Term, self.names, self.values, self.contributions))

    @property
    def expected_grade(self) -> float:
        """The mean grade, 0 to 3."""
        return sum(grade * share for grade, share in enumerate(self.grades))

    def share(self, term: Term) -> float:
        """What `term` adds as a part of the largest contribution of this pair, -1 to 1, for bars; 0 for the base."""
        largest = max(map(abs, self.contributions[:-1]), default=0.0)
        return term.contribution / largest if largest and term.name != BASE else 0.0


class Ranker:
    """Scores pairs by a weights file (its shape is in `weights.py`). `version` changes with any number that counts."""

    def __init__(self, content: str, statistics: Statistics, gauge: Gauge | None = None) -> None:
        """Take a weights file's text, and the gauge of the model which vectors are from if it is another than its own.

        Raises:
            RankerError: it cannot be used.
        """
        self._statistics = statistics
        self._weights = read_weights(content)
        self._gauge = gauge
        source = content + statistics.version + ("" if gauge is None else repr(gauge))
        digest = hashlib.sha256(source.encode()).hexdigest()[:8]
        self.version = f"{self._weights.name}-{digest}"

    @classmethod
    def load(cls, path: Path) -> "Ranker":
        """Read a weights file.

        Raises:
            RankerError: it cannot be used.
        """
        try:
            return cls(path.read_text(encoding="utf-8"), load_statistics())
        except (OSError, UnicodeDecodeError) as error:
            raise RankerError(f"{path}: {error}") from error

    @property
    def model(self) -> str:
        """The embedding model whose similarities the weights were set for."""
        return self._weights.model

    @property
    def thresholds(self) -> tuple[float, float, float]:
        """The scores from which grades 1, 2 and 3 are as likely reached as not, for needs not learned from."""
        return self._weights.thresholds

    def shifts_of(self, need: Document) -> Shifts | None:
        """Return what was learned of a need itself (see history.py); None of one that nothing was learned from."""
        history = self._weights.history
        return history.get(need_key(need)) if history else None

    def prepare(self, document: Document, title_vector: Vector, full_vector: Vector) -> Prepared:
        """Compute once what scoring needs of a document."""
        return prepare(document, title_vector, full_vector, self._statistics)

    def score(
        self, need: Prepared, achievements: Sequence[Prepared], readings: Sequence[float | None] | None = None
    ) -> list[PairScore]:
        """Score one need against achievements, in their order; `readings` are a pair reader's numbers for the pairs,
        None where it has not read one."""
        return self._score(need, achievements, readings, one_is_need=True)

    def score_needs(
        self, needs: Sequence[Prepared], achievement: Prepared, readings: Sequence[float | None] | None = None
    ) -> list[PairScore]:
        """Score needs against one achievement, in their order; `readings` as for `score`."""
        return self._score(achievement, needs, readings, one_is_need=False)

    def _score(
        self,
        one: Prepared,
        others: Sequence[Prepared],
        readings: Sequence[float | None] | None,
        *,
        one_is_need: bool,
    ) -> list[PairScore]:
        if not others:
            return []
        values = features(one, others, one_is_need=one_is_need)
        added = self._weights.contributions(values, setting(one, others), self._gauge)
        needs = [one] * len(others) if one_is_need else others
        shifts = [self.shifts_of(need.document) for need in needs]
        self._learned(one, others, shifts, values, added)
        self._read(readings, values, added)
        names = (*added, BASE)
        rows = zip(*(_known(values[name]) for name in added), strict=True)
        columns = zip(*(column.tolist() for column in added.values()), strict=True)
        thresholds = map(self._weights.thresholds_of, shifts)
        return [self._pair(names, *pair) for pair in zip(rows, columns, thresholds, strict=True)]

    def _learned(
        self,
        one: Prepared,
        others: Sequence[Prepared],
        shifts: Sequence[Shifts | None],
        values: dict[str, Values],
        added: dict[str, Values],
    ) -> None:
        """Add what only trained weights have of each pair: its need's history, and the tuned meaning."""
        if self._weights.history:
            second = np.array([None if row is None else row[1] for row in shifts], dtype=np.float64)
            factors = np.where(np.isnan(second), 1.0, self._weights.known_factor)
            for name in added:
                added[name] = added[name] * factors
            values[HISTORY], added[HISTORY] = second, np.nan_to_num(second, nan=0.0)
        members = self._weights.tuned
        if members:
            cosines = tuned_cosines(one, others, len(members))
            known = _seen(values, cosines[:, 0])
            every = [rule.contributions(column, known) for rule, column in zip(members, cosines.T, strict=True)]
            values[TUNED] = cosines.mean(axis=1)
            added[TUNED] = np.nan_to_num(np.sum(every, axis=0), nan=0.0)

    def _read(
        self, readings: Sequence[float | None] | None, values: dict[str, Values], added: dict[str, Values]
    ) -> None:
        """Add what a pair reader says, or what it is estimated to say."""
        rule = self._weights.reading
        if rule is None:
            return
        others = np.sum(list(added.values()), axis=0) + self._weights.base
        read = np.full(len(others), np.nan) if readings is None else np.array(readings, dtype=np.float64)
        values[READING], added[READING] = read, rule.contributions(read, _seen(values, read), others)

    def _pair(
        self,
        names: tuple[str, ...],
        values: tuple[float | None, ...],
        added: tuple[float, ...],
        thresholds: tuple[float, float, float],
    ) -> PairScore:
        contributions = (*added, self._weights.base)
        score = sum(contributions)
        one, two, three = (_sigmoid(score - threshold) for threshold in thresholds)
        grade = sum(score >= threshold for threshold in thresholds)
        return PairScore(
            score, two, (1 - one, one - two, two - three, three), grade, names, (*values, None), contributions
        )


def _seen(values: Mapping[str, Values], like: Values) -> NDArray[np.bool_]:
    """Tell which pairs are of needs that were learned from."""
    found: NDArray[np.bool_] = ~np.isnan(values.get(HISTORY, np.full(len(like), np.nan)))
    return found


def _known(values: Values) -> list[float | None]:
    return [None if math.isnan(value) else value for value in values.tolist()]


@cache
def default_ranker(gauge: Gauge | None = None) -> Ranker:
    """Return the ranker that comes with the package; `gauge` is that of another model than the default one."""
    return Ranker(default_weights(), load_statistics(), gauge)


def default_weights() -> str:
    """Return the text of the weights file that comes with the package."""
    return (files("matchmaker.search") / "weights.json").read_text(encoding="utf-8")


def _sigmoid(value: float) -> float:
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    return math.exp(value) / (1 + math.exp(value))
