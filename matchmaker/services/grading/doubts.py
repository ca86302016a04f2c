"""Telling the bureau, and nobody else, of a grader whose grades have little to do with anybody else's."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.judgements import Judgement
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import User
from matchmaker.services.grading.weights import FEWEST_FOR_DOUBT, graders, is_doubtful
from matchmaker.services.notices import tell
from matchmaker.services.organization_notices import bureau_staff


def tell_if_doubtful(session: Session, grader_id: int) -> bool:
    """Tell the bureau's staff where a grader has become doubtful; return whether he is.

    Looked at with each FEWEST_FOR_DOUBT grades of his, so that nobody is told of the same every day. He himself is not
    told, nor is anybody who might talk him over: the bureau looks at his disagreements first.
    """
    graded = session.scalar(sa.select(sa.func.count(Judgement.blind_grade)).where(Judgement.grader_id == grader_id))
    if not graded or graded % FEWEST_FOR_DOUBT or not is_doubtful(graders(session)[grader_id]):
        return False
    grader = session.get_one(User, grader_id)
    title = Sentence(N_("请留意一位评分人：%(name)s"), name=grader.name)
    body = Sentence(
        N_("%(name)s 已评 %(count)s 对，与其他人的评分几乎没有关系，暂时几乎不计入排序的学习。"),
        name=grader.name,
        count=graded,
    )
    for person in bureau_staff(session):
        if person.id != grader_id:
            tell(session, person, topic=NoticeTopic.SYSTEM, title=title, body=body, path="/grading/agreement")
    return True
