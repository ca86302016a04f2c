"""Leaving a kind of mail with one click and without log-in (RFC 8058): a signed link says who, and from what."""

from collections.abc import Callable
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.errors import NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.notices import DIGESTS, TOPIC_NAMES, MailPace
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services.preferences import paces_of, set_pace
from matchmaker.services.secrets import load_secret_key

SALT = "unsubscribe"
DIGEST_NAMES = {MailPace.DAILY: N_("每日汇总"), MailPace.WEEKLY: N_("每周汇总")}


@dataclass(frozen=True, slots=True)
class UnsubscribeLinks:
    """Makes and reads links. They never expire: an old mail must still be one that can be left.

    `address` turns a token into a full address. A scope is a topic, or a digest's pace for all topics in it.
    """

    secret: bytes
    address: Callable[[str], str]

    def make(self, user_id: int, scope: str) -> str:
        """Return the address that ends mails of `scope` for a person."""
        return self.address(str(self._serializer.dumps([user_id, scope])))

    def read(self, session: Session, token: str) -> tuple[User, str]:
        """Return whose link it is, and from what.

        Raises:
            NotFound: the link is not one of ours, or the person is gone.
        """
        try:
            user_id, scope = self._serializer.loads(token)
        except (BadSignature, ValueError, TypeError) as error:
            raise _void() from error
        user = session.get(User, user_id)
        if user is None or user.deleted_at is not None or scope_name(scope) is None:
            raise _void()
        return user, scope

    @property
    def _serializer(self) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt=SALT)


def unsubscribe_links(settings: Settings) -> UnsubscribeLinks:
    """Return the maker of links for mails of this site."""
    return UnsubscribeLinks(load_secret_key(settings.data), lambda token: f"{settings.base_url}/unsubscribe/{token}")


def scope_name(scope: str) -> str | None:
    """Return what a scope is called, None for an unknown one."""
    return TOPIC_NAMES.get(scope) or {str(pace): name for pace, name in DIGEST_NAMES.items()}.get(scope)


def unsubscribe(session: Session, token: str, links: UnsubscribeLinks) -> str:
    """Stop mails of the link's scope to its person; doing it again changes nothing. Returns the scope.

    Raises:
        NotFound: see `UnsubscribeLinks.read`.
    """
    user, scope = links.read(session, token)
    paces = paces_of(session, user.id)
    topics = [topic for topic, pace in paces.items() if pace == scope] if scope in DIGESTS else [scope]
    leaving = [topic for topic in topics if paces[topic] is not MailPace.OFF]
    for topic in leaving:
        set_pace(session, user.id, topic, MailPace.OFF)
    if leaving:
        record(session, Actor(user_id=user.id), "unsubscribe", "user", user.id, scope=scope)
    return scope


def _void() -> NotFound:
    return NotFound(N_("退订链接无效：可能没有复制完整。您也可以登录后在“通知设置”中关闭邮件。"))
