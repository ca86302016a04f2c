"""Signed links with which a person sets a password: they work once and expire.

A link is bound to `User.credentials_version`, which every change of password raises: afterwards the link is void.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.people import User

SALT = "password-link"


class LinkKind(StrEnum):
    """Why a link was sent; it decides how long the link lives."""

    RESET = "reset"
    INVITATION = "invitation"


LIFETIMES = {LinkKind.RESET: timedelta(hours=1), LinkKind.INVITATION: timedelta(days=7)}


@dataclass(frozen=True, slots=True)
class PasswordLinks:
    """Makes and reads links. `address` turns a token into a full address; it must not trust a request's Host header."""

    secret: bytes
    address: Callable[[str], str]

    def make(self, kind: LinkKind, user: User, membership_id: int | None = None) -> str:
        """Return the address where `user` sets a password, and accepts `membership_id` where it is given."""
        return self.address(self._serializer.dumps([kind, user.id, user.credentials_version, membership_id]))

    def read(self, session: Session, token: str) -> tuple[User, int | None]:
        """Return the user of a token, and the membership that it accepts.

        Raises:
            NotFound: the link is wrong, too old, or was used before.
        """
        try:
            (kind, user_id, version, membership_id), signed_at = self._serializer.loads(token, return_timestamp=True)
        except BadSignature as error:
            raise _void() from error
        user = session.get(User, user_id)
        if user is None or user.credentials_version != version or user.disabled_at or user.deleted_at:
            raise _void()
        if utc_now() - signed_at > LIFETIMES[LinkKind(kind)]:
            raise _void()
        return user, membership_id

    @property
    def _serializer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.secret, salt=SALT)


def _void() -> NotFound:
    return NotFound(N_("链接已失效：可能已经用过或过期。请重新申请。"))
