"""Meetings of a deal outside events, and their minutes: read and written by both sides, its broker and the bureau."""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.days import today
from matchmaker.domain.deal_meetings import DealMeeting
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.minutes import Minutes
from matchmaker.domain.permissions import Actor, can_move_deal, can_see_deal
from matchmaker.services.deals.loading import load_working_deal
from matchmaker.services.matches import LARGEST_ID
from matchmaker.services.minute_books import Book, Comparison, RevisionView, all_revisions, compare_in, save_revision
from matchmaker.services.reading.days import read_day
from matchmaker.services.reading.text import Unreadable, line

TITLE_MOST = 100
CONFIDENTIAL = N_("项目会议纪要是保密的，只有双方、负责的技术经纪人和科技局可以查看。")


@dataclass(frozen=True, slots=True)
class MeetingView:
    """One meeting; `revisions` is how many revisions its minutes have."""

    id: int
    held_on: date
    title: str
    revisions: int


def record_meeting(session: Session, actor: Actor, deal_id: int, *, held_on: str, title: str) -> DealMeeting:
    """Note that a meeting took place, so that its minutes can be written.

    Raises:
        NotFound, Forbidden: see `load_working_deal`. Invalid: no day, one to come (`held_on`), no title (`title`).
    """
    deal = load_working_deal(session, actor, deal_id)
    errors = {}
    try:
        day = read_day(held_on)
    except Unreadable as error:
        raise Invalid(error.sentence, {"held_on": error.sentence}) from error
    if day is None or day > today():
        errors["held_on"] = N_("请填写今天或以前的日期。")
    written = line(title)
    if not 0 < len(written) <= TITLE_MOST:
        errors["title"] = N_("请写明会议主题，最多 100 字。")
    if errors or day is None:
        raise Invalid(N_("请检查会议的日期和主题。"), errors)
    row = DealMeeting(deal_id=deal.id, held_on=day, title=written, recorded_by_id=actor.user_id)
    session.add(row)
    session.flush()
    record(session, actor, "meet", "deal", deal.id, reason=written, on=day.isoformat(), meeting_id=row.id)
    session.flush()
    return row


def load_deal_meeting(session: Session, actor: Actor, meeting_id: int) -> DealMeeting:
    """Return a meeting of a deal whose minutes `actor` may read.

    Raises:
        NotFound: there is none, or he may not know of the deal. Forbidden: he sees the deal, but minutes are
            confidential.
    """
    options = [
        joinedload(DealMeeting.deal).joinedload(each) for each in (Deal.one_organization, Deal.other_organization)
    ]
    row = session.get(DealMeeting, meeting_id, options=options) if 0 < meeting_id <= LARGEST_ID else None
    if row is None or not can_see_deal(actor, row.deal):
        raise NotFound(N_("没有找到这次会议。"))
    if not can_move_deal(actor, row.deal):
        raise Forbidden(CONFIDENTIAL)
    return row


def meetings_of(session: Session, deal: Deal) -> tuple[MeetingView, ...]:
    """Return the meetings of a deal that the caller may see, the newest first."""
    count = sa.select(sa.func.count()).where(Minutes.deal_meeting_id == DealMeeting.id).scalar_subquery()
    rows = session.execute(
        sa.select(DealMeeting, count)
        .where(DealMeeting.deal_id == deal.id)
        .order_by(DealMeeting.held_on.desc(), DealMeeting.id.desc())
    )
    return tuple(MeetingView(row.id, row.held_on, row.title, number) for row, number in rows)


def meeting_revisions(session: Session, meeting: DealMeeting) -> tuple[RevisionView, ...]:
    """Return the revisions of a meeting that was loaded for its reader, the newest first."""
    return all_revisions(session, _book(meeting))


def compare_meeting_revisions(session: Session, meeting: DealMeeting, number: int) -> Comparison:
    """Return what a revision changed against the one before it.

    Raises:
        NotFound: there is no such revision.
    """
    return compare_in(session, _book(meeting), number)


def save_meeting_minutes(session: Session, actor: Actor, meeting_id: int, text: str, *, seen: int) -> RevisionView:
    """Save minutes as a new revision; `seen` is the number that was begun with.

    Raises:
        NotFound, Forbidden: see `load_deal_meeting`. Invalid, StaleMinutes: see `save_revision`.
    """
    return save_revision(session, actor, _book(load_deal_meeting(session, actor, meeting_id)), text, seen=seen)


def _book(meeting: DealMeeting) -> Book:
    return Book(Minutes.deal_meeting_id, meeting.id, DealMeeting.subject_kind)
