"""Wishes: whom a participant must meet, would like to meet, or would rather not, which only the organiser knows."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import upsert, utc_now
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.domain.slots import slots_of
from matchmaker.domain.timetables import ASKING, WISH_QUOTA, Wish, WishKind
from matchmaker.services.timetables.participants import MEETING_STATES, get_other, require_participant


def say_wish(
    session: Session, actor: Actor, event: Event, other_id: int, kind: str, *, with_broker: bool = False
) -> None:
    """Say what one thinks of meeting another participant; an empty `kind` takes it back.

    Nothing of it is told to the other side, and nothing that the other side sees depends on it.

    Raises:
        Forbidden: the actor takes no part. NotFound: there is no such participant for him.
        Conflict: the time for wishes is over. Invalid: no such kind, or more wishes than each may have.
    """
    own = require_participant(session, actor, event)
    other = get_other(session, actor, event, own, other_id)
    if not takes_wishes(event):
        raise Conflict(N_("提交意向的时间已经结束，不能再修改。"))
    if kind and kind not in set(WishKind):
        raise Invalid(N_("请选择“必须见”“想见”或“不见”。"))
    _lock(session, own)
    if not kind:
        session.execute(sa.delete(Wish).where(Wish.registration_id == own.id, Wish.other_id == other.id))
        return
    if kind in ASKING and quota_left(session, event, own, but=other.id) < 1:
        raise Invalid(N_("每人最多选择 %(quota)d 位想见的人，请先取消一位。"), quota=quota_of(event))
    values = {"kind": kind, "with_broker": with_broker and kind in ASKING, "said_at": utc_now()}
    said = upsert(session, Wish).values(event_id=event.id, registration_id=own.id, other_id=other.id, **values)
    session.execute(said.on_conflict_do_update(index_elements=["registration_id", "other_id"], set_=values))


def takes_wishes(event: Event, now: datetime | None = None) -> bool:
    """Whether wishes may still be said: until the event's own time for it, at the latest until its first meeting."""
    slots = slots_of(event)
    if event.state not in MEETING_STATES or not slots:
        return False
    return (now or utc_now()) < min(event.wishes_until or slots[-1].ends_at, slots[-1].ends_at)


def quota_of(event: Event) -> int:
    """Return how many people each participant may wish to meet."""
    return WISH_QUOTA if event.wish_quota is None else event.wish_quota


def quota_left(session: Session, event: Event, own: Registration, *, but: int | None = None) -> int:
    """Return how many more people a participant may wish to meet; the wish for `but` is not counted."""
    asking = sa.select(sa.func.count()).where(
        Wish.registration_id == own.id, Wish.kind.in_(ASKING), Wish.other_id != (but or 0)
    )
    return quota_of(event) - (session.scalar(asking) or 0)


def wishes_of(session: Session, own: Registration) -> dict[int, Wish]:
    """Return what a participant has said, by the registration that it is about."""
    return {wish.other_id: wish for wish in session.scalars(sa.select(Wish).where(Wish.registration_id == own.id))}


def _lock(session: Session, own: Registration) -> None:
    # Two clicks at once must not get past the quota together.
    session.execute(sa.select(Registration.id).where(Registration.id == own.id).with_for_update())
