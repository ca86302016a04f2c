"""Floors under the figures on the labelled cases: what is called met or unmet is so."""

import pytest

from matchmaker.search.indicators import Verdict
from scripts.bench_indicators import load, measure

FLOORS = {
    "known": {"reading": (0.98, 0.98), "met": (0.99, 0.95), "unmet": (0.99, 0.95), "unstated": (0.8, 0.9)},
    "held": {"reading": (0.95, 0.94), "met": (0.98, 0.84), "unmet": (0.98, 0.9), "unstated": (0.7, 0.85)},
}


@pytest.mark.parametrize("part", FLOORS)
def test_labelled_cases_are_read_and_judged_as_well_as_before(part: str) -> None:
    score = measure(load(part=part))
    found = {"reading": score.reading(), **{str(verdict): score.judging(verdict) for verdict in Verdict}}
    below = {
        name: (figures, FLOORS[part][name])
        for name, figures in found.items()
        if any(figure < floor for figure, floor in zip(figures, FLOORS[part][name], strict=True))
    }
    assert below == {}


def test_labelled_cases_are_enough() -> None:
    assert (len(load(part="known")) >= 200, len(load(part="held")) >= 60) == (True, True)
