"""Putting a deal to sleep until a day, and waking it: by hand, or by the worker on that day."""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.appointments.typed import NOTE_MOST, read_text
from matchmaker.services.deals import notices
from matchmaker.services.deals.loading import changeable_deal, deal_options
from matchmaker.services.deals.moving import advance
from matchmaker.services.reading.days import read_day
from matchmaker.services.reading.text import Unreadable

LONGEST = timedelta(days=2 * 366)
AFTER_WAKING = timedelta(days=7)
"""So long a woken deal has for a next step whose day has passed in its sleep."""
BATCH = 200


def sleep_deal(session: Session, actor: Actor, deal_id: int, *, wakes_on: str, version: int, note: str = "") -> Deal:
    """Let a deal rest until a day; it keeps its place, and nobody is reminded of it.

    Raises:
        NotFound, Forbidden, Conflict: see `changeable_deal`; it is not open.
        Invalid: no day, or one that is not to come within two years (field `wakes_on`); too long a note.
    """
    deal = changeable_deal(session, actor, deal_id, version)
    day, why = _read_waking(wakes_on), read_text(note, "note", NOTE_MOST)
    if not deal.is_open:
        raise Conflict(N_("只有进行中的项目可以休眠。"))
    before = deal.state
    advance(session, actor, deal, DealState.SLEEPING, why, wakes_on=day.isoformat())
    deal.slept_from, deal.wakes_on = before, day
    session.flush()
    notices.tell_sleeping(session, actor, deal)
    return deal


def wake_deal(session: Session, actor: Actor, deal_id: int, *, version: int) -> Deal:
    """Wake a deal before its day; it is back where it slept.

    Raises:
        NotFound, Forbidden, Conflict: see `changeable_deal`; it does not sleep.
    """
    deal = changeable_deal(session, actor, deal_id, version)
    if deal.state != DealState.SLEEPING:
        raise Conflict(N_("这个项目没有在休眠。"))
    _wake(session, actor, deal)
    return deal


def wake_due(session: Session, day: date, limit: int = BATCH) -> int:
    """Wake the deals whose day has come and tell those who follow them up; return how many."""
    due = sa.select(Deal).where(Deal.state == DealState.SLEEPING, Deal.wakes_on <= day)
    locked = due.options(*deal_options()).order_by(Deal.id).limit(limit).with_for_update(skip_locked=True, of=Deal)
    rows = session.scalars(locked).unique().all()
    for deal in rows:
        _wake(session, Actor.system(), deal)
    return len(rows)


def _wake(session: Session, actor: Actor, deal: Deal) -> None:
    advance(session, actor, deal, deal.slept_from or DealState.LEAD)
    if deal.next_step_on is None or deal.next_step_on < today():
        deal.next_step_on = today() + AFTER_WAKING
    session.flush()
    notices.tell_woken(session, actor, deal)


def _read_waking(text: str) -> date:
    try:
        day = read_day(text)
    except Unreadable as error:
        raise Invalid(error.sentence, {"wakes_on": error.sentence}) from error
    if day is None or not today() < day <= today() + LONGEST:
        sentence = N_("请选择唤醒日期：明天之后，两年之内。")
        raise Invalid(sentence, {"wakes_on": sentence})
    return day
