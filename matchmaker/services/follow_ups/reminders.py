"""Reminding owners of follow-ups that are due."""

from collections import defaultdict
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.follow_ups import FollowUp, FollowUpState
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import User
from matchmaker.services.follow_ups.owning import rescue
from matchmaker.services.notices import tell

REMIND_EVERY = timedelta(days=7)
"""Whoever has not answered is reminded again after this long."""


def remind_of_follow_ups(session: Session, day: date) -> int:
    """Remind each owner of what is due and not answered, on its day and every week after it; return how many people."""
    rescue(session)
    again = day - REMIND_EVERY
    rows = session.scalars(
        sa.select(FollowUp)
        .where(FollowUp.state == FollowUpState.DUE, FollowUp.due_on <= day)
        .where(sa.or_(FollowUp.reminded_on.is_(None), FollowUp.reminded_on <= again))
        .options(joinedload(FollowUp.owner), joinedload(FollowUp.event))
        .order_by(FollowUp.due_on, FollowUp.id)
    ).all()
    by_owner: dict[User, list[FollowUp]] = defaultdict(list)
    for row in rows:
        by_owner[row.owner].append(row)
        row.reminded_on = day
    for owner, due in by_owner.items():
        title = Sentence(N_("有 %(count)d 项回访到期，请答复进展"), count=len(due))
        body = Sentence(N_("涉及：%(events)s。"), events="、".join(dict.fromkeys(row.event.title for row in due)))
        tell(session, owner, topic=NoticeTopic.EVENT, title=title, body=body, path="/follow-ups")
    session.flush()
    return len(by_owner)
