"""Changing a password, by its owner or through a link that works once and expires."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Invalid, NotFound
from matchmaker.domain.mails import Mail
from matchmaker.domain.people import User
from matchmaker.services.accounts import authenticate
from matchmaker.services.actors import load_actor
from matchmaker.services.credentials import change_password, log_out_everywhere, request_reset, reset_password
from matchmaker.services.password_links import LIFETIMES, SALT, LinkKind, PasswordLinks
from tests.cast import CHEAP, PASSWORD, Cast

BASE_URL = "https://match.example"
NEW = "shapaozi 2027 xin"
LINKS = PasswordLinks(b"secret" * 8, lambda token: f"{BASE_URL}/reset/{token}")


def _reset(session: Session, token: str, new: str = NEW, links: PasswordLinks = LINKS) -> User:
    return reset_password(session, token, new, links, consented=False, base_url=BASE_URL, hasher=CHEAP)


def _mailed_token(session: Session, login: str) -> str:
    request_reset(session, login, LINKS)
    mail = session.scalars(sa.select(Mail).order_by(Mail.id.desc())).first()
    assert mail is not None
    found = re.search(r"/reset/(\S+)", mail.body)
    assert found is not None
    return found[1]


def _works(session: Session, cast: Cast, password: str) -> bool:
    return authenticate(session, cast.alice.email, password, hasher=CHEAP) is not None


class _Earlier(URLSafeTimedSerializer):
    """Signs as if it were a moment ago."""

    ago = timedelta()

    class default_signer(URLSafeTimedSerializer.default_signer):  # type: ignore[name-defined,misc]  # noqa: N801
        def get_timestamp(self) -> int:
            return int((utc_now() - _Earlier.ago).timestamp())


def test_password_change_ends_all_log_ins(session: Session, cast: Cast) -> None:
    user = change_password(session, cast.alice.actor, old=PASSWORD, new=NEW, base_url=BASE_URL, hasher=CHEAP)
    assert load_actor(session, user.id, 1, cast.alice.membership_id) is None
    assert load_actor(session, user.id, user.credentials_version, cast.alice.membership_id) == cast.alice.actor
    assert (_works(session, cast, PASSWORD), _works(session, cast, NEW)) == (False, True)


@pytest.mark.parametrize(("old", "new", "field"), [("wrong", NEW, "old"), (PASSWORD, "short", "password")])
def test_password_change_is_refused_by_field(session: Session, cast: Cast, old: str, new: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        change_password(session, cast.alice.actor, old=old, new=new, base_url=BASE_URL, hasher=CHEAP)
    assert list(refused.value.errors) == [field]
    assert _works(session, cast, PASSWORD)


def test_log_out_everywhere_voids_every_cookie(session: Session, cast: Cast) -> None:
    log_out_everywhere(session, cast.alice.actor)
    assert load_actor(session, cast.alice.user_id, 1, cast.alice.membership_id) is None


@pytest.mark.parametrize("login", ["alice@cast.example", "mobile"])
def test_reset_link_is_mailed_and_sets_a_password(session: Session, cast: Cast, login: str) -> None:
    token = _mailed_token(session, login.replace("mobile", cast.alice.mobile))
    _reset(session, token)
    assert (_works(session, cast, PASSWORD), _works(session, cast, NEW)) == (False, True)


def test_reset_link_works_once(session: Session, cast: Cast) -> None:
    token = _mailed_token(session, cast.alice.email)
    _reset(session, token)
    with pytest.raises(NotFound):
        _reset(session, token, "yet another 2027 one")


def test_reset_link_is_void_after_any_change_of_password(session: Session, cast: Cast) -> None:
    token = _mailed_token(session, cast.alice.email)
    change_password(session, cast.alice.actor, old=PASSWORD, new=NEW, base_url=BASE_URL, hasher=CHEAP)
    with pytest.raises(NotFound):
        _reset(session, token)


def test_reset_link_that_failed_by_a_poor_password_still_works(session: Session, cast: Cast) -> None:
    token = _mailed_token(session, cast.alice.email)
    with pytest.raises(Invalid):
        _reset(session, token, "short")
    _reset(session, token)


@pytest.mark.parametrize("minutes", [59, 61])
def test_reset_link_expires_after_an_hour(
    session: Session, cast: Cast, minutes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Earlier, "ago", timedelta(minutes=minutes))
    token = str(_Earlier(LINKS.secret, salt=SALT).dumps(["reset", cast.alice.user_id, 1, None]))
    if timedelta(minutes=minutes) < LIFETIMES[LinkKind.RESET]:
        _reset(session, token)
        return
    with pytest.raises(NotFound):
        _reset(session, token)


@pytest.mark.parametrize("token", ["", "x", "x" * 1_000_000, "a.b.c", "😀", "\x00"])
def test_reset_link_of_garbage_is_void(session: Session, cast: Cast, token: str) -> None:
    with pytest.raises(NotFound):
        _reset(session, token)


def test_reset_link_signed_with_another_key_is_void(session: Session, cast: Cast) -> None:
    token = _mailed_token(session, cast.alice.email)
    with pytest.raises(NotFound):
        _reset(session, token, links=PasswordLinks(b"other" * 8, str))


def test_reset_link_of_a_disabled_user_is_void(session: Session, cast: Cast) -> None:
    token = _mailed_token(session, cast.alice.email)
    session.get_one(User, cast.alice.user_id).disabled_at = utc_now()
    with pytest.raises(NotFound):
        _reset(session, token)


def test_reset_for_nobody_sends_nothing_and_says_nothing(session: Session, cast: Cast) -> None:
    for login in ("nobody@cast.example", "", "x" * 1_000_000, "' OR 1=1 --"):
        request_reset(session, login, LINKS)
    assert session.scalars(sa.select(Mail)).all() == []
