"""Targets: what was promised for a year, kept as data beside the code tables."""

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

PUBLISHED_NEEDS = "published_needs"


@dataclass(frozen=True, slots=True)
class Target:
    """What one indicator is to reach by the end of a year; `branch` is empty for the whole city."""

    year: int
    indicator: str
    branch: str
    value: int


def target(indicator: str, year: int) -> Target | None:
    """Return the whole city's target for a year: the latest one set by then, or None where there was none yet.

    A promise stands until a new one is made, so callers show the target's own `year`.
    """
    made = [row for row in _targets() if (row.indicator, row.branch) == (indicator, "") and row.year <= year]
    return max(made, key=lambda row: row.year, default=None)


@cache
def _targets() -> tuple[Target, ...]:
    text = resources.files("matchmaker.domain").joinpath("targets.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(Target(int(row["year"]), row["indicator"], row["branch"], int(row["value"])) for row in rows)
