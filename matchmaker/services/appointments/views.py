"""Appointments as their two sides, and those who run them, see them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.deals import Deal
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_read_ratings, can_see_deal
from matchmaker.domain.ratings import Rating
from matchmaker.domain.registrations import Registration
from matchmaker.services.appointments.loading import own_side
from matchmaker.services.appointments.ratings import contradict, ratings_of
from matchmaker.services.appointments.why import Why, reasons_to_meet

STATE_WORDS: dict[str, str] = {
    AppointmentState.ASKED: N_("待对方答复"),
    AppointmentState.CONFIRMED: N_("已约定"),
    AppointmentState.HELD: N_("已见面"),
    AppointmentState.MISSED: N_("未见面"),
    AppointmentState.CANCELLED: N_("已取消"),
    AppointmentState.EXPIRED: N_("已过期"),
    AppointmentState.REFUSED_BY_OTHER: N_("对方未接受"),
}


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who meets: his name and organization, as both must know them to find one another."""

    registration_id: int
    name: str
    position: str
    organization_id: int
    organization_name: str
    has_come: bool


@dataclass(frozen=True, slots=True)
class AppointmentView:
    """One meeting. `own` is the viewer's side, `mine` what he said of it; `words` is what both sides said, for those
    alone who may read it, by registration."""

    id: int
    event_id: int
    event_title: str
    state: str
    slot: int
    starts_at: datetime
    ends_at: datetime
    table: int | None
    table_name: str
    room: str
    online_url: str | None
    interpreter: str
    languages: tuple[str, ...]
    broker: str
    one: PersonView
    other: PersonView
    own: PersonView | None
    why: Why | None
    absent: tuple[str, ...]
    next_step: str
    next_step_on: date | None
    mine: Rating | None
    words: Mapping[int, Rating]
    contradicts: bool
    deal_id: int | None

    @property
    def partner(self) -> PersonView | None:
        """Whom the viewer meets, where he is of one side."""
        if self.own is None:
            return None
        return self.other if self.own.registration_id == self.one.registration_id else self.one

    @property
    def is_to_come(self) -> bool:
        """Whether it is agreed and nothing came of it yet."""
        return self.state == AppointmentState.CONFIRMED


def view_appointments(
    session: Session, actor: Actor, appointments: Sequence[Appointment]
) -> tuple[AppointmentView, ...]:
    """Show several appointments, loaded with `appointment_options`, with a fixed number of queries.

    The caller has checked that he may see them.
    """
    ids = [one.id for one in appointments]
    why = reasons_to_meet(session, actor, appointments)
    ratings = ratings_of(session, ids)
    deals = _deals(session, actor, ids)
    return tuple(_view(actor, one, why.get(one.id), ratings[one.id], deals.get(one.id)) for one in appointments)


def _view(
    actor: Actor, one: Appointment, why: Why | None, ratings: Mapping[int, Rating], deal_id: int | None
) -> AppointmentView:
    side, reads = own_side(actor, one), can_read_ratings(actor, one)
    first, second = _person(one.one), _person(one.other)
    accounts = [ratings[each].account if each in ratings else None for each in (one.one_id, one.other_id)]
    return AppointmentView(
        id=one.id,
        event_id=one.event_id,
        event_title=one.event.title,
        state=one.state,
        slot=one.slot,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
        table=one.table.number if one.table else None,
        table_name=one.table.name if one.table else "",
        room=one.table.room if one.table else "",
        online_url=one.event.online_url if one.table is None else None,
        interpreter=one.interpreter.name if one.interpreter else "",
        languages=tuple(one.interpreter.languages) if one.interpreter else (),
        broker=one.broker.name if one.broker else "",
        one=first,
        other=second,
        own=None if side is None else first if side.id == one.one_id else second,
        why=why,
        absent=tuple(person.name for person in (first, second) if str(person.registration_id) in one.absent),
        next_step=one.next_step or "",
        next_step_on=one.next_step_on,
        mine=ratings.get(side.id) if side is not None else None,
        words=ratings if reads else {},
        contradicts=reads and contradict(accounts[0], accounts[1]),
        deal_id=deal_id,
    )


def _person(registration: Registration) -> PersonView:
    return PersonView(
        registration.id,
        registration.name,
        registration.position,
        registration.organization_id,
        registration.organization.name,
        registration.checked_in_at is not None,
    )


def _deals(session: Session, actor: Actor, ids: Collection[int]) -> dict[int, int]:
    """The deals that were opened from meetings, those which he may see."""
    rows = session.scalars(sa.select(Deal).where(Deal.appointment_id.in_(ids)).order_by(Deal.id))
    return {row.appointment_id: row.id for row in rows if row.appointment_id and can_see_deal(actor, row)}
