"""What comes next in a deal, and by which day."""

from datetime import date

from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.appointments.typed import read_step
from matchmaker.services.deals.loading import changeable_deal, touch


def plan_deal(session: Session, actor: Actor, deal_id: int, *, next_step: str, next_step_on: str, version: int) -> Deal:
    """Say what comes next, and by which day.

    Raises:
        NotFound, Forbidden, Conflict: see `changeable_deal`; the deal sleeps or is closed. Invalid: see `read_step`.
    """
    deal = changeable_deal(session, actor, deal_id, version)
    if not deal.is_open:
        raise Conflict(N_("这个跟进项目正在休眠或已经结束，没有下一步。"))
    step, day = needed_step(next_step, next_step_on, deal)
    if (step, day) != (deal.next_step, deal.next_step_on):
        days = {"was_on": deal.next_step_on.isoformat() if deal.next_step_on else None, "on": day.isoformat()}
        # What was planned is part of the deal's history.
        record(session, actor, "plan", "deal", deal.id, reason=step, **days)
        deal.next_step, deal.next_step_on = step, day
        touch(session, deal)
    return deal


def needed_step(step: str, on: str, deal: Deal) -> tuple[str, date]:
    """Return a typed next step and its day; the day that stands may stay, though it has passed.

    Raises:
        Invalid: none was typed, or what `read_step` refuses.
    """
    stands = deal.next_step_on is not None and on.strip() == deal.next_step_on.isoformat()
    written, day = read_step(step, on, earliest=deal.next_step_on if stands and deal.next_step_on else today())
    if day is None:
        sentence = N_("请写明下一步做什么，以及在哪一天之前。")
        raise Invalid(sentence, {"next_step": sentence})
    return written, day
