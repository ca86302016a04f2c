"""Registration: one step makes a person, an organization and the membership that joins them."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, read_language
from matchmaker.domain.people import (
    OFFICES,
    ROLE_OF_KIND,
    Membership,
    MembershipState,
    Organization,
    OrganizationKind,
    User,
)
from matchmaker.domain.permissions import Actor
from matchmaker.services import mail_texts
from matchmaker.services.branches import join_branch
from matchmaker.services.identifiers import (
    read_credit_code,
    read_email,
    read_mobile,
    read_organization_name,
    read_person_name,
)
from matchmaker.services.mails import enqueue
from matchmaker.services.organizations import find_known
from matchmaker.services.ownership import members
from matchmaker.services.passwords import HASHER, check_new_password, hash_password
from matchmaker.services.privacy import NOTICE_VERSION
from matchmaker.services.reading.text import Unreadable

SELF_REGISTERED = tuple(kind for kind in OrganizationKind if kind not in OFFICES)
# Hong Kong, Macau and Taiwan have registers of their own, without credit codes.
OTHER_REGISTERS = frozenset({"710000", "810000", "820000"})

INVALID = N_("有些内容需要修改，请看标出的地方。")


@dataclass(frozen=True, slots=True)
class Registration:
    """What a newcomer typed, as typed."""

    kind: str
    organization_name: str
    credit_code: str
    region: str
    name: str
    email: str
    mobile: str
    password: str
    consented: bool
    language: str | None = None


def register(
    session: Session, registration: Registration, *, base_url: str, hasher: PasswordHasher = HASHER
) -> Membership | None:
    """Make user, organization and membership; the membership of a broker waits for the bureau.

    None where the e-mail address or mobile number already belongs to somebody: nothing is made, and he is told by
    mail. The page must answer both cases in the same words, so that nobody can ask it who has an account.

    Raises:
        Invalid: by field, among them an organization that is registered already.
    """
    clean = _read(registration)
    password_hash = hash_password(registration.password, hasher)
    _refuse_known_organization(session, clean.organization_name, clean.credit_code)
    if holder := _holder(session, clean):
        enqueue(session, holder, *mail_texts.already_registered(base_url))
        return None
    return _make(session, clean, password_hash)


def needs_credit_code(kind: str, region: str) -> bool:
    """Chinese organizations have a credit code. A broker may be a single person, whom the bureau confirms anyhow."""
    is_foreign = region in codes.table("countries") or region in OTHER_REGISTERS
    return not is_foreign and kind != OrganizationKind.BROKER


def _make(session: Session, clean: "_Clean", password_hash: str) -> Membership:
    user = User(
        name=clean.name,
        email=clean.email,
        mobile=clean.mobile,
        password_hash=password_hash,
        consent_version=NOTICE_VERSION,
        consented_at=utc_now(),
        locale=clean.language,
    )
    organization = Organization(
        kind=clean.kind, name=clean.organization_name, credit_code=clean.credit_code, region=clean.region
    )
    role = ROLE_OF_KIND[clean.kind]
    state = MembershipState.PENDING if clean.kind == OrganizationKind.BROKER else MembershipState.ACTIVE
    membership = Membership(user=user, organization=organization, role=role, is_owner=True, state=state)
    session.add_all((user, organization, membership))
    session.flush()
    join_branch(session, organization)
    actor = Actor(user_id=user.id, organization_id=organization.id)
    record(session, actor, "register", "organization", organization.id, after=state)
    return membership


@dataclass(frozen=True, slots=True)
class _Clean:
    kind: str
    organization_name: str
    credit_code: str | None
    region: str
    name: str
    email: str
    mobile: str | None
    language: str | None


class _Reader:
    """Reads one field after the other and keeps what is wrong with each."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def read(self, field: str, function: Callable[[str], str], value: str) -> str:
        try:
            return function(value)
        except Unreadable as error:
            self.errors[field] = error.sentence
            return ""


def _read(typed: Registration) -> _Clean:
    reader = _Reader()
    needs_code = needs_credit_code(typed.kind, typed.region)
    clean = _Clean(
        kind=typed.kind,
        organization_name=reader.read("organization_name", read_organization_name, typed.organization_name),
        credit_code=reader.read("credit_code", read_credit_code, typed.credit_code)
        if needs_code or typed.credit_code.strip()
        else None,
        region=typed.region,
        name=reader.read("name", read_person_name, typed.name),
        email=reader.read("email", read_email, typed.email),
        mobile=reader.read("mobile", read_mobile, typed.mobile) if typed.mobile.strip() else None,
        language=read_language(typed.language),
    )
    reader.errors.update(_choice_errors(typed))
    try:
        check_new_password(typed.password, (clean.name, clean.email, clean.mobile))
    except Invalid as error:
        reader.errors.update(error.errors)
    if reader.errors:
        raise Invalid(INVALID, reader.errors)
    return clean


def _choice_errors(typed: Registration) -> dict[str, str]:
    errors: dict[str, str] = {}
    if typed.kind not in SELF_REGISTERED:
        errors["kind"] = N_("请选择单位类型。")
    if typed.region not in codes.table("regions"):
        errors["region"] = N_("请选择所在地区。")
    if not typed.consented:
        errors["consented"] = N_("注册需要您同意隐私说明。")
    return errors


def _refuse_known_organization(session: Session, name: str, credit_code: str | None) -> None:
    known = find_known(session, name, credit_code)
    if known is None:
        return
    found_by, organization = known
    if members(session, organization.id):
        sentence = N_("这个单位已经注册。请联系本单位的平台负责人，由他把您添加为成员。")
    else:
        sentence = N_("这个单位已在平台登记，但还没有负责人。请联系科技局把您添加为成员。")
    raise Invalid(sentence, {"credit_code" if found_by == "credit_code" else "organization_name": sentence})


def _holder(session: Session, clean: _Clean) -> User | None:
    by_mobile = sa.and_(User.mobile.is_not(None), User.mobile == clean.mobile)
    return session.scalars(sa.select(User).where(sa.or_(User.email == clean.email, by_mobile))).first()
