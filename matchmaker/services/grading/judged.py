"""What graders said of pairs, for whatever learns from it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.judgements import Judgement
from matchmaker.domain.listings import Listing


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """One grader's standing grade of a pair, 0 to 3; `is_current`: both texts still say what he read."""

    need_id: int
    achievement_id: int
    grade: int
    grader_id: int
    at: datetime
    is_current: bool


def judged_pairs(session: Session) -> tuple[JudgedPair, ...]:
    """Return every standing grade, the earliest first; what somebody could not judge is none."""
    need, achievement = aliased(Listing), aliased(Listing)
    is_current = sa.and_(
        Judgement.need_revision_id == need.published_revision_id,
        Judgement.achievement_revision_id == achievement.published_revision_id,
    )
    rows = session.execute(
        sa.select(
            Judgement.need_id,
            Judgement.achievement_id,
            Judgement.grade,
            Judgement.grader_id,
            Judgement.at,
            sa.func.coalesce(is_current, sa.false()),
        )
        .join(need, need.id == Judgement.need_id)
        .join(achievement, achievement.id == Judgement.achievement_id)
        .where(Judgement.grade.is_not(None))
        .order_by(Judgement.at, Judgement.id)
    )
    return tuple(
        JudgedPair(need_id, achievement_id, grade or 0, grader_id, at, bool(same))
        for need_id, achievement_id, grade, grader_id, at, same in rows
    )
