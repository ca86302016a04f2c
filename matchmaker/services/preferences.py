"""How a person wants to be told by e-mail, topic by topic. The inbox gets everything, whatever is chosen here."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import upsert
from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.notices import DIGESTS, MailPace, Notice, NoticePreference, NoticeTopic, default_pace
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor


def paces_of(session: Session, user_id: int) -> dict[str, MailPace]:
    """Return a person's choice for every topic, the default where he has made none."""
    rows = session.execute(
        sa.select(NoticePreference.topic, NoticePreference.pace).where(NoticePreference.user_id == user_id)
    )
    chosen = {topic: MailPace(pace) for topic, pace in rows}
    return {str(topic): chosen.get(topic, default_pace(topic)) for topic in NoticeTopic}


def pace_for(session: Session, user: User, topic: str) -> MailPace:
    """Return how `user` is mailed about `topic` now: not at all while his address is not verified."""
    if user.email is None or user.email_verified_at is None:
        return MailPace.OFF
    chosen = session.scalar(
        sa.select(NoticePreference.pace).where(NoticePreference.user_id == user.id, NoticePreference.topic == topic)
    )
    return MailPace(chosen) if chosen else default_pace(topic)


def save_paces(session: Session, actor: Actor, paces: Mapping[str, str]) -> None:
    """Change the actor's own choices; topics that are not named stay as they are.

    Raises:
        Forbidden: nobody is signed in. Invalid: an unknown topic or choice; nothing is changed then.
    """
    if actor.user_id is None:
        raise Forbidden(N_("请先登录。"))
    if not set(paces) <= set(NoticeTopic) or not set(paces.values()) <= set(MailPace):
        raise Invalid(N_("请从列表中选择接收方式。"))
    for topic, pace in paces.items():
        set_pace(session, actor.user_id, topic, MailPace(pace))


def set_pace(session: Session, user_id: int, topic: str, pace: MailPace) -> None:
    """Set one choice. Notices that wait for a digest go where the new choice sends them, or are left to the inbox."""
    row = {"user_id": user_id, "topic": topic, "pace": pace}
    insert = upsert(session, NoticePreference).values(row)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=[NoticePreference.user_id, NoticePreference.topic], set_={"pace": pace}
        )
    )
    waiting = sa.update(Notice).where(Notice.user_id == user_id, Notice.topic == topic, Notice.digest.is_not(None))
    session.execute(waiting.values(digest=pace if pace in DIGESTS else None))
