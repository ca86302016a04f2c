"""Handing an organization over: an owner offers his place to a colleague, who takes it; both are told."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.handovers import Handover, HandoverState
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.people import Membership, MembershipState, Organization
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from matchmaker.services.organization_notices import tell_person
from matchmaker.services.reading.text import prose

NOTE_LONGEST = 500
MISSING = N_("没有找到这份移交，它可能已被收回。")


def offer_handover(
    session: Session, actor: Actor, organization: Organization, to_user_id: int, *, note: str = ""
) -> Handover:
    """Offer a colleague to become owner in the actor's place; nothing changes until he takes it.

    Raises:
        Forbidden: the actor is no owner of the organization.
        Invalid: no such active colleague, or he is an owner already (field `to_user_id`); too long a note.
        Conflict: the actor's former offer still stands.
    """
    if not actor.is_owner or actor.organization_id != organization.id:
        raise Forbidden(N_("只有本单位的负责人可以移交。"))
    colleague = _membership(session, to_user_id, organization.id)
    if colleague is None or to_user_id == actor.user_id:
        raise Invalid(N_("请选择一位已经加入的同事。"), {"to_user_id": N_("请从列表中选择。")})
    if colleague.is_owner:
        sentence = N_("这位同事已经是负责人，您可以直接改为普通成员。")
        raise Invalid(sentence, {"to_user_id": sentence})
    text = prose(note)
    if len(text) > NOTE_LONGEST:
        raise Invalid(N_("留言最多 500 字。"), {"note": N_("最多 500 字。")})
    if standing_offer(session, actor) is not None:
        raise Conflict(N_("您已经提出了一次移交，请先收回再重新提出。"))
    offer = Handover(
        organization_id=organization.id, from_user_id=actor.user_id, to_user_id=to_user_id, note=text or None
    )
    session.add(offer)
    session.flush()
    record(session, actor, "offer", "handover", offer.id, after=offer.state, to_user_id=to_user_id)
    title = Sentence(N_("%(name)s 请您接任 %(organization)s 的负责人"), name=actor.name, organization=organization.name)
    body = Sentence(
        N_("接受后由您管理成员和单位资料，对方改为普通成员。请在“我的账号”中接受或谢绝。\n\n%(note)s"), note=text
    )
    tell_person(session, colleague.user, organization.id, title, body, path="/account")
    return offer


def standing_offer(session: Session, actor: Actor) -> Handover | None:
    """Return the offer that the actor has made in his organization and that still waits for its answer."""
    made = Handover.from_user_id == actor.user_id, Handover.organization_id == actor.organization_id
    return session.scalar(_standing().where(*made))


def offers_to(session: Session, actor: Actor) -> list[Handover]:
    """Return the offers that wait for the actor's answer, with organization and owner loaded."""
    loaded = joinedload(Handover.organization), joinedload(Handover.from_user)
    return list(session.scalars(_standing().where(Handover.to_user_id == actor.user_id).options(*loaded)))


def take_handover(session: Session, actor: Actor, handover_id: int) -> Handover:
    """Become owner; whoever offered it becomes a plain member.

    Raises:
        NotFound: there is no such offer to the actor, or it no longer stands.
        Conflict: the organization is suspended.
    """
    offer = _offered(session, handover_id, Handover.to_user_id == actor.user_id)
    if offer.organization.is_suspended:
        raise Conflict(N_("这个单位目前已被停用，恢复后才能移交。"))
    giver = _membership(session, offer.from_user_id, offer.organization_id)
    taker = _membership(session, offer.to_user_id, offer.organization_id)
    assert giver is not None and taker is not None  # noqa: S101, PT018 - only standing offers are found
    taker.is_owner, giver.is_owner = True, False
    _answer(session, actor, offer, HandoverState.TAKEN)
    title = Sentence(N_("%(name)s 已接任负责人"), name=actor.name)
    body = Sentence(N_("您现在是 %(organization)s 的普通成员。"), organization=offer.organization.name)
    tell_person(session, offer.from_user, offer.organization_id, title, body)
    return offer


def decline_handover(session: Session, actor: Actor, handover_id: int) -> None:
    """Decline an offer; its giver stays owner and is told.

    Raises:
        NotFound: there is no such offer to the actor, or it no longer stands.
    """
    offer = _offered(session, handover_id, Handover.to_user_id == actor.user_id)
    _answer(session, actor, offer, HandoverState.DECLINED)
    title = Sentence(N_("%(name)s 谢绝接任负责人"), name=actor.name)
    body = Sentence(
        N_("您仍是 %(organization)s 的负责人，可以请另一位同事接任。"), organization=offer.organization.name
    )
    tell_person(session, offer.from_user, offer.organization_id, title, body)


def recall_handover(session: Session, actor: Actor, handover_id: int) -> Handover:
    """Take one's own offer back.

    Raises:
        NotFound: the actor made no such offer, or it no longer stands.
    """
    offer = _offered(session, handover_id, Handover.from_user_id == actor.user_id)
    _answer(session, actor, offer, HandoverState.RECALLED)
    return offer


def _answer(session: Session, actor: Actor, offer: Handover, state: HandoverState) -> None:
    offer.answered_at = utc_now()
    move(session, offer, state, actor)


def _offered(session: Session, handover_id: int, whose: sa.ColumnElement[bool]) -> Handover:
    offer = session.scalar(_standing().where(Handover.id == handover_id, whose))
    if offer is None:
        raise NotFound(MISSING)
    return offer


def _standing() -> sa.Select[Handover]:
    """Offers whose giver is still an owner and whose taker is still a member: leaving makes one void."""
    giver, taker = aliased(Membership), aliased(Membership)
    return (
        sa.select(Handover)
        .join(giver, sa.and_(giver.user_id == Handover.from_user_id, *_active(giver), giver.is_owner))
        .join(taker, sa.and_(taker.user_id == Handover.to_user_id, *_active(taker)))
        .where(Handover.state == HandoverState.OFFERED)
        .order_by(Handover.id)
    )


def _active(membership: type[Membership]) -> tuple[sa.ColumnElement[bool], ...]:
    return membership.organization_id == Handover.organization_id, membership.state == MembershipState.ACTIVE


def _membership(session: Session, user_id: int, organization_id: int) -> Membership | None:
    return session.scalar(
        sa.select(Membership).where(
            Membership.user_id == user_id,
            Membership.organization_id == organization_id,
            Membership.state == MembershipState.ACTIVE,
        )
    )
