"""Reminding those who follow deals up, each time once: steps soon and overdue, agreements that expire, no owner."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import upsert, utc_now
from matchmaker.domain.confidentialities import WARNED_DAYS, Confidentiality, ConfidentialityState
from matchmaker.domain.deal_reminders import DealReminder, DealReminderKind
from matchmaker.domain.deals import OPEN_STATES, STANDING_STATES, Deal
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import User
from matchmaker.services.deals.desk import responsible_for
from matchmaker.services.deals.doers import named_doer
from matchmaker.services.deals.loading import deal_options
from matchmaker.services.notices import tell
from matchmaker.services.organization_notices import owners

BATCH = 200
AHEAD_DAYS = 1
UNOWNED_DAYS = 3
"""So long a deal waits for an owner before its desk is reminded; it was told at once when the deal came to it."""

Due = tuple[sa.Select[Deal, Any], sa.SQLColumnExpression[Any]]
"""Deals with the day that a reminder is about, and that day."""


def remind_of_deals(session: Session, day: date, limit: int = BATCH) -> int:
    """Give every reminder that is due on `day` and was not given yet; return how many deals were reminded of."""
    given = 0
    for kind, find, remind in (
        (DealReminderKind.DUE, _due, _remind_due),
        (DealReminderKind.OVERDUE, _overdue, _remind_overdue),
        (DealReminderKind.EXPIRY, _expiring, _remind_expiry),
        (DealReminderKind.UNOWNED, _unowned, _remind_unowned),
    ):
        for deal, on in _new(session, kind, find(day), limit):
            remind(session, deal, on)
            given += 1
    return given


def _new(session: Session, kind: DealReminderKind, due: Due, limit: int) -> Iterator[tuple[Deal, date]]:
    """Yield what is due and was not reminded of, and note that it is now."""
    query, on = due
    seen = sa.exists().where(DealReminder.deal_id == Deal.id, DealReminder.kind == kind, DealReminder.day == on)
    rows = session.execute(query.where(~seen).options(*deal_options()).order_by(Deal.id).limit(limit)).unique().all()
    for deal, day in rows:
        row = upsert(session, DealReminder).values(deal_id=deal.id, kind=kind, day=day, given_at=utc_now())
        # PostgreSQL's driver does not count the rows of such an INSERT: what it returns tells.
        if session.scalar(row.on_conflict_do_nothing().returning(DealReminder.id)) is not None:
            yield deal, day


def _due(day: date) -> Due:
    on = Deal.next_step_on
    soon = on >= day, on <= day + timedelta(days=AHEAD_DAYS)
    return sa.select(Deal, on).where(Deal.state.in_(OPEN_STATES), *soon), on


def _overdue(day: date) -> Due:
    on = Deal.next_step_on
    return sa.select(Deal, on).where(Deal.state.in_(OPEN_STATES), on < day), on


def _expiring(day: date) -> Due:
    on = Confidentiality.expires_on
    signed = Confidentiality.state == ConfidentialityState.SIGNED
    soon = on >= day, on <= day + timedelta(days=WARNED_DAYS)
    query = sa.select(Deal, on).join(Confidentiality, Confidentiality.deal_id == Deal.id)
    return query.where(Deal.state.in_(STANDING_STATES), signed, *soon), on


def _unowned(_day: date) -> Due:
    # The day that the reminder is about is the day on which the deal came to the desk: once for each time.
    came = sa.func.date(Deal.changed_at, type_=sa.Date())
    since = utc_now() - timedelta(days=UNOWNED_DAYS)
    waits = Deal.state.in_(STANDING_STATES), Deal.owner_id.is_(None), Deal.changed_at < since
    return sa.select(Deal, came).where(*waits), came


def _remind_due(session: Session, deal: Deal, on: date) -> None:
    title = Sentence(N_("跟进项目的下一步将于 %(on)s 到期"), on=on.isoformat())
    _tell(session, _concerned(session, deal), deal, title, Sentence(N_("下一步：%(step)s"), step=deal.next_step))


def _remind_overdue(session: Session, deal: Deal, on: date) -> None:
    title = Sentence(N_("跟进项目的下一步已过期（%(on)s）"), on=on.isoformat())
    body = Sentence(N_("下一步：%(step)s\n\n请更新进展，或改定日期。"), step=deal.next_step)
    _tell(session, _concerned(session, deal), deal, title, body)


def _remind_expiry(session: Session, deal: Deal, on: date) -> None:
    title = Sentence(N_("跟进项目的保密协议将于 %(on)s 到期"), on=on.isoformat())
    sides = deal.one_organization_id, deal.other_organization_id
    people = [*responsible_for(session, deal), *(person for side in sides for person in owners(session, side))]
    _tell(session, people, deal, title, Sentence(N_("需要继续交换保密内容的，请及时续签。")))


def _remind_unowned(session: Session, deal: Deal, on: date) -> None:
    title = Sentence(N_("一个跟进项目自 %(on)s 起没有负责人"), on=on.isoformat())
    body = Sentence(N_("请为它指定一位技术经纪人，不要让双方等待。"))
    _tell(session, responsible_for(session, deal), deal, title, body)


def _concerned(session: Session, deal: Deal) -> list[User]:
    """Whoever answers for the deal, and who does the step where somebody else was named."""
    doer = named_doer(session, deal)
    return [*responsible_for(session, deal), *([doer] if doer is not None else [])]


def _tell(session: Session, people: list[User], deal: Deal, title: Sentence, body: Sentence) -> None:
    for person in {person.id: person for person in people}.values():
        tell(session, person, topic=NoticeTopic.DEAL, title=title, body=body, path=f"/deals/{deal.id}")
