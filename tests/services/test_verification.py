"""Verifying an e-mail address: by a link that was mailed there, bound to the address."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import NotFound
from matchmaker.domain.mails import Mail
from matchmaker.domain.people import User
from matchmaker.services.accounts import change_contacts
from matchmaker.services.verification import SALT, VerificationLinks, send_own_verification, verify_email
from tests.cast import CHEAP, PASSWORD, Cast

LINKS = VerificationLinks(b"a secret key of thirty-two bytes", lambda token: f"https://match.example/verify/{token}")


def _unverified(session: Session, cast: Cast) -> User:
    user = session.get_one(User, cast.alice.user_id)
    user.email_verified_at = None
    return user


def _token(session: Session) -> str:
    body = session.scalars(sa.select(Mail.body).order_by(Mail.id.desc())).first() or ""
    return body.partition("/verify/")[2].split()[0]


def test_mailed_link_verifies_the_address_once(session: Session, cast: Cast) -> None:
    user = _unverified(session, cast)
    send_own_verification(session, cast.alice.actor, LINKS)
    verify_email(session, _token(session), LINKS)
    first = user.email_verified_at
    verify_email(session, _token(session), LINKS)
    assert (first is not None, user.email_verified_at) == (True, first)


def test_verified_address_is_not_mailed_again(session: Session, cast: Cast) -> None:
    send_own_verification(session, cast.alice.actor, LINKS)
    assert session.scalars(sa.select(Mail)).all() == []


def test_changed_address_is_unverified_and_the_old_link_void(session: Session, cast: Cast) -> None:
    user = _unverified(session, cast)
    token = LINKS.make(user).rpartition("/")[2]
    user.email_verified_at = utc_now()
    change_contacts(
        session,
        cast.alice.actor,
        name=user.name,
        email="new@cast.example",
        mobile=user.mobile or "",
        password=PASSWORD,
        base_url="",
        hasher=CHEAP,
    )
    assert user.email_verified_at is None
    with pytest.raises(NotFound):
        verify_email(session, token, LINKS)


def test_changed_name_leaves_the_address_verified(session: Session, cast: Cast) -> None:
    user = session.get_one(User, cast.alice.user_id)
    change_contacts(
        session,
        cast.alice.actor,
        name="新名",
        email=user.email or "",
        mobile=user.mobile or "",
        password="",
        base_url="",
    )
    assert user.email_verified_at is not None


class _Earlier(URLSafeTimedSerializer):
    """Signs as if it were four days ago."""

    class default_signer(URLSafeTimedSerializer.default_signer):  # type: ignore[name-defined,misc]  # noqa: N801
        def get_timestamp(self) -> int:
            return int((utc_now() - timedelta(days=4)).timestamp())


def test_link_that_is_wrong_or_too_old_verifies_nothing(session: Session, cast: Cast) -> None:
    user = _unverified(session, cast)
    token = LINKS.make(user).rpartition("/")[2]
    foreign = URLSafeTimedSerializer(b"another", salt=SALT).dumps([user.id, user.email])
    old = _Earlier(LINKS.secret, salt=SALT).dumps([user.id, user.email])
    for wrong in ("", "x", token[:-1], foreign, old):
        with pytest.raises(NotFound):
            verify_email(session, str(wrong), LINKS)
    assert user.email_verified_at is None
