"""Moving a deal along its life, by hand or because of its contract."""

from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.deals import STANDING_STATES, Deal, DealState
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import can_move, move
from matchmaker.services.appointments.typed import NOTE_MOST, read_text
from matchmaker.services.deals import notices
from matchmaker.services.deals.keys import claim_key
from matchmaker.services.deals.loading import changeable_deal, touch
from matchmaker.services.deals.offers import void_offers

BY_HAND = (DealState.LEAD, DealState.TALKS, DealState.INTENT, DealState.CONTRACT, DealState.LOST)
"""Where people take a deal: its registration comes of a contract, its sleep has an end (see sleeping.py)."""


def move_deal(
    session: Session, actor: Actor, deal_id: int, to: str, *, version: int, reason: str = "", note: str = ""
) -> Deal:
    """Take a deal to another state; `reason` says by code why it is lost, `note` anything else for the journal.

    Raises:
        NotFound: he may not know of it. Forbidden: he looks on only. Conflict: somebody changed it since `version`, the
        table of moves does not allow it, it sleeps, another deal about the same stands, or it is registered by its
        contract only. Invalid: no reason for a loss.
    """
    deal = changeable_deal(session, actor, deal_id, version)
    why = read_text(note, "note", NOTE_MOST)
    if to == DealState.LOST and (not reason or reason not in codes.table("deal_losses")):
        raise Invalid(N_("请选择没有谈成的原因。"), {"reason": N_("请选择一个原因。")})
    if to == DealState.REGISTERED:
        raise Conflict(N_("“登记”由技术合同完成：请在项目页新建并提交技术合同，科技局登记之后项目会自动进入“已登记”。"))
    if to not in BY_HAND:
        raise Invalid(N_("没有这个状态。"))
    if deal.state == DealState.SLEEPING and to != DealState.LOST:
        raise Conflict(N_("这个项目正在休眠，请先唤醒，它会回到休眠前的阶段。"))
    advance(session, actor, deal, to, why, **({"lost_reason": reason} if to == DealState.LOST else {}))
    notices.tell_moved(session, actor, deal)
    return deal


def advance(session: Session, actor: Actor, deal: Deal, to: str, reason: str | None = None, **data: Any) -> None:
    """Take a deal that was loaded for a change to another state, with all that hangs on it.

    Raises:
        Conflict: the table of moves does not allow it, or another deal about the same stands.
    """
    if to in STANDING_STATES and deal.open_key is None and can_move(deal, to):
        claim_key(session, deal)
    move(session, deal, to, actor, reason or None, **data)
    deal.lost_reason, deal.entered_at = data.get("lost_reason"), utc_now()
    if to != DealState.SLEEPING:
        deal.slept_from = deal.wakes_on = None
    if not deal.stands:
        deal.open_key = None
        void_offers(session, actor, deal)
    touch(session, deal)
