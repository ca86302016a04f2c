"""The members of an organization, and the organizations of a person."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.people import Membership, MembershipState, Organization, Role
from matchmaker.domain.permissions import Actor, can_appoint_admins, can_manage_members, can_see_members
from matchmaker.services.deals import release_deals
from matchmaker.services.duties import hand_over_events, hand_over_listings, require_dispensable
from matchmaker.services.follow_ups.owning import hand_over_leaving
from matchmaker.services.invitations import has_expired
from matchmaker.services.organization_notices import owners, tell_person
from matchmaker.services.reading.text import prose

REASON_LONGEST = 500
MEMBERSHIP_STATE_NAMES = {
    MembershipState.INVITED: N_("已邀请，待接受"),
    MembershipState.PENDING: N_("待科技局确认"),
    MembershipState.ACTIVE: N_("有效"),
    MembershipState.ENDED: N_("已结束"),
}


@dataclass(frozen=True, slots=True)
class MemberView:
    """A member; who does not manage the members sees no addresses. `name` is empty until an invitation is accepted."""

    membership_id: int
    user_id: int
    name: str
    email: str | None
    role: str
    state: str
    is_owner: bool
    since: datetime
    has_expired: bool = False


@dataclass(frozen=True, slots=True)
class MembershipView:
    """One of a person's own memberships."""

    membership_id: int
    organization_id: int
    organization_name: str
    organization_kind: str
    role: str
    state: str
    is_owner: bool


def list_members(session: Session, actor: Actor, organization: Organization) -> list[MemberView]:
    """Return members, owners first; those who manage them also see addresses and who has been invited.

    Raises:
        Forbidden: the actor is neither a colleague nor one who manages the members.
    """
    if not can_see_members(actor, organization):
        raise Forbidden(N_("只有本单位的成员可以查看成员名单。"))
    manages = can_manage_members(actor, organization)
    hidden = (MembershipState.ENDED,) if manages else (MembershipState.ENDED, MembershipState.INVITED)
    rows = session.scalars(
        sa.select(Membership)
        .where(Membership.organization_id == organization.id, Membership.state.not_in(hidden))
        .options(joinedload(Membership.user))
        .order_by(Membership.is_owner.desc(), Membership.id)
    )
    return [_member(row, manages) for row in rows]


def list_memberships(session: Session, user_id: int) -> list[MembershipView]:
    """Return the memberships that a person can act in or waits for, invitations apart."""
    rows = session.scalars(
        sa.select(Membership)
        .where(Membership.user_id == user_id, Membership.state.in_((MembershipState.ACTIVE, MembershipState.PENDING)))
        .options(joinedload(Membership.organization))
        .order_by(Membership.id)
    )
    return [
        MembershipView(
            row.id, row.organization_id, row.organization.name, row.organization.kind, row.role, row.state, row.is_owner
        )
        for row in rows
    ]


def choose_membership(session: Session, actor: Actor, membership_id: int) -> Membership:
    """Return the membership that the actor wants to act in from now on.

    Raises:
        NotFound: it is not his, or has ended.
    """
    membership = session.get(Membership, membership_id)
    usable = (MembershipState.ACTIVE, MembershipState.PENDING)
    if membership is None or membership.user_id != actor.user_id or membership.state not in usable:
        raise NotFound(N_("您不是这个单位的成员。"))
    return membership


def remove_member(session: Session, actor: Actor, membership_id: int) -> Membership:
    """End a colleague's membership, or withdraw an invitation; his listings go to another owner.

    Raises:
        NotFound: there is no such member.
        Forbidden: the actor does not manage this organization.
        Conflict: the organization cannot do without him.
    """
    membership = _managed(session, actor, membership_id)
    had_joined = membership.state != MembershipState.INVITED
    end_membership(session, actor, membership)
    if had_joined and membership.user_id != actor.user_id:
        title = Sentence(N_("您已不再是 %(name)s 的成员"), name=membership.organization.name)
        body = Sentence(N_("由 %(name)s 移除。您的账号仍然有效，其他单位的身份不受影响。"), name=actor.name)
        tell_person(session, membership.user, membership.organization_id, title, body, path="/account")
    return membership


