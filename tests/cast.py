"""The cast of every test: who they are, where they belong, and what they may do.

alice posts for an enterprise, bob for a university, carol is a confirmed broker, dave works at the bureau and erin
administers it, mallory is an outsider with an enterprise of her own, peter is a broker whom nobody has confirmed.
"""

from dataclasses import dataclass, fields

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.people import Membership, MembershipState, Organization, Role, User
from matchmaker.domain.permissions import Actor
from matchmaker.services.passwords import hash_password

PASSWORD = "hao-renwu 2026"
# As cheap as argon2 goes: tests check that the right thing is hashed, not how long it takes.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD_HASH = hash_password(PASSWORD, CHEAP)


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the cast; plain data, valid in every session."""

    key: str
    user_id: int
    organization_id: int
    membership_id: int
    organization_name: str
    name: str
    email: str
    mobile: str
    password: str
    actor: Actor


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody; `cast["alice"]` is `cast.alice`."""

    alice: Member
    bob: Member
    carol: Member
    dave: Member
    erin: Member
    mallory: Member
    peter: Member

    def __getitem__(self, key: str) -> Member:
        """Return the member of that name."""
        member: Member = getattr(self, key)
        return member


NAMES = tuple(field.name for field in fields(Cast))


def make_cast(session: Session) -> Cast:
    """Write the whole cast with its organizations; the caller commits."""
    machines = make_organization(session, "enterprise", "天山机械有限公司", credit_code="91650100MA7T000A1L")
    university = make_organization(session, "university", "昆仑理工大学", credit_code="12650000458000101P")
    agency = make_organization(session, "broker", "丝路技术转移中心", credit_code="91650100MA7B000C23")
    bureau = make_organization(session, "bureau", "乌鲁木齐市科技局", credit_code="116501000100003027")
    trade = make_organization(session, "enterprise", "戈壁商贸有限公司", credit_code="91650100MA7MA00M99")
    office = make_organization(session, "broker", "远山技术经纪事务所", credit_code="91650100MA7PE00P53")
    return Cast(
        alice=make_member(session, machines, "alice", "阿丽娅", Role.ENTERPRISE, is_owner=True),
        bob=make_member(session, university, "bob", "鲍博", Role.UNIVERSITY, is_owner=True),
        carol=make_member(session, agency, "carol", "柯洛", Role.BROKER, is_owner=True),
        dave=make_member(session, bureau, "dave", "戴维", Role.BUREAU),
        erin=make_member(session, bureau, "erin", "艾林", Role.ADMIN, is_owner=True),
        mallory=make_member(session, trade, "mallory", "马洛", Role.ENTERPRISE, is_owner=True),
        peter=make_member(session, office, "peter", "裴德", Role.BROKER, is_owner=True, state=MembershipState.PENDING),
    )


def make_organization(session: Session, kind: str, name: str, **columns: object) -> Organization:
    """Add an organization of a kind in Urumqi's high-tech district."""
    organization = Organization(**{"kind": kind, "name": name, "region": "650104", "verified_at": utc_now(), **columns})
    session.add(organization)
    session.flush()
    return organization


def make_member(
    session: Session,
    organization: Organization,
    key: str,
    name: str,
    role: Role,
    *,
    is_owner: bool = False,
    state: MembershipState = MembershipState.ACTIVE,
) -> Member:
    """Add a person who logs in as `key@cast.example` with `PASSWORD`, and the membership."""
    user = User(
        name=name,
        email=f"{key}@cast.example",
        email_verified_at=utc_now(),
        mobile=_mobile(key),
        password_hash=PASSWORD_HASH,
        consent_version="2026-11",
        consented_at=utc_now(),
    )
    membership = Membership(user=user, organization=organization, role=role, is_owner=is_owner, state=state)
    session.add_all((user, membership))
    session.flush()
    return _member(key, user, membership)


def _member(key: str, user: User, membership: Membership) -> Member:
    organization, active = membership.organization, membership.state == MembershipState.ACTIVE
    actor = Actor(
        user_id=user.id,
        organization_id=organization.id if active else None,
        role=Role(membership.role) if active else None,
        name=user.name,
        organization_name=organization.name,
        is_owner=membership.is_owner and active,
        organization_kind=organization.kind if active else "",
    )
    return Member(
        key=key,
        user_id=user.id,
        organization_id=organization.id,
        membership_id=membership.id,
        organization_name=organization.name,
        name=user.name,
        email=user.email or "",
        mobile=user.mobile or "",
        password=PASSWORD,
        actor=actor,
    )


def _mobile(key: str) -> str:
    return "139" + "".join(str(ord(letter) % 10) for letter in (key * 8)[:8])
