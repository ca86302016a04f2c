"""Joining an organization: a member is invited by e-mail and belongs to it once he has accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.people import (
    ROLE_OF_KIND,
    Membership,
    MembershipState,
    Organization,
    OrganizationKind,
    Role,
    User,
)
from matchmaker.domain.permissions import Actor, can_appoint_admins, can_manage_members, can_see_members
from matchmaker.services import mail_texts
from matchmaker.services.identifiers import read_email, read_person_name
from matchmaker.services.invitees import MOST_AT_ONCE, Invitee, Unread, read_invitees
from matchmaker.services.mails import enqueue
from matchmaker.services.organization_notices import tell_person
from matchmaker.services.password_links import LIFETIMES, LinkKind, PasswordLinks
from matchmaker.services.reading.text import Unreadable

JOINED = (MembershipState.ACTIVE, MembershipState.PENDING)
LIFETIME = LIFETIMES[LinkKind.INVITATION]
RESEND_AFTER = timedelta(minutes=5)
MEMBER_ALREADY = N_("这个人已经是本单位的成员。")


@dataclass(frozen=True, slots=True)
class InvitationReport:
    """What became of a list of addresses: who was invited, and which lines were not sent and why."""

    invited: tuple[str, ...]
    unsent: tuple[Unread, ...]


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
    membership.invited_by_id = actor.user_id
    _tell(session, actor, membership, links, base_url)
    record(session, actor, "invite", "membership", membership.id, after=membership.state, role=role)
    return membership


def invite_many(
    session: Session,
    actor: Actor,
    organization: Organization,
    text: str,
    *,
    is_owner: bool = False,
    as_admin: bool = False,
    links: PasswordLinks,
    base_url: str,
) -> InvitationReport:
    """Invite everybody whom `text` names (see `read_invitees`); a bad line keeps nobody else from being invited.

    Raises:
        Forbidden: see `invite`.
        Invalid: no address at all, or too many (field `text`).
    """
    _role(actor, organization, as_admin)
    invitees, unread = read_invitees(text)
    _require_some(invitees, unread)
    send = partial(invite, session, actor, organization, as_admin=as_admin, is_owner=is_owner)
    invited: list[str] = []
    unsent = list(unread)
    for person in invitees:
        try:
            send(name=person.name, email=person.email, links=links, base_url=base_url)
            invited.append(person.email)
        except Conflict as error:
            unsent.append(Unread(person.email, error.sentence))
    return InvitationReport(tuple(invited), tuple(unsent))


def resend_invitation(
    session: Session, actor: Actor, membership_id: int, *, links: PasswordLinks, base_url: str
) -> Membership:
    """Send an invitation again; it counts anew from now, and a link sent before stays as good as it was.

    Raises:
        NotFound: there is no such invitation that the actor may know of.
        Forbidden: the actor does not manage the organization.
        Conflict: it was sent only minutes ago.
    """
    membership = session.get(Membership, membership_id)
    if membership is None or membership.state != MembershipState.INVITED:
        raise NotFound(N_("没有找到这份邀请，它可能已被撤回。"))
    if not can_see_members(actor, membership.organization):
        raise NotFound(N_("没有找到这份邀请，它可能已被撤回。"))
    _role(actor, membership.organization, membership.role == Role.ADMIN)
    if utc_now() - membership.created_at < RESEND_AFTER:
        raise Conflict(N_("邀请几分钟前刚刚发送，请稍后再试。对方也可能在垃圾邮件中找到它。"))
    membership.created_at, membership.invited_by_id = utc_now(), actor.user_id
    _tell(session, actor, membership, links, base_url)
    session.flush()
    record(session, actor, "resend", "membership", membership.id)
    return membership


def has_expired(invited_at: datetime) -> bool:
    """Whether an invitation sent at that moment can no longer be accepted."""
    return utc_now() - invited_at > LIFETIME


def invitations_of(session: Session, actor: Actor) -> list[Membership]:
    """Return the invitations that wait for the actor's answer."""
    waiting = Membership.user_id == actor.user_id, Membership.state == MembershipState.INVITED
    loaded = joinedload(Membership.organization)
    return list(session.scalars(sa.select(Membership).where(*waiting).options(loaded).order_by(Membership.id)))