def leave(session: Session, actor: Actor, membership_id: int) -> None:
    """End one's own membership.

    Raises:
        NotFound: it is not the actor's, or has ended.
        Conflict: the organization cannot do without him.
    """
    end_membership(session, actor, choose_membership(session, actor, membership_id))


def end_membership(session: Session, actor: Actor, membership: Membership) -> None:
    """End a membership whose end the caller has authorised.

    Raises:
        Conflict: the organization cannot do without this member.
    """
    require_dispensable(session, membership)
    hand_over_listings(session, membership)
    hand_over_events(session, membership)
    release_deals(session, membership)
    hand_over_leaving(session, membership)
    before, membership.state, membership.is_owner = membership.state, MembershipState.ENDED, False
    session.flush()
    record(session, actor, "end", "membership", membership.id, before=before, after=membership.state)


def set_owner(session: Session, actor: Actor, membership_id: int, is_owner: bool, *, reason: str = "") -> Membership:
    """Make a member an owner, or a plain member again; he and the other owners are told.

    Whoever does it from outside, as the bureau does where the only owner is gone, says why.

    Raises:
        NotFound: there is no such member.
        Forbidden: the actor does not manage this organization.
        Conflict: the member has not joined yet, or the organization would be left without owner.
        Invalid: the actor comes from outside and gives no reason (field `reason`).
    """
    membership = _managed(session, actor, membership_id)
    if membership.state != MembershipState.ACTIVE:
        raise Conflict(N_("这个人还没有加入，不能担任负责人。"))
    text = prose(reason)[:REASON_LONGEST]
    if not text and actor.organization_id != membership.organization_id and not actor.is_system:
        raise Invalid(N_("请写明变更负责人的原因，会告诉单位的负责人。"), {"reason": N_("请写明原因。")})
    if membership.is_owner and not is_owner:
        require_dispensable(session, membership)
    membership.is_owner = is_owner
    session.flush()
    record(session, actor, "set_owner", "membership", membership.id, reason=text or None, is_owner=is_owner)
    _tell_of_owner(session, actor, membership, text)
    return membership


def _tell_of_owner(session: Session, actor: Actor, membership: Membership, reason: str) -> None:
    sentence = N_("%(name)s 成为单位负责人") if membership.is_owner else N_("%(name)s 不再是单位负责人")
    title = Sentence(sentence, name=membership.user.name)
    name = membership.organization.name
    if reason:
        body = Sentence(
            N_("%(organization)s，由 %(by)s 变更。原因：%(reason)s"), organization=name, by=actor.name, reason=reason
        )
    else:
        body = Sentence(N_("%(organization)s，由 %(by)s 变更。"), organization=name, by=actor.name)
    told = {person.id: person for person in (*owners(session, membership.organization_id), membership.user)}
    for person in told.values():
        if person.id != actor.user_id:
            tell_person(session, person, membership.organization_id, title, body)


def _managed(session: Session, actor: Actor, membership_id: int) -> Membership:
    membership = session.get(Membership, membership_id)
    if membership is None or membership.state == MembershipState.ENDED:
        raise NotFound(N_("没有找到这位成员。"))
    if not can_see_members(actor, membership.organization):
        raise NotFound(N_("没有找到这位成员。"))
    if not can_manage_members(actor, membership.organization):
        raise Forbidden(N_("只有本单位的负责人或科技局可以管理成员。"))
    if membership.role == Role.ADMIN and not can_appoint_admins(actor):
        raise Forbidden(N_("只有管理员可以变更管理员。"))
    return membership


def _member(row: Membership, manages: bool) -> MemberView:
    joined = row.state != MembershipState.INVITED
    return MemberView(
        membership_id=row.id,
        user_id=row.user_id,
        name=row.user.name if joined else "",
        email=row.user.email if manages else None,
        role=row.role,
        state=row.state,
        is_owner=row.is_owner,
        since=row.created_at,
        has_expired=not joined and has_expired(row.created_at),
    )
