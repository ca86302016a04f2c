"""Pairs that the demonstration's people meet over: proposed by hand, since no ranker has run when it is told."""

from sqlalchemy.orm import Session

from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor


def propose_pair(session: Session, broker: Actor, need: Listing, achievement: Listing, grade: int) -> Match:
    """Propose a pair, which the worker scores like any other; until then it counts as `grade`."""
    match = Match(
        need_id=need.id,
        achievement_id=achievement.id,
        score=0.0,
        probability=0.5,
        grade=grade,
        terms=[],
        need_side_score=0.0,
        achievement_side_score=0.0,
        ranker="",
        model="",
        need_revision=0,
        achievement_revision=0,
        proposed_by_id=broker.user_id,
    )
    session.add(match)
    session.flush()
    return match
