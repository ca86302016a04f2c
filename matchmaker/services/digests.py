"""Digests: what a person was told since the last one, gathered into one mail at eight o'clock in the city.

A notice says which digest it waits for, and is released in the transaction that writes the mail: whatever is killed
and whenever, it goes into exactly one. What was read in the inbox meanwhile is left out; nothing left means no mail.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.language import N_, Language, Sentence, read_language, translate
from matchmaker.domain.notices import DIGESTS, TOPIC_NAMES, MailPace, Notice
from matchmaker.domain.people import User
from matchmaker.services.mails import enqueue

AT = time(8, tzinfo=CITY_ZONE)
MONDAY = 0
# A longer list is not read: the rest is one link away, in the inbox.
MOST_LINES = 60
BATCH = 50


def write_digests(database: Database, settings: Settings, now: datetime | None = None) -> int:
    """Write the digests that are due; return how many mails were written."""
    now = now or utc_now()
    written = 0
    for pace in DIGESTS:
        before = last_due(pace, now)
        with database.read() as session:
            people = session.scalars(_waiting(pace, before)).all()
        for user_id in people:
            with database.transaction() as session:
                written += _write(session, settings, user_id, pace, before)
    return written


def last_due(pace: MailPace, now: datetime) -> datetime:
    """Return the last moment at which a digest was due: eight o'clock, for the weekly one on Monday."""
    day = now.astimezone(CITY_ZONE).date()
    if datetime.combine(day, AT) > now:
        day -= timedelta(days=1)
    if pace is MailPace.WEEKLY:
        day -= timedelta(days=(day.weekday() - MONDAY) % 7)
    return datetime.combine(day, AT)


def _waiting(pace: MailPace, before: datetime) -> sa.Select[int]:
    return (
        sa.select(Notice.user_id)
        .where(Notice.digest == pace, Notice.created_at < before)
        .distinct()
        .order_by(Notice.user_id)
        .limit(BATCH)
    )


def _write(session: Session, settings: Settings, user_id: int, pace: MailPace, before: datetime) -> bool:
    # Two workers may have found the same person: the second waits here, and then finds nothing.
    user = session.scalars(sa.select(User).where(User.id == user_id).with_for_update()).one()
    waiting = Notice.user_id == user_id, Notice.digest == pace, Notice.created_at < before
    unread = session.scalars(sa.select(Notice).where(*waiting, Notice.read_at.is_(None)).order_by(Notice.id)).all()
    session.execute(sa.update(Notice).where(*waiting).values(digest=None))
    reachable = user.email_verified_at is not None and user.disabled_at is None and user.deleted_at is None
    if not unread or not reachable:
        return False
    subject = Sentence(_SUBJECTS[pace], count=len(unread))
    text = _text(unread, settings.base_url, read_language(user.locale))
    return enqueue(session, user, subject, text, path="/notices", scope=pace) is not None


def _text(notices: Sequence[Notice], base_url: str, language: Language | None) -> str:
    order = list(TOPIC_NAMES)
    shown = sorted(notices[-MOST_LINES:], key=lambda notice: (order.index(notice.topic), -notice.id))
    parts = [
        "\n".join((_heading(topic, language), *(_line(row, base_url, language) for row in rows)))
        for topic, rows in groupby(shown, key=lambda notice: notice.topic)
    ]
    if len(notices) > MOST_LINES:
        more = Sentence(N_("另有 %(count)s 条较早的通知，请在平台查看。"), count=len(notices) - MOST_LINES)
        parts.append(translate(more, language))
    return "\n\n".join(parts)


def _heading(topic: str, language: Language | None) -> str:
    return translate(Sentence(N_("【%(topic)s】"), topic=TOPIC_NAMES[topic]), language)


def _line(notice: Notice, base_url: str, language: Language | None) -> str:
    title = " ".join(translate(notice.heading, language).split())
    return f"· {title}\n  {base_url}/notices/{notice.id}"


_SUBJECTS = {
    MailPace.DAILY: N_("每日汇总：%(count)s 条新通知"),
    MailPace.WEEKLY: N_("每周汇总：%(count)s 条新通知"),
}
