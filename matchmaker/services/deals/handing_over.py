"""Who follows up a deal: handed on by its broker or the bureau, and never left without a word to somebody."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.people import Membership, Role, User
from matchmaker.domain.permissions import Actor, can_hand_over_deal
from matchmaker.services.deals import notices
from matchmaker.services.deals.brokers import at_work, broker_among
from matchmaker.services.deals.loading import changeable_deal, load_deal, touch


def hand_over_deal(session: Session, actor: Actor, deal_id: int, to_user_id: int, *, version: int) -> Deal:
    """Give a deal to a broker, who is told.

    Raises:
        NotFound: he may not know of it. Forbidden: it is neither his nor is he of the bureau.
        Conflict: somebody changed it since `version`. Invalid: no such broker at work (field `to_user_id`).
    """
    deal = load_deal(session, actor, deal_id)
    if not can_hand_over_deal(actor, deal):
        raise Forbidden(N_("跟进项目由负责的技术经纪人或科技局移交。"))
    deal = changeable_deal(session, actor, deal_id, version)
    if broker_among(session, to_user_id) is None:
        raise Invalid(N_("请选择一位已确认的技术经纪人。"), {"to_user_id": N_("请从列表中选择。")})
    if deal.owner_id != to_user_id:
        record(session, actor, "hand_over", "deal", deal.id, from_user_id=deal.owner_id, to_user_id=to_user_id)
        deal.owner = session.get_one(User, to_user_id)
        touch(session, deal)
        notices.tell_owner(session, actor, deal)
    return deal


def release_deals(session: Session, membership: Membership) -> None:
    """Take the deals of a broker who leaves from him; the bureau gives them to another one."""
    leaves = membership.role == Role.BROKER
    if leaves and session.scalar(at_work(membership.id).where(User.id == membership.user_id).limit(1)) is None:
        own = Deal.owner_id == membership.user_id
        session.execute(sa.update(Deal).where(own).values(owner_id=None, version=Deal.version + 1))