def accept_invitation(session: Session, actor: Actor, membership_id: int) -> Membership:
    """Join; a broker then waits for the bureau.

    Raises:
        NotFound: there is no such invitation for the actor.
        Conflict: it has expired, or the organization is suspended.
    """
    membership = _own_invitation(session, actor, membership_id)
    if has_expired(membership.created_at):
        raise Conflict(N_("这份邀请已经过期，请联系邀请您的同事重新发送。"))
    if membership.organization.is_suspended:
        raise Conflict(N_("这个单位目前已被停用，暂时不能加入。"))
    is_broker = membership.role == Role.BROKER
    membership.state = MembershipState.PENDING if is_broker else MembershipState.ACTIVE
    _record_answer(session, actor, membership, "accept")
    _tell_inviter(session, membership, Sentence(N_("%(name)s 接受了邀请"), name=membership.user.name))
    return membership


def decline_invitation(session: Session, actor: Actor, membership_id: int) -> None:
    """Refuse to join.

    Raises:
        NotFound: there is no such invitation for the actor.
    """
    membership = _own_invitation(session, actor, membership_id)
    membership.state = MembershipState.ENDED
    _record_answer(session, actor, membership, "decline")
    _tell_inviter(session, membership, Sentence(N_("%(email)s 谢绝了邀请"), email=membership.user.email or ""))


def _role(actor: Actor, organization: Organization, as_admin: bool) -> Role:
    if not can_manage_members(actor, organization):
        raise Forbidden(N_("只有本单位的负责人或科技局可以添加成员。"))
    if not as_admin:
        return ROLE_OF_KIND[organization.kind]
    if organization.kind != OrganizationKind.BUREAU or not can_appoint_admins(actor):
        raise Forbidden(N_("只有管理员可以任命管理员。"))
    return Role.ADMIN


def _require_some(invitees: Sequence[Invitee], unread: Sequence[Unread]) -> None:
    if not invitees and not unread:
        raise Invalid(N_("请填写邮箱地址。"), {"text": N_("请填写至少一个邮箱地址。")})
    if len(invitees) > MOST_AT_ONCE:
        sentence = Sentence(N_("一次最多邀请 %(most)d 人，请分几次发送。"), most=MOST_AT_ONCE)
        raise Invalid(sentence, {"text": sentence})


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
        raise Conflict(MEMBER_ALREADY)
    membership.role, membership.is_owner, membership.state = role, is_owner, MembershipState.INVITED
    membership.created_at = utc_now()
    session.flush()
    return membership


def _tell(session: Session, actor: Actor, membership: Membership, links: PasswordLinks, base_url: str) -> None:
    user, organization = membership.user, membership.organization.name
    if user.password_hash is None:
        link = links.make(LinkKind.INVITATION, user, membership.id)
        days = LIFETIMES[LinkKind.INVITATION].days
        enqueue(session, user, *mail_texts.invited_newcomer(actor.name, organization, link, days))
        return
    title = Sentence(N_("邀请您加入 %(organization)s"), organization=organization)
    body = Sentence(
        N_("%(inviter)s 邀请您以 %(organization)s 成员的身份使用平台。请在“我的账号”中接受或谢绝。"),
        inviter=actor.name,
        organization=organization,
    )
    tell_person(session, user, membership.organization_id, title, body, path="/account")


def _tell_inviter(session: Session, membership: Membership, title: Sentence) -> None:
    body = Sentence(N_("单位：%(name)s。可以在成员页查看和管理成员。"), name=membership.organization.name)
    path = f"/organizations/{membership.organization_id}/members"
    tell_person(session, membership.invited_by, membership.organization_id, title, body, path=path)


def _own_invitation(session: Session, actor: Actor, membership_id: int) -> Membership:
    membership = session.get(Membership, membership_id)
    if membership is None or membership.user_id != actor.user_id or membership.state != MembershipState.INVITED:
        raise NotFound(N_("没有找到这份邀请，它可能已被撤回。"))
    return membership


def _record_answer(session: Session, actor: Actor, membership: Membership, action: str) -> None:
    session.flush()
    state = membership.state
    record(session, actor, action, "membership", membership.id, before=MembershipState.INVITED, after=state)
