"""What the places of lists make of evidence: who had the chance to see a pair before he decided about it.

Only what somebody looked at is decided, and a list's head is looked at most; so decisions tell most of what serves
already ranks high, or shows often. Each counts as much more as it was less likely seen: the inverse propensity weight
of Schnabel et al. 2016, clipped, and divided by its mean (self-normalised, Swaminathan and Joachims 2015), so that the
weights stay about what the rules say. What was never shown in a list was found otherwise and stays as it is. Contracts,
meetings and judgements do not hang on a list's places.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from matchmaker.domain.teaching import UNOPENED
from matchmaker.search.training.examination import Examination, Impression, fit_examination
from matchmaker.services.showings.reading import OPENED_WITHIN, ShownList
from matchmaker.services.teaching.evidence import PairId
from matchmaker.services.teaching.settling import Evidence

CLIP = 10.0
"""What a piece of evidence may count more than one that was surely seen: a single one at the end of a list must not
outweigh ten at its head."""
HIGH = 3
OFTEN = 3
"""A pair that stood among the first HIGH places of OFTEN lists and was never opened speaks faintly against itself."""

Viewer = tuple[int, int, int]
"""A need, an achievement, and the organization that saw the pair."""


@dataclass(frozen=True, slots=True)
class _Seen:
    at: datetime
    position: int
    opened: bool


@dataclass(slots=True)
class Exposure:
    """What was shown at which place, and the chance that it was looked at."""

    examination: Examination = field(default_factory=Examination)
    lists: int = 0
    _seen: dict[Viewer, list[_Seen]] = field(default_factory=dict)
    _mean: float = 1.0

    def chance(self, pair: PairId, organization_id: int, at: datetime) -> float | None:
        """Return how likely an organization had looked at a pair by a moment; None where no list showed it before."""
        rows = self._seen.get((*pair, organization_id), ())
        places = [row.position for row in rows if row.at <= at]
        return self.examination.seen(places) if places else None

    def correct(self, pair: PairId, organization_id: int, at: datetime) -> float:
        """Return what a decision's weight is multiplied by."""
        chance = self.chance(pair, organization_id, at)
        return 1.0 if chance is None else _inverse(chance) / self._mean

    def normalise(self, decided: Mapping[Viewer, datetime]) -> None:
        """Let the corrections of these decisions be 1 in the mean."""
        chances = [self.chance((need, other), viewer, at) for (need, other, viewer), at in decided.items()]
        known = [_inverse(chance) for chance in chances if chance is not None]
        self._mean = sum(known) / len(known) if known else 1.0

    def unopened(self) -> dict[PairId, list[Evidence]]:
        """Return the evidence of pairs that stood high again and again and that nobody opened; it counts as much as
        they were likely looked at."""
        found: dict[PairId, list[Evidence]] = {}
        opened = {key[:2] for key, rows in self._seen.items() if any(row.opened for row in rows)}
        for (need, achievement, _), rows in self._seen.items():
            high = [row for row in rows if row.position <= HIGH]
            if len(high) >= OFTEN and (need, achievement) not in opened:
                chance = self.examination.seen(row.position for row in high)
                piece = Evidence(UNOPENED, max(row.at for row in high), correction=chance)
                found.setdefault((need, achievement), []).append(piece)
        return found


def exposure_of(lists: Iterable[ShownList], decided: Mapping[Viewer, datetime]) -> Exposure:
    """Take in what was shown, and learn from it how likely each place is looked at; who decided about a pair within a
    day of its list had looked at it, opened or not."""
    seen: dict[Viewer, list[_Seen]] = defaultdict(list)
    count = 0
    for shown in lists:
        count += 1
        for each in shown.pairs:
            key = (each.need_id, each.achievement_id, shown.organization_id)
            said = decided.get(key)
            looked = said is not None and shown.at <= said <= shown.last_at + OPENED_WITHIN
            seen[key].append(_Seen(shown.at, each.position, each.opened or looked))
    impressions = (Impression(key, row.position, row.opened) for key, rows in seen.items() for row in rows)
    exposure = Exposure(fit_examination(impressions), count, dict(seen))
    exposure.normalise(decided)
    return exposure


def _inverse(chance: float) -> float:
    return min(CLIP, 1 / max(chance, 1e-9))
