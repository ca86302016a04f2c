"""The numbers of a ranker, read from a JSON file.

    {"name": "additive-2", "provenance": "...", "model": "...", "base": b,
     "thresholds": {"1": t, "2": 0, "3": t}, "gauge": {"centre": c, "spread": s, "across": c},
     "similarities": {name: {"weight": w, "centre": c, "slope": k, "across": {"weight": w, "centre": c}}},
     "facets": {name: w}, "history": {need key: [s, s, s]}, "known_factor": f,
     "known_thresholds": {"1": t, "2": 0, "3": t},
     "tuned": [{"weight": w, "known": w, "centre": c}, ...],
     "reading": {"weight": w, "known": w, "centre": c, "slope": k, "intercept": i}}

A similarity adds `weight * (value - centre - slope * depth)`: nothing for what unrelated texts of that depth share. For
texts in different scripts `across` holds instead; without it, or with weight 0, the feature says nothing there. Cosines
of another model than the one named are first converted from that model's gauge to this one (see gauge.py). `history`,
which may be missing, shifts all pairs of a need of which graded pairs were learned from, where grades 1, 2 and 3 or
better are in question (one number is a shift for all three; see history.py): the second is a term of the score, the
others move that need's thresholds. `tuned`, which may be missing too, is for the cosines in the members of a tuned
model, in their order (a single row stands for their mean): `known` holds for needs in the history, which that model has
seen, `weight` for all others; similarities and facets count `known_factor` times for needs in the history (1 if
missing), as learned terms tell more of them, and `known_thresholds` hold for these. So is `reading`, for what a pair
reader says; where it has not read a pair, what it would have said is estimated from the sum of all other terms, `slope
* sum + intercept`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.features import MEANINGS, Setting, Values
from matchmaker.search.gauge import Gauge
from matchmaker.search.history import Shifts, read_shifts

GRADES = (1, 2, 3)


class RankerError(Exception):
    """A weights file cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Similarity:
    """What a similarity adds, in log-odds; see the module."""

    weight: float
    centre: float
    slope: float = 0.0
    across_weight: float = 0.0
    across_centre: float = 0.0

    def contributions(self, values: Values, setting: Setting) -> Values:
        """Return what each pair's value adds, shape (n,); NaN stays NaN."""
        alike = self.weight * (values - self.centre - self.slope * setting.depth)
        apart = self.across_weight * (values - self.across_centre)
        added: NDArray[np.float64] = np.where(setting.across, apart, alike)
        return added


@dataclass(frozen=True, slots=True)
class TunedMeaning:
    """What the cosine in one member of a tuned model, or in the whole of it, adds, in log-odds, for needs that it has
    never seen and for those it has."""

    weight: float
    known: float
    centre: float

    def contributions(self, values: Values, known: NDArray[np.bool_]) -> Values:
        """Return what each pair's cosine adds, shape (n,); NaN stays NaN."""
        added: NDArray[np.float64] = np.where(known, self.known, self.weight) * (values - self.centre)
        return added


@dataclass(frozen=True, slots=True)
class PairReading:
    """What a pair reader's number adds, in log-odds; `slope` and `intercept` estimate it where no pair was read."""

    weight: float
    known: float
    centre: float
    slope: float
    intercept: float

    def contributions(self, readings: Values, known: NDArray[np.bool_], others: Values) -> Values:
        """Return what each pair's number adds, shape (n,); `others` is the sum of all other terms."""
        estimated = self.slope * others + self.intercept
        added: NDArray[np.float64] = np.where(known, self.known, self.weight) * np.where(
            np.isnan(readings), estimated, readings - self.centre
        )
        return added


