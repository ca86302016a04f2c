"""Joining an organization: a member is invited by e-mail and belongs to it once he has accepted."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.people import (
    ROLE_OF_KIND,
    Membership,
    MembershipState,
    Organization,
    OrganizationKind,
    Role,
    User,
)
from matchmaker.domain.permissions import Actor, can_appoint_admins, can_manage_members
from matchmaker.services import mail_texts
from matchmaker.services.identifiers import read_email, read_person_name
from matchmaker.services.mails import enqueue
from matchmaker.services.password_links import LIFETIMES, LinkKind, PasswordLinks
from matchmaker.services.reading.text import Unreadable

JOINED = (MembershipState.ACTIVE, MembershipState.PENDING)


def invite(
    session: Session,
    actor: Actor,
    organization: Organization,
    *,
    name: str,
    email: str,
    as_admin: bool = False,
    is_owner: bool = False,
    links: PasswordLinks,
    base_url: str,
) -> Membership:
    """Invite a colleague. Somebody without account gets one without password, and a link to set it.

    Whoever invites sees the same in both cases, so that nobody can ask in this way who has an account.

    Raises:
        Forbidden: the actor does not manage this organization, or makes an administrator without being one.
        Invalid: by field.
        Conflict: the person belongs to the organization already.
    """
    role = _role(actor, organization, as_admin)
    clean_name, clean_email = _read(name, email)
    user = session.scalar(sa.select(User).where(User.email == clean_email))
    if user is None:
        user = User(name=clean_name, email=clean_email)
        session.add(user)
        session.flush()
    membership = _invited(session, user, organization, role, is_owner)
    _tell(session, actor, membership, links, base_url)
    record(session, actor, "invite", "membership", membership.id, after=membership.state, role=role)
    return membership


def invitations_of(session: Session, actor: Actor) -> list[Membership]:
    """Return the invitations that wait for the actor's answer."""
    waiting = Membership.user_id == actor.user_id, Membership.state == MembershipState.INVITED
    loaded = joinedload(Membership.organization)
    return list(session.scalars(sa.select(Membership).where(*waiting).options(loaded).order_by(Membership.id)))


def accept_invitation(session: Session, actor: Actor, membership_id: int) -> Membership:
    """Join; a broker then waits for the bureau.

    Raises:
        NotFound: there is no such invitation for the actor.
    """
    membership = _own_invitation(session, actor, membership_id)
    is_broker = membership.role == Role.BROKER
    membership.state = MembershipState.PENDING if is_broker else MembershipState.ACTIVE
    _record_answer(session, actor, membership, "accept")
    return membership


def decline_invitation(session: Session, actor: Actor, membership_id: int) -> None:
    """Refuse to join.

    Raises:
        NotFound: there is no such invitation for the actor.
    """
    membership = _own_invitation(session, actor, membership_id)
    membership.state = MembershipState.ENDED
    _record_answer(session, actor, membership, "decline")


def _role(actor: Actor, organization: Organization, as_admin: bool) -> Role:
    if not can_manage_members(actor, organization):
        raise Forbidden(N_("只有本单位的负责人或科技局可以添加成员。"))
    if not as_admin:
        return ROLE_OF_KIND[organization.kind]
    if organization.kind != OrganizationKind.BUREAU or not can_appoint_admins(actor):
        raise Forbidden(N_("只有管理员可以任命管理员。"))
    return Role.ADMIN


def _read(name: str, email: str) -> tuple[str, str]:
    errors: dict[str, str] = {}
    values: list[str] = []
    for field, read, value in (("name", read_person_name, name), ("email", read_email, email)):
        try:
            values.append(read(value))
        except Unreadable as error:
            errors[field] = error.sentence
    if errors:
        raise Invalid(N_("有些内容需要修改，请看标出的地方。"), errors)
    return values[0], values[1]


def _invited(session: Session, user: User, organization: Organization, role: Role, is_owner: bool) -> Membership:
    """Return the membership, made now or taken up again after an earlier one had ended."""
    membership = session.scalar(
        sa.select(Membership).where(Membership.user_id == user.id, Membership.organization_id == organization.id)
    )
    if membership is None:
        membership = Membership(user=user, organization=organization)
        session.add(membership)
    elif membership.state in JOINED:
        raise Conflict(N_("这个人已经是本单位的成员。"))
    membership.role, membership.is_owner, membership.state = role, is_owner, MembershipState.INVITED
    membership.created_at = utc_now()
    session.flush()
    return membership


def _tell(session: Session, actor: Actor, membership: Membership, links: PasswordLinks, base_url: str) -> None:
    user, organization = membership.user, membership.organization.name
    if user.password_hash is None:
        link = links.make(LinkKind.INVITATION, user, membership.id)
        days = LIFETIMES[LinkKind.INVITATION].days
        text = mail_texts.invited_newcomer(actor.name, organization, link, days)
    else:
        text = mail_texts.invited_user(actor.name, organization, base_url)
    enqueue(session, user, *text)


def _own_invitation(session: Session, actor: Actor, membership_id: int) -> Membership:
    membership = session.get(Membership, membership_id)
    if membership is None or membership.user_id != actor.user_id or membership.state != MembershipState.INVITED:
        raise NotFound(N_("没有找到这份邀请，它可能已被撤回。"))
    return membership


def _record_answer(session: Session, actor: Actor, membership: Membership, action: str) -> None:
    session.flush()
    state = membership.state
    record(session, actor, action, "membership", membership.id, before=MembershipState.INVITED, after=state)
