"""Changing a password: by its owner, or through a signed link. Each change ends all other log-ins."""

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services import mail_texts
from matchmaker.services.accounts import find_user, own_user, require_password
from matchmaker.services.invitations import accept_invitation
from matchmaker.services.mails import enqueue
from matchmaker.services.password_links import LIFETIMES, LinkKind, PasswordLinks
from matchmaker.services.passwords import HASHER, check_new_password, hash_password
from matchmaker.services.privacy import NOTICE_VERSION


def change_password(
    session: Session, actor: Actor, *, old: str, new: str, base_url: str, hasher: PasswordHasher = HASHER
) -> User:
    """Change one's own password; all other log-ins end.

    Raises:
        Invalid: `old` is wrong (field `old`), or `new` is too easy (field `password`).
    """
    user = own_user(session, actor)
    require_password(user, old, hasher, field="old")
    _set(user, new, hasher)
    record(session, actor, "change_password", "user", user.id)
    enqueue(session, user, *mail_texts.password_changed(base_url))
    return user


def log_out_everywhere(session: Session, actor: Actor) -> User:
    """End every log-in of the actor, this one too unless the caller logs this browser in again."""
    user = own_user(session, actor)
    user.credentials_version += 1
    record(session, actor, "log_out_everywhere", "user", user.id)
    return user


def request_reset(session: Session, login: str, links: PasswordLinks) -> None:
    """Mail a link for a new password to whoever has this e-mail address or mobile number; silent if that is nobody."""
    user = find_user(session, login)
    if user is not None:
        minutes = int(LIFETIMES[LinkKind.RESET].total_seconds() // 60)
        enqueue(session, user, *mail_texts.reset_password(links.make(LinkKind.RESET, user), minutes))


def reset_password(
    session: Session,
    token: str,
    new: str,
    links: PasswordLinks,
    *,
    consented: bool,
    base_url: str,
    hasher: PasswordHasher = HASHER,
) -> User:
    """Set a password through a link, and accept the invitation that came with it.

    Raises:
        NotFound: the link is wrong, too old, or was used before.
        Invalid: the password is too easy (field `password`), or a newcomer has not consented (field `consented`).
    """
    user, membership_id = links.read(session, token)
    # The link came by mail, so the address is his.
    user.email_verified_at = user.email_verified_at or utc_now()
    newcomer = user.consent_version is None
    if newcomer and not consented:
        raise Invalid(N_("请先阅读并同意隐私说明。"), {"consented": N_("使用平台需要您同意隐私说明。")})
    _set(user, new, hasher)
    if newcomer:
        user.consent_version, user.consented_at = NOTICE_VERSION, utc_now()
    actor = Actor(user_id=user.id)
    record(session, actor, "reset_password", "user", user.id)
    if membership_id is None:
        enqueue(session, user, *mail_texts.password_changed(base_url))
    else:
        accept_invitation(session, actor, membership_id)
    return user


def _set(user: User, new: str, hasher: PasswordHasher) -> None:
    check_new_password(new, (user.name, user.email, user.mobile))
    user.password_hash = hash_password(new, hasher)
    user.credentials_version += 1
