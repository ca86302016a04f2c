"""A person's own account: log-in, contact data, and the first administrator."""

from dataclasses import dataclass

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Language
from matchmaker.domain.people import Membership, MembershipState, Organization, OrganizationKind, Role, User
from matchmaker.domain.permissions import Actor
from matchmaker.services import mail_texts
from matchmaker.services.identifiers import (
    read_email,
    read_login,
    read_mobile,
    read_organization_name,
    read_person_name,
)
from matchmaker.services.mails import enqueue
from matchmaker.services.passwords import HASHER, check_new_password, hash_password, is_outdated, verify_password
from matchmaker.services.reading.text import Unreadable


@dataclass(frozen=True, slots=True)
class LogIn:
    """A successful log-in: what goes into the browser's cookie. `outdated`: the hash should be made anew."""

    user_id: int
    credentials_version: int
    membership_id: int | None
    outdated: bool
    language: str | None = None


def authenticate(session: Session, login: str, password: str, *, hasher: PasswordHasher = HASHER) -> LogIn | None:
    """Check an e-mail address or mobile number with a password; a reading session is enough.

    None tells nothing about the reason; a person without account costs as much time as one with a wrong password.
    """
    user = find_user(session, login)
    if not verify_password(user.password_hash if user else None, password, hasher) or user is None:
        return None
    return LogIn(
        user_id=user.id,
        credentials_version=user.credentials_version,
        membership_id=default_membership(session, user.id),
        outdated=user.password_hash is not None and is_outdated(user.password_hash, hasher),
        language=user.locale,
    )


def find_user(session: Session, login: str) -> User | None:
    """Return whoever logs in with this e-mail address or mobile number, unless disabled or deleted."""
    typed = read_login(login)
    return session.scalars(
        sa.select(User).where(
            sa.or_(User.email == typed, User.mobile == typed), User.disabled_at.is_(None), User.deleted_at.is_(None)
        )
    ).first()


def renew_hash(session: Session, login: LogIn, password: str, *, hasher: PasswordHasher = HASHER) -> None:
    """Store the hash of an outdated log-in anew, with today's parameters. Other sessions go on."""
    session.get_one(User, login.user_id).password_hash = hash_password(password, hasher)


def default_membership(session: Session, user_id: int) -> int | None:
    """Return the membership that a user acts in when he logs in: an active one before any other, the oldest first."""
    active = sa.case((Membership.state == MembershipState.ACTIVE, 0), else_=1)
    return session.scalar(
        sa.select(Membership.id)
        .where(Membership.user_id == user_id, Membership.state.in_((MembershipState.ACTIVE, MembershipState.PENDING)))
        .order_by(active, Membership.id)
        .limit(1)
    )


def own_user(session: Session, actor: Actor) -> User:
    """Return the row of whoever acts.

    Raises:
        Forbidden: nobody is logged in.
    """
    user = session.get(User, actor.user_id) if actor.user_id is not None else None
    if user is None or user.deleted_at is not None:
        raise Forbidden(N_("请先登录。"))
    return user


def require_password(user: User, password: str, hasher: PasswordHasher = HASHER, *, field: str = "password") -> None:
    """Ask again for the password before something that a stranger at an open browser must not do.

    Raises:
        Invalid: under the name `field`.
    """
    if not verify_password(user.password_hash, password, hasher):
        sentence = N_("密码不正确。")
        raise Invalid(sentence, {field: sentence})


def change_contacts(
    session: Session,
    actor: Actor,
    *,
    name: str,
    email: str,
    mobile: str,
    password: str,
    base_url: str,
    hasher: PasswordHasher = HASHER,
) -> User:
    """Change one's own name, e-mail address or mobile number; the former address is told.

    The password is asked for only where the log-in changes.

    Raises:
        Invalid: by field, among them an address or number that is somebody else's.
    """
    user = own_user(session, actor)
    new_name, new_email, new_mobile = _read_contacts(name, email, mobile)
    if (new_email, new_mobile) != (user.email, user.mobile):
        require_password(user, password, hasher)
        _refuse_taken(session, user, new_email, new_mobile)
        enqueue(session, user, *mail_texts.contacts_changed(base_url))
        record(session, actor, "change_contacts", "user", user.id)
    if new_email != user.email:
        user.email_verified_at = None
    user.name, user.email, user.mobile = new_name, new_email, new_mobile
    session.flush()
    return user


def choose_language(session: Session, actor: Actor, language: Language) -> None:
    """Keep the language in which a person wants pages, mails and notices.

    Raises:
        Forbidden: the actor is not logged in.
    """
    own_user(session, actor).locale = language


def create_admin(
    session: Session,
    actor: Actor,
    *,
    name: str,
    email: str,
    password: str,
    bureau: str,
    hasher: PasswordHasher = HASHER,
) -> Membership:
    """Make an administrator with whom a production start begins, and the bureau's organization if there is none.

    Raises:
        Forbidden: the actor is not the platform itself.
        Conflict: somebody has this e-mail address already.
        Invalid: by field.
    """
    if not actor.is_system:
        raise Forbidden(N_("管理员只能由命令建立。"))
    new_name, new_email, _ = _read_contacts(name, email, "")
    check_new_password(password, (new_name, new_email))
    if session.scalar(sa.select(User.id).where(User.email == new_email)) is not None:
        raise Conflict(N_("这个邮箱已经属于另一个账号。"))
    password_hash = hash_password(password, hasher)
    user = User(name=new_name, email=new_email, email_verified_at=utc_now(), password_hash=password_hash)
    membership = Membership(user=user, organization=_bureau(session, bureau), role=Role.ADMIN, is_owner=True)
    session.add(membership)
    session.flush()
    record(session, actor, "create_admin", "user", user.id)
    return membership


def _bureau(session: Session, name: str) -> Organization:
    """Return the bureau of that name, or else the first bureau there is, or else a new one."""
    try:
        name = read_organization_name(name)
    except Unreadable as error:
        raise Invalid(error.sentence, {"bureau": error.sentence}) from error
    bureaus = sa.select(Organization).where(Organization.kind == OrganizationKind.BUREAU).order_by(Organization.id)
    found = session.scalars(bureaus.where(Organization.name == name)).first()
    if found is None:
        found = Organization(kind=OrganizationKind.BUREAU, name=name, verified_at=utc_now())
        session.add(found)
    return found


def _read_contacts(name: str, email: str, mobile: str) -> tuple[str, str, str | None]:
    values: dict[str, str | None] = {"name": None, "email": None, "mobile": None}
    errors: dict[str, str] = {}
    readers = {"name": (read_person_name, name), "email": (read_email, email)}
    if mobile.strip():
        readers["mobile"] = (read_mobile, mobile)
    for field, (read, value) in readers.items():
        try:
            values[field] = read(value)
        except Unreadable as error:
            errors[field] = error.sentence
    if errors:
        raise Invalid(N_("有些内容需要修改，请看标出的地方。"), errors)
    return values["name"] or "", values["email"] or "", values["mobile"]


def _refuse_taken(session: Session, user: User, email: str, mobile: str | None) -> None:
    for field, column, value in (("email", User.email, email), ("mobile", User.mobile, mobile)):
        taken = sa.select(User.id).where(column == value, User.id != user.id)
        if value is not None and session.scalar(taken) is not None:
            sentence = N_("不能使用这个邮箱或手机号，请换一个。")
            raise Invalid(sentence, {field: sentence})
