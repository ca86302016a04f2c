"""Verifying an e-mail address by a signed link: until then only mails about the account itself go there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services import mail_texts
from matchmaker.services.accounts import own_user
from matchmaker.services.mails import enqueue

SALT = "verify-email"
LIFETIME = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class VerificationLinks:
    """Makes and reads links. A link is bound to the address: it verifies no other one."""

    secret: bytes
    address: Callable[[str], str]

    def make(self, user: User) -> str:
        """Return the address where the person confirms the present e-mail address."""
        return self.address(str(self._serializer.dumps([user.id, user.email])))

    def read(self, session: Session, token: str) -> User:
        """Return the person whose present address the link is about.

        Raises:
            NotFound: the link is wrong or too old, or the address has been changed since.
        """
        try:
            (user_id, email), signed_at = self._serializer.loads(token, return_timestamp=True)
        except (BadSignature, ValueError, TypeError) as error:
            raise _void() from error
        user = session.get(User, user_id)
        if user is None or user.email != email or user.disabled_at or user.deleted_at:
            raise _void()
        if utc_now() - signed_at > LIFETIME:
            raise _void()
        return user

    @property
    def _serializer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt=SALT)


def send_verification(session: Session, user: User, links: VerificationLinks) -> None:
    """Mail a link to a person whose address is not verified yet; nothing for one whose address is."""
    if user.email is not None and user.email_verified_at is None:
        enqueue(session, user, *mail_texts.verify_email(links.make(user), LIFETIME.days))


def send_own_verification(session: Session, actor: Actor, links: VerificationLinks) -> None:
    """Mail the link again to whoever acts."""
    send_verification(session, own_user(session, actor), links)


def verify_email(session: Session, token: str, links: VerificationLinks) -> User:
    """Take an address as its person's; doing it again changes nothing.

    Raises:
        NotFound: see `VerificationLinks.read`.
    """
    user = links.read(session, token)
    if user.email_verified_at is None:
        user.email_verified_at = utc_now()
        record(session, Actor(user_id=user.id), "verify_email", "user", user.id)
    return user


def _void() -> NotFound:
    return NotFound(N_("验证链接已失效：可能已过期，或者您后来更换了邮箱。请在“账号与隐私”中重新发送。"))
