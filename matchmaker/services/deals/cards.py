"""A card that somebody takes to another column of the board: whatever that column asks for, in one verb."""

from sqlalchemy.orm import Session

from matchmaker.domain.deals import OPEN_STATES, DealState
from matchmaker.domain.errors import Conflict
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.deals.loading import load_deal
from matchmaker.services.deals.moving import move_deal
from matchmaker.services.deals.sleeping import sleep_deal, wake_deal


def move_card(
    session: Session,
    actor: Actor,
    deal_id: int,
    to: str,
    *,
    version: int,
    reason: str = "",
    wakes_on: str = "",
    note: str = "",
) -> str:
    """Take a deal to a column and return from which one it came, to where it can be taken back.

    Raises:
        NotFound, Forbidden, Conflict, Invalid: see `move_deal`, `sleep_deal` and `wake_deal`; what sleeps wakes only
            where it slept.
    """
    deal = load_deal(session, actor, deal_id)
    before, slept_from = deal.state, deal.slept_from
    if to == DealState.SLEEPING:
        sleep_deal(session, actor, deal_id, wakes_on=wakes_on, version=version, note=note)
    elif before == DealState.SLEEPING and to in OPEN_STATES:
        if to != slept_from:
            raise Conflict(N_("休眠的项目唤醒后回到休眠前的阶段，再从那里移动。"))
        wake_deal(session, actor, deal_id, version=version)
    else:
        move_deal(session, actor, deal_id, to, version=version, reason=reason, note=note)
    return before
