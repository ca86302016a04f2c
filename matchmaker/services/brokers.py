"""Brokers see what others hide: the bureau confirms each one before he does."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.people import Membership, MembershipState, Role
from matchmaker.domain.permissions import Actor, can_confirm_brokers
from matchmaker.services import mail_texts
from matchmaker.services.mails import enqueue
from matchmaker.services.reading.text import prose
from matchmaker.services.verification_desk import check_by_register, is_at_desk

REASON_LONGEST = 500


def brokers_to_confirm(session: Session, actor: Actor) -> list[Membership]:
    """Return the memberships that wait for the bureau, the oldest first, with person and organization loaded.

    Raises:
        Forbidden: the actor is not the bureau.
    """
    _require_bureau(actor)
    waiting = Membership.state == MembershipState.PENDING, Membership.role == Role.BROKER
    loaded = joinedload(Membership.user), joinedload(Membership.organization)
    return list(session.scalars(sa.select(Membership).where(*waiting).options(*loaded).order_by(Membership.id)))


def confirmed_brokers(session: Session, actor: Actor) -> list[Membership]:
    """Return the brokers at work, the newest first.

    Raises:
        Forbidden: the actor is not the bureau.
    """
    _require_bureau(actor)
    active = Membership.state == MembershipState.ACTIVE, Membership.role == Role.BROKER
    loaded = joinedload(Membership.user), joinedload(Membership.organization)
    return list(session.scalars(sa.select(Membership).where(*active).options(*loaded).order_by(Membership.id.desc())))


def confirm_broker(session: Session, actor: Actor, membership_id: int, *, base_url: str) -> Membership:
    """Let a broker work; with him his organization has been looked at by the first pair of eyes.

    Raises:
        Forbidden: the actor is not the bureau.
        NotFound: nobody waits under this id.
    """
    membership = _waiting(session, actor, membership_id)
    membership.state = MembershipState.ACTIVE
    organization = membership.organization
    if organization.verified_at is None and not is_at_desk(session, organization.id):
        check_by_register(session, actor, organization)
    _record(session, actor, membership, "confirm", None)
    enqueue(session, membership.user, *mail_texts.broker_confirmed(membership.organization.name, base_url))
    return membership


def refuse_broker(session: Session, actor: Actor, membership_id: int, *, reason: str) -> Membership:
    """Refuse a broker; the reason is mailed to him.

    Raises:
        Forbidden: the actor is not the bureau.
        NotFound: nobody waits under this id.
        Invalid: there is no reason, or it is too long (field `reason`).
    """
    membership = _waiting(session, actor, membership_id)
    text = prose(reason)
    if not 0 < len(text) <= REASON_LONGEST:
        sentence = N_("请写明原因（最多 500 字），会通过邮件告诉对方。")
        raise Invalid(sentence, {"reason": sentence})
    membership.state = MembershipState.ENDED
    _record(session, actor, membership, "refuse", text)
    enqueue(session, membership.user, *mail_texts.broker_refused(membership.organization.name, text))
    return membership


def _require_bureau(actor: Actor) -> None:
    if not can_confirm_brokers(actor):
        raise Forbidden(N_("技术经纪人由科技局确认。"))


def _waiting(session: Session, actor: Actor, membership_id: int) -> Membership:
    _require_bureau(actor)
    membership = session.get(Membership, membership_id)
    if membership is None or (membership.state, membership.role) != (MembershipState.PENDING, Role.BROKER):
        raise NotFound(N_("没有找到待确认的技术经纪人，可能已被同事处理。"))
    return membership


def _record(session: Session, actor: Actor, membership: Membership, action: str, reason: str | None) -> None:
    session.flush()
    states = {"before": MembershipState.PENDING, "after": membership.state}
    record(session, actor, action, "membership", membership.id, reason=reason, **states)
