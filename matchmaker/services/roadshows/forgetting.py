"""What a roadshow keeps of somebody who deletes his account: nothing by name."""

import re

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.people import User
from matchmaker.domain.pitches import Pitch

_BETWEEN = re.compile(r"\s*[、，,;；/]\s*")


def forget_speaker(session: Session, user: User) -> None:
    """Take somebody out of the speakers of his organization's pitches; nobody is asked to confirm them any more.

    Between marks of enumeration everything goes that holds his name, title included. Sheets, taps and follow-ups keep
    the row of the account, which holds no name.
    """
    named = sa.and_(Pitch.speakers.contains(user.name, autoescape=True), _is_own(user))
    for pitch in session.scalars(sa.select(Pitch).where(sa.or_(Pitch.presenter_id == user.id, named))):
        kept = [part for part in _BETWEEN.split(pitch.speakers) if part and user.name not in part]
        pitch.speakers = "、".join(kept)
        if pitch.presenter_id == user.id:
            pitch.presenter_id = None
    session.flush()


def _is_own(user: User) -> sa.ColumnElement[bool]:
    return Pitch.organization_id.in_([membership.organization_id for membership in user.memberships])
