"""Commission agreements from the database, and whom they concern."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.domain.commissions import Commission, CommissionShare
from matchmaker.domain.deals import Deal
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import Actor, is_deal_party, owns_deal


def can_propose(session: Session, actor: Actor, deal: Deal) -> bool:
    """Its broker, whoever has a share of it, and its two organizations."""
    if owns_deal(actor, deal) or is_deal_party(actor, deal):
        return True
    shared = sa.select(CommissionShare.id).join(CommissionShare.commission)
    mine = shared.where(Commission.deal_id == deal.id, CommissionShare.broker_id == actor.user_id)
    return actor.role is Role.BROKER and session.scalar(mine.limit(1)) is not None


def commissions_query() -> sa.Select[Commission]:
    """Return the query of commission agreements, with all that showing one needs."""
    return sa.select(Commission).options(
        joinedload(Commission.deal), selectinload(Commission.shares).joinedload(CommissionShare.broker)
    )


def latest_commission(session: Session, deal_id: int) -> Commission | None:
    """Return the latest proposal of a deal."""
    query = commissions_query().where(Commission.deal_id == deal_id).order_by(Commission.number.desc()).limit(1)
    return session.scalars(query.execution_options(populate_existing=True)).first()


def pays(actor: Actor, proposal: Commission) -> bool:
    """Whether the actor acts for the side that would pay the fee."""
    return is_deal_party(actor, proposal.deal) and actor.organization_id == proposal.payer_id
