"""What comes next in a deal, by which day, and who does it."""

from datetime import date

from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.appointments.typed import read_step
from matchmaker.services.deals.doers import read_doer
from matchmaker.services.deals.loading import changeable_deal, touch
from matchmaker.services.deals.notices import tell_doer


def plan_deal(
    session: Session,
    actor: Actor,
    deal_id: int,
    *,
    next_step: str,
    next_step_on: str,
    version: int,
    doer_id: str | None = None,
) -> Deal:
    """Say what comes next, by which day, and who does it: `doer_id` as chosen, "" for the broker, None as it stands.

    Raises:
        NotFound, Forbidden, Conflict: see `changeable_deal`; the deal sleeps or is closed.
        Invalid: see `read_step` and `read_doer`.
    """
    deal = changeable_deal(session, actor, deal_id, version)
    if not deal.is_open:
        raise Conflict(N_("这个跟进项目正在休眠或已经结束，没有下一步。"))
    step, day = needed_step(next_step, next_step_on, deal)
    doer = deal.doer_id if doer_id is None else read_doer(session, actor, deal, doer_id)
    if (step, day, doer) != (deal.next_step, deal.next_step_on, deal.doer_id):
        days = {"was_on": deal.next_step_on.isoformat() if deal.next_step_on else None, "on": day.isoformat()}
        # What was planned is part of the deal's history.
        record(session, actor, "plan", "deal", deal.id, reason=step, doer_id=doer, **days)
        deal.next_step, deal.next_step_on, deal.doer_id = step, day, doer
        touch(session, deal)
        session.expire(deal, ["doer"])
        tell_doer(session, actor, deal)
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
