"""Reasons: the terms of a score, named for people."""

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.domain.language import N_

LABELS = {
    "base": N_("基准"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One term: its name in the ranker, its label, the raw value of the feature, what it adds to the score (log-odds).

    `share` is the contribution as a part of the largest one of the same pair, from -1 to 1, for bars.
    """

    name: str
    label: str
    value: float | None
    contribution: float
    share: float


def reasons_of(terms: Sequence[Sequence[object]]) -> tuple[Reason, ...]:
    """Return stored terms as reasons, the largest first; terms that add nothing are left out, the base comes last."""
    rows = [(str(name), value, float(str(added))) for name, value, added in terms]
    largest = max((abs(added) for name, _, added in rows if name != "base"), default=0.0) or 1.0
    reasons = [
        Reason(name, LABELS.get(name, name), None if value is None else float(str(value)), added, added / largest)
        for name, value, added in rows
        if added or name == "base"
    ]
    return tuple(sorted(reasons, key=lambda reason: (reason.name == "base", -abs(reason.contribution))))
