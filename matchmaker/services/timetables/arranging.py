"""The organiser's own pairs: who is to meet whatever else is held, and from which match on the platform proposes."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Conflict, Invalid, NotFound
from matchmaker.domain.events import Event, StaffDuty
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.domain.timetables import Arrangement, ordered
from matchmaker.services.events.loading import lock_event, require_runner
from matchmaker.services.timetables.candidates import may_meet
from matchmaker.services.timetables.drafting import require_plannable
from matchmaker.services.timetables.participants import participants

LEAST_PERCENT, MOST_PERCENT = 5, 95


def arrangements(session: Session, event: Event) -> list[Arrangement]:
    """Return the organiser's pairs with the two people of each."""
    one = joinedload(Arrangement.one).joinedload(Registration.organization)
    other = joinedload(Arrangement.other).joinedload(Registration.organization)
    rows = sa.select(Arrangement).where(Arrangement.event_id == event.id).order_by(Arrangement.id)
    return list(session.scalars(rows.options(one, other, joinedload(Arrangement.broker))))


def arrange(
    session: Session, actor: Actor, event: Event, one_id: int, other_id: int, broker_id: int | None = None
) -> Arrangement:
    """Let two people meet whatever else is held, with one of the event's brokers where that is wanted.

    Raises:
        Forbidden: the actor does not run the event. NotFound: one of them does not come.
        Invalid: it is one and the same person, or no such broker.
        Conflict: they are not to meet, or are a pair already.
    """
    require_runner(actor, event)
    lock_event(session, event)
    require_plannable(event)
    people = {person.id: person for person in participants(session, event)}
    if not {one_id, other_id} <= people.keys():
        raise NotFound(N_("没有找到这位参会人。"))
    if one_id == other_id:
        raise Invalid(N_("请选择两位不同的参会人。"))
    brokers = {member.id for member in event.staff if member.duty == StaffDuty.BROKER}
    if broker_id is not None and broker_id not in brokers:
        raise Invalid(N_("请从列表中选择。"))
    if not may_meet(session, event, people[one_id], people[other_id]):
        raise Conflict(N_("这两位不能安排洽谈：是同一单位，或双方之间有谢绝或回避要求。"))
    one_id, other_id = ordered(one_id, other_id)
    known = sa.select(Arrangement.id).where(
        Arrangement.event_id == event.id, Arrangement.one_id == one_id, Arrangement.other_id == other_id
    )
    if session.scalar(known) is not None:
        raise Conflict(N_("这一对已经指定过。"))
    pair = Arrangement(
        event_id=event.id, one_id=one_id, other_id=other_id, broker_id=broker_id, made_by_id=actor.user_id
    )
    session.add(pair)
    session.flush()
    record(session, actor, "arrange", "event", event.id, one=one_id, other=other_id)
    return pair


def drop_arrangement(session: Session, actor: Actor, event: Event, arrangement_id: int) -> None:
    """Take a pair back; a meeting that is planned already stays until the timetable is made anew.

    Raises:
        Forbidden: the actor does not run the event. NotFound: there is no such pair.
    """
    require_runner(actor, event)
    row = session.get(Arrangement, arrangement_id)
    if row is None or row.event_id != event.id:
        raise NotFound(N_("没有找到这一对，它可能已被取消。"))
    session.delete(row)
    session.flush()
    record(session, actor, "disarrange", "event", event.id, one=row.one_id, other=row.other_id)


def set_threshold(session: Session, actor: Actor, event: Event, percent: str) -> None:
    """Say from which probability on a match is a proposal, as typed in percent.

    Raises:
        Forbidden: the actor does not run the event. Invalid: it is no whole number in the range.
    """
    require_runner(actor, event)
    text = percent.strip().removesuffix("%")
    if not (text.isascii() and text.isdigit() and len(text) < 4 and LEAST_PERCENT <= int(text) <= MOST_PERCENT):
        raise Invalid(N_("匹配门槛请填 5 到 95 之间的整数。"), {"threshold": N_("请填 5 到 95 之间的整数。")})
    event.match_threshold = int(text) / 100
    session.flush()
    record(session, actor, "set_threshold", "event", event.id, percent=int(text))
