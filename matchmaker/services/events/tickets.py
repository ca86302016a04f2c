"""Tickets: a signed link for each registration. Any phone camera opens it; whose phone it is decides what happens."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.errors import NotFound
from matchmaker.domain.events import Event, EventState
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_read_event
from matchmaker.domain.registrations import Registration, RegistrationState

SALT = "check-in"
FOREIGN = N_("这不是本平台的签到码，或者没有复制完整。请在签到台报姓名签到。")


class Fault(StrEnum):
    """Why a ticket lets nobody in now."""

    EARLY = "early"
    LATE = "late"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"
    UNCONFIRMED = "unconfirmed"


FAULTS: dict[str, str] = {
    Fault.EARLY: N_("活动当天才能签到。"),
    Fault.LATE: N_("活动已经结束，不能再签到。"),
    Fault.CANCELLED: N_("活动已经取消。"),
    Fault.WITHDRAWN: N_("这个报名已经退出或未被接受，不能签到。如果人已到场，请在签到台现场登记。"),
    Fault.UNCONFIRMED: N_("这个报名还没有确认，请在签到台由主办方确认后签到。"),
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """A registration as its ticket shows it; `fault` is why it lets nobody in now. `is_own`: it is the viewer's."""

    registration: Registration
    fault: Fault | None
    is_own: bool

    @property
    def event(self) -> Event:
        """The event that it is for."""
        return self.registration.event


def ticket_path(secret: bytes, registration_id: int) -> str:
    """Return the path that a ticket's QR code leads to."""
    return f"/check-in/{_serializer(secret).dumps(registration_id)}"


def load_ticket(session: Session, actor: Actor, secret: bytes, token: str) -> Ticket:
    """Return the ticket that a link stands for.

    Raises:
        NotFound: nobody made this link here, what it was made for is gone, or he may not know of the event.
    """
    try:
        registration_id = _serializer(secret).loads(token)
    except BadSignature as error:
        raise NotFound(FOREIGN) from error
    event = joinedload(Registration.event)
    loaded = (
        event.selectinload(Event.staff),
        event.joinedload(Event.organization),
        joinedload(Registration.organization),
    )
    row = session.get(Registration, registration_id, options=loaded)
    if row is None:
        raise NotFound(FOREIGN)
    if not can_read_event(actor, row.event):
        raise NotFound(N_("没有找到这场活动，它可能还没有公布。"))
    return ticket_of(row, actor)


def ticket_of(registration: Registration, actor: Actor) -> Ticket:
    """Return a registration's ticket as `actor` holds it."""
    is_own = actor.user_id is not None and registration.user_id == actor.user_id
    return Ticket(registration, fault_of(registration, utc_now()), is_own)


def fault_of(registration: Registration, now: datetime) -> Fault | None:
    """Return why somebody cannot be checked in at `now`, None where he can."""
    event = registration.event
    if event.state == EventState.CANCELLED:
        return Fault.CANCELLED
    if registration.state in {RegistrationState.WITHDRAWN, RegistrationState.DECLINED}:
        return Fault.WITHDRAWN
    if registration.state != RegistrationState.ACCEPTED:
        return Fault.UNCONFIRMED
    return day_fault(event, now)


def day_fault(event: Event, now: datetime) -> Fault | None:
    """Return whether it is too early or too late: from midnight before an event begins to the one after it ends.

    Of a closed event the attendance has been counted.
    """
    if event.state == EventState.CLOSED:
        return Fault.LATE
    first, last = (moment.astimezone(CITY_ZONE).date() for moment in (event.starts_at, event.ends_at))
    if now < datetime.combine(first, time(), CITY_ZONE):
        return Fault.EARLY
    return Fault.LATE if now >= datetime.combine(last + timedelta(days=1), time(), CITY_ZONE) else None


def _serializer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=SALT)
