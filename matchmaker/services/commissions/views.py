"""Commission agreements as each viewer sees them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session

from matchmaker.domain.commissions import Commission, CommissionShare, CommissionState
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import Actor, can_see_deal
from matchmaker.services.commissions.loading import can_propose, commissions_query, latest_commission, pays
from matchmaker.services.commissions.reading import SIDES
from matchmaker.services.deals.loading import load_deal


@dataclass(frozen=True, slots=True)
class ShareView:
    """A broker's share, and whether he has agreed."""

    broker_id: int
    name: str
    percent: Decimal
    agreed_at: datetime | None


@dataclass(frozen=True, slots=True)
class CommissionView:
    """One proposal as a viewer sees it; `payer_side` is "one" or "other" of its deal, whose names the page knows."""

    id: int
    deal_id: int
    number: int
    state: str
    fee: Decimal
    payer_side: str
    note: str
    proposed_at: datetime
    fee_agreed_at: datetime | None
    shares: tuple[ShareView, ...]
    may_agree: bool
    sees_deal: bool


@dataclass(frozen=True, slots=True)
class DealCommissions:
    """A deal's latest proposal and the one that holds, where that is another; whether the viewer may propose one."""

    latest: CommissionView | None
    holding: CommissionView | None
    may_propose: bool
    number: int
    viewer_is_other: bool


def deal_commissions(session: Session, actor: Actor, deal_id: int) -> DealCommissions:
    """Return what is proposed and what holds of a deal.

    Raises:
        NotFound: he may not know of the deal.
    """
    deal = load_deal(session, actor, deal_id)
    latest = latest_commission(session, deal.id)
    holding = session.scalars(
        commissions_query().where(Commission.deal_id == deal.id, Commission.state == CommissionState.AGREED)
    ).first()
    return DealCommissions(
        latest=_view(actor, latest) if latest else None,
        holding=_view(actor, holding) if holding is not None and holding is not latest else None,
        may_propose=can_propose(session, actor, deal),
        number=latest.number if latest else 0,
        viewer_is_other=actor.organization_id == deal.other_organization_id,
    )


def my_commissions(session: Session, actor: Actor) -> tuple[CommissionView, ...]:
    """Return the proposals in which the actor has a share or whose fee his organization pays, the latest first."""
    mine = Commission.shares.any(CommissionShare.broker_id == actor.user_id)
    concerned = mine if actor.role is Role.BROKER else Commission.payer_id == actor.organization_id
    query = commissions_query().where(concerned, Commission.state != CommissionState.SUPERSEDED)
    return tuple(_view(actor, row) for row in session.scalars(query.order_by(Commission.id.desc()).limit(200)))


def _view(actor: Actor, row: Commission) -> CommissionView:
    return CommissionView(
        id=row.id,
        deal_id=row.deal_id,
        number=row.number,
        state=row.state,
        fee=row.fee,
        payer_side=SIDES[row.payer_id == row.deal.other_organization_id],
        note=row.note,
        proposed_at=row.proposed_at,
        fee_agreed_at=row.fee_agreed_at,
        shares=tuple(ShareView(one.broker_id, one.broker.name, one.percent, one.agreed_at) for one in row.shares),
        may_agree=row.state == CommissionState.TABLED and _waits_for(actor, row),
        sees_deal=can_see_deal(actor, row.deal),
    )


def _waits_for(actor: Actor, row: Commission) -> bool:
    share = next((one for one in row.shares if one.broker_id == actor.user_id), None)
    of_share = actor.role is Role.BROKER and share is not None and share.agreed_at is None
    return of_share or (pays(actor, row) and row.fee_agreed_at is None)
