"""Links to personal feeds: whoever holds one reads the feed, so its person can make it void by renewing it."""

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from matchmaker.domain.base import upsert, utc_now
from matchmaker.domain.calendar_feeds import CalendarFeed
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor

SALT = "calendar"


def own_feed(session: Session, actor: Actor) -> CalendarFeed | None:
    """Return the actor's feed, None where he has made none yet."""
    return session.get(CalendarFeed, actor.user_id) if actor.user_id is not None else None


def renew_feed(session: Session, actor: Actor) -> None:
    """Make the actor's link, or a new one; an earlier one opens nothing from now on.

    Raises:
        Forbidden: nobody is signed in.
    """
    if actor.user_id is None:
        raise Forbidden(N_("请先登录。"))
    row = upsert(session, CalendarFeed).values(user_id=actor.user_id, version=1, made_at=utc_now())
    renewed = {"version": CalendarFeed.version + 1, "made_at": utc_now()}
    session.execute(row.on_conflict_do_update(index_elements=[CalendarFeed.user_id], set_=renewed))
    record(session, actor, "renew_calendar", "user", actor.user_id)


def feed_path(secret: bytes, feed: CalendarFeed) -> str:
    """Return the path of a personal feed."""
    return f"/calendars/{_serializer(secret).dumps([feed.user_id, feed.version])}.ics"


def feed_owner(session: Session, secret: bytes, token: str) -> User:
    """Return whose feed a link opens.

    Raises:
        NotFound: nobody made this link here, it was renewed since, or its person is gone.
    """
    try:
        user_id, version = _serializer(secret).loads(token)
    except (BadSignature, ValueError, TypeError) as error:
        raise _void() from error
    feed = session.get(CalendarFeed, user_id)
    user = session.get(User, user_id)
    if feed is None or feed.version != version or user is None or user.disabled_at or user.deleted_at:
        raise _void()
    return user


def _serializer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=SALT)


def _void() -> NotFound:
    return NotFound(N_("日历链接已失效：可能没有复制完整，或者已经换成新的链接。请登录后重新复制。"))
