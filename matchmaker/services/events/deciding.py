"""The organiser's word on registrations: one or many at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.domain.states import can_move, move
from matchmaker.services.events import notices
from matchmaker.services.events.leaving import release_meetings
from matchmaker.services.events.loading import lock_event, require_runner
from matchmaker.services.events.places import ORDER, advance, give_place
from matchmaker.services.reading.text import line
from matchmaker.services.timetables.disruptions import propose_repair

REASON_MOST = 300
AT_ONCE_MOST = 500


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a decision: `done` as wanted, `waiting` for a place, `skipped` because they were past it."""

    done: int = 0
    waiting: int = 0
    skipped: int = 0


def accept(session: Session, actor: Actor, event: Event, ids: Sequence[int]) -> Decided:
    """Accept registrations, those who asked first first; who finds no place waits for one.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: the event is over.
        Invalid: nobody was chosen.
    """
    done = waiting = skipped = 0
    for registration in _chosen(session, actor, event, ids):
        if registration.state == RegistrationState.ACCEPTED or not can_move(registration, RegistrationState.ACCEPTED):
            skipped += 1
        elif give_place(session, actor, event, registration):
            notices.tell_accepted(session, event, registration)
            done += 1
        else:
            notices.tell_waitlisted(session, event, registration)
            waiting += 1
    return Decided(done, waiting, skipped)


def decline(session: Session, actor: Actor, event: Event, ids: Sequence[int], reason: str = "") -> Decided:
    """Turn registrations down, with a reason that the person reads; who waits moves up into what becomes free.

    Raises:
        Forbidden, Conflict, Invalid: see `accept`.
    """
    text, done, skipped = line(reason)[:REASON_MOST], 0, 0
    for registration in _chosen(session, actor, event, ids):
        if not can_move(registration, RegistrationState.DECLINED):
            skipped += 1
            continue
        was_expected = registration.state == RegistrationState.ACCEPTED
        move(session, registration, RegistrationState.DECLINED, actor, text or None)
        if was_expected:
            release_meetings(session, actor, registration)
            propose_repair(session, event, registration)
        notices.tell_declined(session, event, registration, text)
        done += 1
    advance(session, event)
    return Decided(done, 0, skipped)


def _chosen(session: Session, actor: Actor, event: Event, ids: Sequence[int]) -> Sequence[Registration]:
    require_runner(actor, event)
    lock_event(session, event)
    if event.is_over:
        raise Conflict(N_("活动已经结束或取消，不能再确认报名。"))
    chosen = Registration.event_id == event.id, Registration.id.in_(list(ids)[:AT_ONCE_MOST])
    query = sa.select(Registration).where(*chosen).order_by(*ORDER)
    fresh = query.options(joinedload(Registration.organization)).execution_options(populate_existing=True)
    found = session.scalars(fresh).all()
    if not found:
        raise Invalid(N_("请先勾选报名的人。"))
    return found
