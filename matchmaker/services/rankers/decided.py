"""What this installation's people decided about pairs, as grades to measure rankers by.

The grades follow the one table of evidence (domain/teaching.py), of decisions and of listings closed as solved by the
other; services/teaching/settling.py says how several become one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.matches import Match
from matchmaker.domain.teaching import SOLVED
from matchmaker.search.history import need_key
from matchmaker.services.projection import document, full_scope
from matchmaker.services.teaching.evidence import evidence_of_decisions
from matchmaker.services.teaching.settling import Evidence, settle

MOST = 2000
"""Pairs that are measured, the ones decided last."""


@dataclass(frozen=True, slots=True)
class DecidedPair:
    """A pair that people decided about, the grade that this means, and what its need is known again by."""

    need: Listing
    achievement: Listing
    grade: int
    need_key: str


def decided_pairs(session: Session) -> list[DecidedPair]:
    """Return the graded pairs, the latest first, MOST at most."""
    graded = [(match, grade) for match in _decided(session) if (grade := grade_of(match)) is not None][:MOST]
    keys = {need.id: _key(need) for need in {match.need for match, _ in graded}}
    return [DecidedPair(row.need, row.achievement, grade, keys[row.need_id]) for row, grade in graded]


def unlearned(pairs: Sequence[DecidedPair], learned: frozenset[str]) -> list[DecidedPair]:
    """Return the pairs whose need is not among `learned`: a ranker must not be measured by what it learned from."""
    return [pair for pair in pairs if pair.need_key not in learned]


def grade_of(match: Match) -> int | None:
    """Return the grade that people's decisions about a pair mean; None where they say nothing of how well it fits."""
    owners = frozenset({match.need.organization_id, match.achievement.organization_id})
    pieces = list(evidence_of_decisions((match.need_id, match.achievement_id), owners, match.decisions))
    if match.achievement_id == match.need.outcome_listing_id or match.need_id == match.achievement.outcome_listing_id:
        pieces.append(Evidence(SOLVED, match.updated_at))
    settled = settle(pieces)
    return None if settled is None else settled.grade


def _decided(session: Session) -> Iterable[Match]:
    need, achievement = aliased(Listing), aliased(Listing)
    solved = sa.or_(need.outcome_listing_id == Match.achievement_id, achievement.outcome_listing_id == Match.need_id)
    query = (
        sa.select(Match)
        .join(need, need.id == Match.need_id)
        .join(achievement, achievement.id == Match.achievement_id)
        .where(sa.or_(Match.decisions.any(), solved))
        .options(*_with_texts())
        .order_by(Match.id.desc())
    )
    return session.scalars(query).unique()


def _with_texts() -> Iterator[Any]:
    yield selectinload(Match.decisions)
    for side in (Match.need, Match.achievement):
        yield joinedload(side).joinedload(Listing.published_revision).selectinload(Revision.indicators)


def _key(need: Listing) -> str:
    return need_key(document(need, need.current, full_scope(need.current)))
