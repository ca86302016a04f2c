"""Telling people: a notice in the inbox, and a mail through the outbox, in the transaction that causes them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.addresses import is_site_path
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.language import N_, Sentence, pack
from matchmaker.domain.notices import DIGESTS, PATH_LONGEST, TITLE_LONGEST, MailPace, Notice, NoticeTopic
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services.enclosures import Named
from matchmaker.services.mails import enqueue
from matchmaker.services.preferences import pace_for

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of a person's notices, the newest first; `unread` over all pages, `counts` by topic."""

    notices: tuple[Notice, ...]
    total: int
    unread: int
    number: int
    pages: int
    counts: dict[str, int]


def tell(
    session: Session,
    to: User | None,
    *,
    topic: str,
    title: str,
    body: str,
    path: str,
    enclosures: Sequence[Named] = (),
) -> Notice | None:
    """Tell a person something: a notice in the inbox and, as the person wants it, a mail at once or in a digest.

    Title and body must hold only what the person may read. A `Sentence` is shown in the reader's language. `path` is a
    path of this site, such as `/needs/3`. `enclosures` (see enclosures.py) go with a mail that is sent at once. Nobody
    is told nothing: None for no user, a deleted or a disabled one.

    Raises:
        ValueError: an unknown topic, or a path that is none of this site (a fault of the caller).
    """
    if to is None or to.deleted_at is not None or to.disabled_at is not None:
        return None
    if not is_site_path(path) or len(path) > PATH_LONGEST:
        raise ValueError(f"{path!r} is no path of this site")
    notice = Notice(
        user_id=to.id,
        topic=NoticeTopic(topic),
        title=_one_line(title),
        body=body.replace("\x00", "").strip(),
        phrases=_phrases(title=title, body=body),
        path=path,
    )
    pace = pace_for(session, to, notice.topic)
    notice.digest = pace if pace in DIGESTS else None
    session.add(notice)
    session.flush()
    if pace is MailPace.NOW:
        path = f"/notices/{notice.id}"
        enqueue(session, to, title, body, path=path, scope=notice.topic, enclosures=enclosures)
    return notice


def count_unread(session: Session, user_id: int) -> int:
    """Return how many notices a person has not opened yet."""
    return session.scalar(sa.select(sa.func.count()).where(Notice.user_id == user_id, Notice.read_at.is_(None))) or 0


def inbox(
    session: Session, actor: Actor, *, topic: str | None = None, unread_only: bool = False, page: int = 1
) -> Inbox:
    """Return a page of the actor's own notices, of one topic or all.

    Raises:
        Forbidden: the actor is not signed in.
    """
    own = _own(actor)
    counts = {
        name: (count, unread)
        for name, count, unread in session.execute(
            sa.select(Notice.topic, sa.func.count(), sa.func.count().filter(Notice.read_at.is_(None)))
            .where(own)
            .group_by(Notice.topic)
        )
    }
    wanted = sa.select(Notice).where(own)
    if topic is not None:
        wanted = wanted.where(Notice.topic == topic)
    if unread_only:
        wanted = wanted.where(Notice.read_at.is_(None))
    total = sum(each[unread_only] for name, each in counts.items() if topic in {None, name})
    pages = max(1, math.ceil(total / PAGE_SIZE))
    number = min(max(1, page), pages)
    newest = wanted.order_by(Notice.id.desc()).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE)
    return Inbox(
        notices=tuple(session.scalars(newest)),
        total=total,
        unread=sum(unread for _, unread in counts.values()),
        number=number,
        pages=pages,
        counts={name: count for name, (count, _) in counts.items()},
    )


def open_notice(session: Session, actor: Actor, notice_id: int) -> Notice:
    """Mark one of the actor's notices as read and return it.

    Raises:
        NotFound: there is no such notice, or it is somebody else's.
    """
    notice = session.scalar(sa.select(Notice).where(Notice.id == notice_id, _own(actor)))
    if notice is None:
        raise NotFound(N_("没有找到这条通知。"))
    if notice.read_at is None:
        notice.read_at = utc_now()
        session.flush()
    return notice


def mark_all_read(session: Session, actor: Actor) -> int:
    """Mark all of the actor's notices as read; return how many were not."""
    unread = sa.update(Notice).where(_own(actor), Notice.read_at.is_(None)).values(read_at=utc_now())
    return int(session.execute(unread).rowcount)  # type: ignore[attr-defined]


def _own(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.user_id is None:
        raise Forbidden(N_("请先登录。"))
    return Notice.user_id == actor.user_id


def _one_line(title: str) -> str:
    line = " ".join(title.replace("\x00", "").split())
    return line if len(line) <= TITLE_LONGEST else line[: TITLE_LONGEST - 1] + "…"


def _phrases(**texts: str) -> dict[str, object]:
    return {name: pack(text) for name, text in texts.items() if isinstance(text, Sentence)}
