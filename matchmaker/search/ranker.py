"""The ranker: additive named terms, calibrated to the four grades of the trade.

The score is the log-odds that a professional would grade the pair 较强 (2) or better. It is a pure function of the two
documents, the weights file and the frozen statistics, so it means the same on every list.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from matchmaker.search.document import Document
from matchmaker.search.features import features
from matchmaker.search.prepared import Prepared, Vector, prepare
from matchmaker.search.statistics import Statistics, load_statistics

BASE = "base"
GRADES = (0, 1, 2, 3)
RELEVANT = 2


class RankerError(Exception):
    """A weights file cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a score: the feature's value (None where a side does not say) and what it adds, in log-odds."""

    name: str
    value: float | None
    contribution: float


@dataclass(frozen=True, slots=True)
class PairScore:
    """A scored pair. `score` is the sum of the terms' contributions; `probability` is of grade 2 or better;
    `grades` are the probabilities of grades 0 to 3; `grade` the median one, as likely exceeded as not."""

    score: float
    probability: float
    grades: tuple[float, float, float, float]
    grade: int
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Weight:
    """A feature adds `weight * (value - centre)`; `centre` is what an unrelated pair has."""

    weight: float
    centre: float


class Ranker:
    """Scores pairs by a weights file: {"name", "base", "thresholds": {"1", "2", "3"}, "weights": {name: ...}}."""

    def __init__(self, content: str, statistics: Statistics) -> None:
        self._statistics = statistics
        try:
            data = json.loads(content)
            self._weights = {name: Weight(row["weight"], row["centre"]) for name, row in data["weights"].items()}
            self._base = float(data["base"])
            # Distance of each grade's threshold from that of grade 2, in log-odds.
            self._thresholds = tuple(float(data["thresholds"][str(grade)]) for grade in GRADES[1:])
            name = str(data["name"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RankerError(f"not a ranker's weights: {error!r}") from error
        if list(self._thresholds) != sorted(self._thresholds) or self._thresholds[RELEVANT - 1] != 0:
            raise RankerError("thresholds must rise with the grade and be 0 for grade 2")
        digest = hashlib.sha256((content + statistics.version).encode()).hexdigest()[:8]
        self.version = f"{name}-{digest}"

    @classmethod
    def load(cls, path: Path) -> "Ranker":
        """Read a weights file.

        Raises:
            RankerError: it cannot be used.
        """
        try:
            return cls(path.read_text(encoding="utf-8"), load_statistics())
        except OSError as error:
            raise RankerError(f"{path}: {error}") from error

    def prepare(self, document: Document, title_vector: Vector, full_vector: Vector) -> Prepared:
        """Compute once what scoring needs of a document."""
        return prepare(document, title_vector, full_vector, self._statistics)

    def score(self, need: Prepared, achievements: Sequence[Prepared]) -> list[PairScore]:
        """Score one need against achievements, in their order."""
        if not achievements:
            return []
        values = features(need, achievements)
        contributions = {name: self._contributions(name, values[name]) for name in self._weights}
        return [
            self._pair([self._term(name, values[name][place], added[place]) for name, added in contributions.items()])
            for place in range(len(achievements))
        ]

    def score_needs(self, needs: Sequence[Prepared], achievement: Prepared) -> list[PairScore]:
        """Score needs against one achievement, in their order."""
        return [self.score(need, [achievement])[0] for need in needs]

    def _contributions(self, name: str, values: Any) -> list[float]:
        weight = self._weights[name]
        added = weight.weight * (values - weight.centre)
        result: list[float] = np.nan_to_num(added, nan=0.0).tolist()
        return result

    @staticmethod
    def _term(name: str, value: float, contribution: float) -> Term:
        return Term(name, None if math.isnan(value) else float(value), contribution)

    def _pair(self, terms: list[Term]) -> PairScore:
        terms.append(Term(BASE, None, self._base))
        score = sum(term.contribution for term in terms)
        at_least = [1.0, *(_sigmoid(score - threshold) for threshold in self._thresholds), 0.0]
        shares = tuple(at_least[grade] - at_least[grade + 1] for grade in GRADES)
        grade = sum(probability >= 0.5 for probability in at_least[1:4])
        return PairScore(score, at_least[RELEVANT], shares, grade, tuple(terms))  # type: ignore[arg-type]


@cache
def default_ranker() -> Ranker:
    """Return the ranker that comes with the package."""
    return Ranker((files("matchmaker.search") / "weights.json").read_text(encoding="utf-8"), load_statistics())


def _sigmoid(value: float) -> float:
    if value >= 0:
        return 1 / (1 + math.exp(-value))
    return math.exp(value) / (1 + math.exp(value))
