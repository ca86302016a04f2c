"""How much each grader's word weighs, from how far he agrees with the others about the same pairs.

Only what was said blind counts (see domain/judgements.py). Controls need no rule of their own: two have agreed on
them already, so that a third one's grade of them says the most about him.
"""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.judgements import Judgement
from matchmaker.search.graders import NEWCOMER, Grader, estimate_graders

UNKNOWN = Grader(NEWCOMER, 0.0, 0)
"""What is thought of somebody who has said nothing blind."""
DOUBTFUL_WEIGHT = 0.15
FEWEST_FOR_DOUBT = 15
"""Shared pairs below which nobody is called doubtful: chance alone makes such figures."""


def graders(session: Session) -> Mapping[int, Grader]:
    """Return what is thought of everybody who has graded blind, by user id; of all others, UNKNOWN."""
    rows = session.execute(
        sa.select(Judgement.need_id, Judgement.achievement_id, Judgement.grader_id, Judgement.blind_grade).where(
            Judgement.blind_grade.is_not(None)
        )
    )
    return estimate_graders([((need, achievement), grader, grade or 0) for need, achievement, grader, grade in rows])


def is_doubtful(grader: Grader) -> bool:
    """Whether somebody's grades have so little to do with the others' that the bureau should look at them."""
    return grader.shared >= FEWEST_FOR_DOUBT and grader.reliability < DOUBTFUL_WEIGHT
