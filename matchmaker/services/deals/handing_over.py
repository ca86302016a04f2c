"""Who follows up a deal: given by the bureau's desk, and never left without a word to somebody."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.deals import STANDING_STATES, Deal
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.people import Membership, Organization, Role, User
from matchmaker.domain.permissions import Actor, can_hand_over_deal
from matchmaker.services.deals import notices
from matchmaker.services.deals.brokers import at_work, broker_among
from matchmaker.services.deals.loading import changeable_deal, deal_options, load_deal, touch
from matchmaker.services.deals.offers import void_offers

BATCH = 200


def hand_over_deal(session: Session, actor: Actor, deal_id: int, to_user_id: int, *, version: int) -> Deal:
    """Give a deal to a broker, who is told; a deal's own broker offers it instead (see offers.py).

    Raises:
        NotFound: he may not know of it. Forbidden: he is not of the desk.
        Conflict: somebody changed it since `version`, or it is over. Invalid: no such broker at work (`to_user_id`).
    """
    deal = load_deal(session, actor, deal_id)
    if not can_hand_over_deal(actor, deal):
        raise Forbidden(N_("由科技局或分中心指定负责人；负责的技术经纪人可以提出移交，由对方接受。"))
    deal = changeable_deal(session, actor, deal_id, version)
    if not deal.stands:
        raise Conflict(N_("这个跟进项目已经结束，不需要移交。"))
    if broker_among(session, to_user_id) is None:
        raise Invalid(N_("请选择一位已确认的技术经纪人。"), {"to_user_id": N_("请从列表中选择。")})
    if deal.owner_id != to_user_id:
        void_offers(session, actor, deal)
        record(session, actor, "hand_over", "deal", deal.id, from_user_id=deal.owner_id, to_user_id=to_user_id)
        deal.owner = session.get_one(User, to_user_id)
        touch(session, deal)
        notices.tell_owner(session, actor, deal)
    return deal


def release_deals(session: Session, membership: Membership) -> None:
    """Take the deals of a broker who leaves from him; their desks are told."""
    leaves = membership.role == Role.BROKER
    if leaves and session.scalar(at_work(membership.id).where(User.id == membership.user_id).limit(1)) is None:
        _release(session, _standing(Deal.owner_id == membership.user_id))


def release_deals_of_suspended(session: Session, organization: Organization) -> None:
    """Take the deals of an agency's brokers from them as long as it is suspended, but who works elsewhere too."""
    here = sa.select(Membership.user_id).where(Membership.organization_id == organization.id)
    _release(session, _standing(Deal.owner_id.in_(here), _owner_is_gone()))


def release_forsaken(session: Session, limit: int = BATCH) -> int:
    """Give to their desks the deals of people who cannot work any more, however that came; return how many."""
    rows = _standing(Deal.owner_id.is_not(None), _owner_is_gone()).limit(limit)
    return _release(session, rows)


def _standing(*conditions: sa.ColumnElement[bool]) -> sa.Select[Deal]:
    query = sa.select(Deal).where(Deal.state.in_(STANDING_STATES), *conditions)
    return query.options(*deal_options()).order_by(Deal.id)


def _owner_is_gone() -> sa.ColumnElement[bool]:
    return Deal.owner_id.not_in(at_work().with_only_columns(User.id))


def _release(session: Session, rows: sa.Select[Deal]) -> int:
    deals: Iterable[Deal] = session.scalars(rows).unique().all()
    system, count = Actor.system(), 0
    for deal in deals:
        void_offers(session, system, deal)
        record(session, system, "release", "deal", deal.id, from_user_id=deal.owner_id)
        deal.owner = None
        touch(session, deal)
        notices.tell_unowned(session, system, deal)
        count += 1
    return count
