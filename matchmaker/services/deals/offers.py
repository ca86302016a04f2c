"""Handing a deal from broker to broker: offered, then taken or declined; until it is taken it stays where it is."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.deal_offers import NOTE_MOST, DealOffer
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.handovers import HandoverState
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.people import Role, User
from matchmaker.domain.permissions import Actor, can_offer_deal
from matchmaker.domain.states import move
from matchmaker.services.appointments.typed import read_text
from matchmaker.services.deals import notices
from matchmaker.services.deals.brokers import broker_among
from matchmaker.services.deals.loading import changeable_deal, load_deal, touch


@dataclass(frozen=True, slots=True)
class OfferView:
    """One offer as whoever is asked sees it: enough to say yes or no, and nothing that was said in confidence."""

    id: int
    deal_id: int
    one: str
    other: str
    state: str
    next_step: str
    next_step_on: date | None
    by: str
    to: str
    note: str
    offered_at: datetime


def offer_deal(session: Session, actor: Actor, deal_id: int, to_user_id: int, *, version: int, note: str = "") -> None:
    """Offer a deal to another broker; it stays the actor's until that one takes it.

    Raises:
        NotFound: he may not know of it. Forbidden: it is not his.
        Conflict: somebody changed it since `version`, it is over, or an offer stands.
        Invalid: no other broker at work (field `to_user_id`), too long a note.
    """
    deal = load_deal(session, actor, deal_id)
    if not can_offer_deal(actor, deal):
        raise Forbidden(N_("只有负责这个项目的技术经纪人可以提出移交。"))
    deal = changeable_deal(session, actor, deal_id, version)
    if not deal.stands:
        raise Conflict(N_("这个跟进项目已经结束，不需要移交。"))
    if to_user_id == actor.user_id or broker_among(session, to_user_id) is None:
        raise Invalid(N_("请选择另一位已确认的技术经纪人。"), {"to_user_id": N_("请从列表中选择。")})
    said = read_text(note, "note", NOTE_MOST)
    offer = DealOffer(deal_id=deal.id, from_user_id=actor.user_id, to_user_id=to_user_id, note=said)
    try:
        with session.begin_nested():
            session.add(offer)
    except IntegrityError:
        raise Conflict(N_("您已经提出了一次移交，请先收回再重新提出。")) from None
    record(session, actor, "offer", "deal", deal.id, to_user_id=to_user_id, offer_id=offer.id)
    session.flush()
    notices.tell_offered(session, actor, deal, offer)


def take_offer(session: Session, actor: Actor, offer_id: int) -> Deal:
    """Follow a deal up from now on; whoever offered it is told.

    Raises:
        NotFound: no such offer to the actor stands. Forbidden: he is no broker at work any more.
    """
    offer = _offered(session, offer_id, DealOffer.to_user_id == actor.user_id)
    if actor.role is not Role.BROKER or broker_among(session, actor.user_id) is None:
        raise Forbidden(N_("只有技术经纪人可以负责跟进项目。"))
    deal = offer.deal
    _answer(session, actor, offer, HandoverState.TAKEN)
    record(session, actor, "hand_over", "deal", deal.id, from_user_id=offer.from_user_id, to_user_id=actor.user_id)
    deal.owner = session.get_one(User, offer.to_user_id)
    touch(session, deal)
    notices.tell_answered(session, actor, deal, offer, taken=True)
    return deal


def decline_offer(session: Session, actor: Actor, offer_id: int, *, answer: str = "") -> None:
    """Leave a deal to its broker, who is told.

    Raises:
        NotFound: no such offer to the actor stands. Invalid: too long an answer.
    """
    offer = _offered(session, offer_id, DealOffer.to_user_id == actor.user_id)
    offer.answer = read_text(answer, "answer", NOTE_MOST)
    _answer(session, actor, offer, HandoverState.DECLINED)
    notices.tell_answered(session, actor, offer.deal, offer, taken=False)


def recall_offer(session: Session, actor: Actor, offer_id: int) -> Deal:
    """Take one's own offer back.

    Raises:
        NotFound: the actor made no such offer, or it no longer stands.
    """
    offer = _offered(session, offer_id, DealOffer.from_user_id == actor.user_id)
    _answer(session, actor, offer, HandoverState.RECALLED)
    return offer.deal


def void_offers(session: Session, actor: Actor, deal: Deal) -> None:
    """Take back what is offered of a deal that goes elsewhere or is over."""
    standing = sa.select(DealOffer).where(DealOffer.deal_id == deal.id, DealOffer.state == HandoverState.OFFERED)
    for offer in session.scalars(standing):
        _answer(session, actor, offer, HandoverState.RECALLED)


def offers_to(session: Session, actor: Actor) -> tuple[OfferView, ...]:
    """Return the offers that wait for the actor's answer, the oldest first."""
    if actor.user_id is None:
        return ()
    return tuple(_view(row) for row in session.scalars(_standing().where(DealOffer.to_user_id == actor.user_id)))


def standing_offer(session: Session, deal: Deal) -> OfferView | None:
    """Return the offer of a deal that waits for its answer."""
    row = session.scalars(_standing().where(DealOffer.deal_id == deal.id)).first()
    return _view(row) if row is not None else None


def _answer(session: Session, actor: Actor, offer: DealOffer, state: HandoverState) -> None:
    offer.answered_at = utc_now()
    move(session, offer, state, actor, deal_id=offer.deal_id)
    session.flush()


def _offered(session: Session, offer_id: int, whose: sa.ColumnElement[bool]) -> DealOffer:
    locked = sa.select(Deal.id).join(DealOffer, DealOffer.deal_id == Deal.id).where(DealOffer.id == offer_id)
    session.execute(locked.with_for_update(of=Deal))
    offer = session.scalars(_standing().where(DealOffer.id == offer_id, whose)).first()
    if offer is None:
        raise NotFound(N_("没有找到这份移交，它可能已被收回。"))
    return offer


def _standing() -> sa.Select[DealOffer]:
    """Offers that wait, of deals that are still their giver's."""
    deal = joinedload(DealOffer.deal)
    return (
        sa.select(DealOffer)
        .join(Deal, Deal.id == DealOffer.deal_id)
        .where(DealOffer.state == HandoverState.OFFERED, Deal.owner_id == DealOffer.from_user_id)
        .options(
            joinedload(DealOffer.from_user),
            joinedload(DealOffer.to_user),
            deal.joinedload(Deal.one_organization),
            deal.joinedload(Deal.other_organization),
        )
        .order_by(DealOffer.id)
    )


def _view(row: DealOffer) -> OfferView:
    deal = row.deal
    return OfferView(
        id=row.id,
        deal_id=deal.id,
        one=deal.one_organization.name,
        other=deal.other_organization.name,
        state=deal.state,
        next_step=deal.next_step,
        next_step_on=deal.next_step_on,
        by=row.from_user.name,
        to=row.to_user.name,
        note=row.note,
        offered_at=row.offered_at,
    )
