"""The pairs that people's doings teach: each with one grade, a weight, and where both come from."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.matches import Match, MatchDecision
from matchmaker.domain.teaching import JUDGED, Source
from matchmaker.search.graders import Grader
from matchmaker.services.grading.judged import JudgedPair, judged_pairs
from matchmaker.services.grading.weights import UNKNOWN, graders
from matchmaker.services.showings.reading import shown_lists
from matchmaker.services.teaching.evidence import PairId, read_decisions, read_outcomes
from matchmaker.services.teaching.exposure import Exposure, exposure_of
from matchmaker.services.teaching.settling import Evidence, settle

LOOKED_BACK = timedelta(days=400)
"""How far back lists are read; older ones are no longer kept anyway."""


@dataclass(frozen=True, slots=True)
class TaughtPair:
    """A pair with what it teaches: `grade` 0 to 3, `weight` in (0, 1], the sources that decided it, how many pieces of
    evidence these are, and when the last one came. `belief` is the weight before places of lists corrected it: how
    sure the grade is, whoever saw the pair."""

    need_id: int
    achievement_id: int
    grade: int
    weight: float
    belief: float
    sources: tuple[Source, ...]
    pieces: int
    at: datetime


def taught_pairs(session: Session, exposure: Exposure | None = None) -> tuple[TaughtPair, ...]:
    """Return every pair that evidence teaches, in the order of its ids; `exposure` where it is at hand already."""
    exposure = read_exposure(session) if exposure is None else exposure
    found: dict[PairId, list[Evidence]] = defaultdict(list)
    parts = (
        read_decisions(session, exposure.correct),
        read_outcomes(session),
        _judged(judged_pairs(session), graders(session)),
        exposure.unopened(),
    )
    for part in parts:
        for pair, pieces in part.items():
            found[pair] += pieces
    return tuple(taught for pair, pieces in sorted(found.items()) if (taught := _taught(pair, pieces)) is not None)


def read_exposure(session: Session) -> Exposure:
    """Read what lists showed, and what their places make of the decisions that there are."""
    now = utc_now()
    columns = Match.need_id, Match.achievement_id, MatchDecision.organization_id, MatchDecision.at
    rows = session.execute(sa.select(*columns).join(MatchDecision, MatchDecision.match_id == Match.id))
    decided = {(need, achievement, viewer): at for need, achievement, viewer, at in rows}
    return exposure_of(shown_lists(session, now - LOOKED_BACK, now), decided)


def _judged(judged: tuple[JudgedPair, ...], thought: Mapping[int, Grader]) -> dict[PairId, list[Evidence]]:
    """A grade is taken as the grader means it: a harsh one's is raised, a kind one's lowered, by whole grades. What was
    said of texts that have changed since teaches nothing."""
    found: dict[PairId, list[Evidence]] = defaultdict(list)
    for each in judged:
        if each.is_current:
            grader = thought.get(each.grader_id, UNKNOWN)
            meant = min(3, max(0, round(each.grade - grader.shift)))
            found[each.need_id, each.achievement_id].append(Evidence(JUDGED, each.at, meant, grader.reliability))
    return found


def _taught(pair: PairId, pieces: list[Evidence]) -> TaughtPair | None:
    settled = settle(pieces)
    if settled is None:
        return None
    sources = tuple(sorted({piece.rule.source for piece in settled.evidence}))
    last = max(piece.at for piece in settled.evidence)
    return TaughtPair(*pair, settled.grade, settled.weight, settled.belief, sources, len(settled.evidence), last)
