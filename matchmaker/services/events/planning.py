"""Planning events: writing a new one, changing it."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import OCCUPYING, Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.events import Event, EventState
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_plan_events
from matchmaker.services.events.loading import lock_event, require_runner
from matchmaker.services.events.notices import tell_changed
from matchmaker.services.events.places import advance
from matchmaker.services.events.plans import Plan, read_plan

# What a calendar must hear of, and what the slots of meetings are counted from.
CALENDAR = ("title", "starts_at", "ends_at", "place", "address", "online_url")
TOLD = ("starts_at", "ends_at", "place", "address", "online_url")
GRID = ("starts_at", "ends_at", "meetings_from", "meetings_until", "slot_minutes", "break_minutes")


def create_event(session: Session, actor: Actor, plan: Plan) -> Event:
    """Write a new event of the actor's organization as a draft.

    Raises:
        Forbidden: the actor plans no events.
        Invalid: something is missing or cannot be read (`errors` names the field).
    """
    if not can_plan_events(actor) or actor.organization_id is None:
        raise Forbidden(N_("活动由技术经纪人和科技局发起。"))
    event = Event(
        organization_id=actor.organization_id,
        owner_id=actor.user_id,
        created_by_id=actor.user_id,
        **read_plan(session, plan),
    )
    session.add(event)
    session.flush()
    record(session, actor, "create", "event", event.id, after=event.state)
    return event


def edit_event(session: Session, actor: Actor, event: Event, plan: Plan, version: int) -> tuple[str, ...]:
    """Change an event and return the names of the columns that changed.

    Raises:
        Forbidden: the actor does not run it.
        Conflict: it is over, a colleague has changed it since `version`, or meetings stand in the slots to be changed.
        Invalid: see `create_event`; its kind cannot change once it is announced.
    """
    require_runner(actor, event)
    lock_event(session, event)
    require_writable(event)
    if event.version != version:
        raise Conflict(N_("同事刚刚修改了这场活动。请打开最新版本后再改，您输入的内容仍在本页。"))
    values = read_plan(session, plan)
    changed = tuple(name for name, value in values.items() if getattr(event, name) != value)
    _require_changeable(session, event, changed)
    _apply(event, values, changed)
    session.flush()
    advance(session, event)  # there may be more places now
    if not set(changed).isdisjoint(TOLD):
        tell_changed(session, event)
    record(session, actor, "edit", "event", event.id, fields=list(changed))
    return changed


def require_writable(event: Event) -> None:
    """Let pass only an event that is not over.

    Raises:
        Conflict: it was held, closed or cancelled.
    """
    if event.is_over:
        raise Conflict(N_("活动已经结束或取消，不能再修改。"))


def _require_changeable(session: Session, event: Event, changed: tuple[str, ...]) -> None:
    if "kind" in changed and event.state != EventState.DRAFT:
        raise Invalid(N_("活动公布之后不能改变类型。"), {"kind": N_("活动公布之后不能改变类型。")})
    if not set(changed).isdisjoint(GRID) and has_meetings(session, event):
        raise Conflict(N_("已经安排了洽谈，不能再改活动时间和洽谈时段。请先取消这些洽谈。"))


def has_meetings(session: Session, event: Event) -> bool:
    """Whether meetings stand in the slots of an event."""
    standing = sa.select(Appointment.id).where(Appointment.event_id == event.id, Appointment.state.in_(OCCUPYING))
    return session.scalar(standing.limit(1)) is not None


def _apply(event: Event, values: Mapping[str, Any], changed: tuple[str, ...]) -> None:
    for name in changed:
        setattr(event, name, values[name])
    event.version += 1
    event.changed_at = utc_now()
    if not set(changed).isdisjoint(CALENDAR):
        event.sequence += 1