@dataclass(frozen=True, slots=True)
class Weights:
    """All numbers. `thresholds` are the scores from which grades 1, 2 and 3 are as likely reached as not,
    `known_thresholds` those of needs in the history."""

    name: str
    model: str
    base: float
    thresholds: tuple[float, float, float]
    gauge: Gauge
    similarities: Mapping[str, Similarity]
    facets: Mapping[str, float]
    history: Mapping[str, Shifts]
    known_factor: float
    known_thresholds: tuple[float, float, float]
    tuned: tuple[TunedMeaning, ...]
    reading: PairReading | None

    def thresholds_of(self, shifts: Shifts | None) -> tuple[float, float, float]:
        """Return the thresholds of a need with these shifts; None for one that was not learned from."""
        if shifts is None:
            return self.thresholds
        one, _two, three = (
            threshold + shifts[1] - shift for threshold, shift in zip(self.known_thresholds, shifts, strict=True)
        )
        return min(one, 0.0), 0.0, max(three, 0.0)

    def contributions(
        self, values: Mapping[str, Values], setting: Setting, gauge: Gauge | None = None
    ) -> dict[str, Values]:
        """Return what each feature adds, by name, each of shape (n,); 0 where a side does not say.

        `gauge` is that of the model which the vectors are from, where it is not the weights' own.
        """
        if gauge is not None:
            converted = {name: gauge.convert(values[name], setting, self.gauge) for name in MEANINGS}
            values = {**values, **converted}
        added = {name: rule.contributions(values[name], setting) for name, rule in self.similarities.items()}
        added |= {name: weight * values[name] for name, weight in self.facets.items()}
        return {name: np.nan_to_num(each, nan=0.0) for name, each in added.items()}


def read_weights(content: str) -> Weights:
    """Read the file's text.

    Raises:
        RankerError: it cannot be used.
    """
    try:
        data = json.loads(content)
        weights = Weights(
            name=str(data["name"]),
            model=str(data["model"]),
            base=float(data["base"]),
            thresholds=_by_grade(data["thresholds"]),
            gauge=Gauge.read(data["gauge"]),
            similarities={name: _similarity(row) for name, row in data["similarities"].items()},
            facets={name: float(weight) for name, weight in data["facets"].items()},
            history={str(key): read_shifts(shifts) for key, shifts in data.get("history", {}).items()},
            known_factor=float(data.get("known_factor", 1.0)),
            known_thresholds=_by_grade(data.get("known_thresholds", data["thresholds"])),
            tuned=tuple(TunedMeaning(**row) for row in _rows(data.get("tuned", []))),
            reading=PairReading(**data["reading"]) if "reading" in data else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RankerError(f"not a ranker's weights: {error!r}") from error
    _check(weights)
    return weights


def _rows(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _by_grade(row: Mapping[str, Any]) -> tuple[float, float, float]:
    one, two, three = (float(row[str(grade)]) for grade in GRADES)
    return one, two, three


def _similarity(row: Mapping[str, Any]) -> Similarity:
    across = row.get("across", {"weight": 0.0, "centre": 0.0})
    return Similarity(
        weight=float(row["weight"]),
        centre=float(row["centre"]),
        slope=float(row.get("slope", 0.0)),
        across_weight=float(across["weight"]),
        across_centre=float(across["centre"]),
    )


def _check(weights: Weights) -> None:
    for thresholds in (weights.thresholds, weights.known_thresholds):
        if list(thresholds) != sorted(thresholds):
            raise RankerError("thresholds must rise with the grade")
        if thresholds[1] != 0:
            raise RankerError("the threshold of grade 2 must be 0: the score is its log-odds")
    if any(min(rule.weight, rule.across_weight) < 0 for rule in weights.similarities.values()):
        raise RankerError("a similarity must not count against a pair")
    learned = [term for term in (*weights.tuned, weights.reading) if term is not None]
    if any(min(term.weight, term.known) < 0 for term in learned):
        raise RankerError("a similarity must not count against a pair")
    if weights.known_factor < 0:
        raise RankerError("a similarity must not count against a pair")
    if weights.reading is not None and weights.reading.slope < 0:
        raise RankerError("an estimated reading must not fall as the score rises")
