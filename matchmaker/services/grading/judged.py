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
    rows = session.execute(
        sa.select(Judgement, need.published_revision_id, achievement.published_revision_id)
        .join(need, need.id == Judgement.need_id)
        .join(achievement, achievement.id == Judgement.achievement_id)
        .where(Judgement.grade.is_not(None))
        .order_by(Judgement.at, Judgement.id)
    )
    return tuple(
        JudgedPair(
            row.need_id,
            row.achievement_id,
            row.grade or 0,
            row.grader_id,
            row.at,
            (row.need_revision_id, row.achievement_revision_id) == (need_text, achievement_text),
        )
        for row, need_text, achievement_text in rows
    )
