"""What this installation's people decided about pairs, as grades to measure rankers by.

The rule, by what stands on a pair now:

    3  both parties are interested, or one listing was closed as solved by the other
    2  a party or a broker is interested or keeps it on the shortlist
    1  one says so and another that it is out of scope
    0  somebody says that it is out of scope, and nobody is interested
    -  undecided, or declined for what says nothing of how well the two fit: price, too early, benefit unclear, ...
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.matches import Decision, Match
from matchmaker.search.history import need_key
from matchmaker.services.projection import document, full_scope

STRONG, GOOD, WEAK, UNRELATED = 3, 2, 1, 0
UNFITTING = frozenset({"out_of_scope"})
"""Codes of decline reasons that say that the two have nothing to do with one another."""
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
    solved = (match.need.outcome_listing_id, match.achievement.outcome_listing_id)
    if match.achievement_id == solved[0] or match.need_id == solved[1]:
        return STRONG
    interested = {row.organization_id for row in match.decisions if row.decision == Decision.INTERESTED}
    if {match.need.organization_id, match.achievement.organization_id} <= interested:
        return STRONG
    wanted = any(row.decision in {Decision.INTERESTED, Decision.SHORTLISTED} for row in match.decisions)
    unfitting = any(row.decision == Decision.UNSUITABLE and row.reason in UNFITTING for row in match.decisions)
    if wanted:
        return WEAK if unfitting else GOOD
    return UNRELATED if unfitting else None


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
