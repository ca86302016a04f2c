"""Next steps of deals as entries of a calendar: each a whole day, for the one person who does it."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.deals import DEAL_STATE_NAMES, OPEN_STATES, Deal
from matchmaker.domain.language import N_, Language, Sentence, joined, translate
from matchmaker.domain.people import Membership, MembershipState, User
from matchmaker.services.actors import actor_of
from matchmaker.services.calendars.entries import CONFIRMED, uid, written
from matchmaker.services.calendars.writing import Entry
from matchmaker.services.deals.filters import seen
from matchmaker.services.deals.loading import deal_options
from matchmaker.services.deals.views import DealView, view_deals

KEPT = timedelta(days=180)
"""How long a step that nobody has done stays in a feed."""
MOST = 500
A_DAY = timedelta(days=1)


def step_entries(session: Session, user: User, base_url: str, language: Language | None) -> list[Entry]:
    """Return the next steps that a person does, as he may read of their deals in each of his organizations.

    A step that is done, or that another does now, is no longer in a feed: readers take it off.
    """
    views = {view.id: view for view in _views(session, user)}
    return [_entry(view, base_url, language) for view in sorted(views.values(), key=_order)]


def _views(session: Session, user: User) -> Iterator[DealView]:
    memberships = (
        sa.select(Membership)
        .where(Membership.user_id == user.id, Membership.state == MembershipState.ACTIVE)
        .options(joinedload(Membership.organization), joinedload(Membership.user))
        .order_by(Membership.id)
    )
    his = sa.or_(Deal.doer_id == user.id, sa.and_(Deal.doer_id.is_(None), Deal.owner_id == user.id))
    recent = Deal.next_step_on >= (utc_now() - KEPT).date()
    for membership in session.scalars(memberships).all():
        actor = actor_of(session, membership)
        query = sa.select(Deal).where(his, recent, Deal.state.in_(OPEN_STATES), seen(actor)).options(*deal_options())
        rows = session.scalars(query.order_by(Deal.next_step_on, Deal.id).limit(MOST)).unique().all()
        yield from view_deals(session, actor, rows)


def _entry(view: DealView, base_url: str, language: Language | None) -> Entry:
    on = view.next_step_on
    assert on is not None, "only steps with a day are found"  # noqa: S101
    begins = datetime.combine(on, time(), CITY_ZONE)
    lines: list[str] = [
        Sentence(N_("跟进项目：%(one)s × %(other)s"), one=view.one, other=view.other),
        joined(view.subject, " × ") if view.subject else "",
        Sentence(N_("阶段：%(state)s"), state=DEAL_STATE_NAMES[view.state]),
    ]
    return Entry(
        uid=uid("deal", view.id, base_url),
        sequence=view.version,
        changed_at=view.changed_at,
        starts_at=begins,
        ends_at=begins + A_DAY,
        summary=translate(Sentence(N_("下一步：%(step)s"), step=view.next_step), language),
        status=CONFIRMED,
        description=written(lines, language),
        url=f"{base_url}/deals/{view.id}",
        is_whole_day=True,
    )


def _order(view: DealView) -> tuple[object, int]:
    return view.next_step_on, view.id
