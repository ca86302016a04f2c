"""Entries of calendars: what an event or an appointment is to everybody, to who is registered, to who is invited."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.events import KIND_NAMES, Event, EventState
from matchmaker.domain.language import N_, Language, Sentence, listed, translate
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.services.calendars.writing import Entry

CONFIRMED, TENTATIVE, CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
REGISTRATION_STATUS = {
    RegistrationState.REQUESTED: TENTATIVE,
    RegistrationState.WAITLISTED: TENTATIVE,
    RegistrationState.ACCEPTED: CONFIRMED,
    RegistrationState.DECLINED: CANCELLED,
    RegistrationState.WITHDRAWN: CANCELLED,
}
# Each state of an appointment with its status, and how many changes it is away from having been asked for.
APPOINTMENT_STATUS = {
    AppointmentState.ASKED: (TENTATIVE, 0),
    AppointmentState.CONFIRMED: (CONFIRMED, 1),
    AppointmentState.HELD: (CONFIRMED, 1),
    AppointmentState.MISSED: (CONFIRMED, 1),
    AppointmentState.REFUSED_BY_OTHER: (CANCELLED, 2),
    AppointmentState.EXPIRED: (CANCELLED, 2),
    AppointmentState.CANCELLED: (CANCELLED, 2),
}
ONLINE = N_("线上")
PERSON = N_("%(name)s（%(organization)s）")
PERSON_WITH_POSITION = N_("%(name)s，%(position)s（%(organization)s）")


@dataclass(frozen=True, slots=True)
class Moves:
    """How often a registration went from one state to another, and when last: what its calendar entry counts by."""

    count: int = 0
    last_at: datetime | None = None


NEVER = Moves()


def event_entry(event: Event, base_url: str, language: Language | None) -> Entry:
    """Return an event as everybody may know it: where it is held, but not the address at which it is to be seen."""
    cancelled = event.state == EventState.CANCELLED
    lines = [Sentence(N_("形式：%(kind)s"), kind=KIND_NAMES.get(event.kind, event.kind))]
    if cancelled and event.cancel_reason:
        lines.append(Sentence(N_("已取消：%(reason)s"), reason=event.cancel_reason))
    if event.organizers:
        lines.append(Sentence(N_("主办：%(names)s"), names=listed(event.organizers)))
    if event.contact:
        lines.append(Sentence(N_("联系方式：%(contact)s"), contact=event.contact))
    return Entry(
        uid=uid("event", event.id, base_url),
        sequence=event.sequence + cancelled,
        changed_at=event.changed_at,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        summary=event.title,
        status=CANCELLED if cancelled else CONFIRMED,
        location=translate(_place(event), language),
        description=written([*lines, event.summary], language),
        url=f"{base_url}/events/{event.id}",
    )


def registered_entry(
    registration: Registration, base_url: str, language: Language | None, moves: Moves = NEVER
) -> Entry:
    """Return an event as somebody knows it who is registered; whoever was accepted is told where to see it online."""
    event = registration.event
    entry = event_entry(event, base_url, language)
    status = entry.status if entry.status == CANCELLED else REGISTRATION_STATUS[RegistrationState(registration.state)]
    online = event.online_url if is_admitted(registration) else None
    lines: list[str] = [Sentence(N_("线上入口：%(link)s"), link=online)] if online else []
    if status == TENTATIVE:
        lines.append(N_("报名还没有确认。"))
    return replace(
        entry,
        sequence=entry.sequence + moves.count,
        changed_at=max(entry.changed_at, moves.last_at or registration.registered_at),
        status=status,
        description=written([*lines, entry.description], language),
        online_url=online or "",
    )


def appointment_entry(
    appointment: Appointment, own: Registration, base_url: str, language: Language | None, moves: Moves = NEVER
) -> Entry:
    """Return an appointment as one of its two persons knows it; it falls with the event and with his registration."""
    event = appointment.event
    other = appointment.other if own.id == appointment.one_id else appointment.one
    status, changes = APPOINTMENT_STATUS[AppointmentState(appointment.state)]
    fallen = event.state == EventState.CANCELLED or own.state != RegistrationState.ACCEPTED
    return Entry(
        uid=uid("appointment", appointment.id, base_url),
        sequence=appointment.sequence + changes + event.sequence + (event.state == EventState.CANCELLED) + moves.count,
        changed_at=max(appointment.changed_at, event.changed_at, moves.last_at or appointment.created_at),
        starts_at=appointment.starts_at,
        ends_at=appointment.ends_at,
        summary=translate(Sentence(N_("洽谈：%(organization)s"), organization=other.organization.name), language),
        status=CANCELLED if fallen else status,
        location=written(_where(appointment), language, " "),
        description=written(_who(appointment, other, own), language),
        url=f"{base_url}/events/{event.id}/my-meetings",
        online_url=event.online_url or "" if is_admitted(own) and appointment.table is None else "",
    )


def is_admitted(registration: Registration) -> bool:
    """Whether somebody takes part, so that he may know how to get in."""
    accepted = registration.state == RegistrationState.ACCEPTED
    return accepted and registration.event.state != EventState.CANCELLED


def _who(appointment: Appointment, other: Registration, own: Registration) -> list[str]:
    template = PERSON_WITH_POSITION if other.position else PERSON
    met = Sentence(template, name=other.name, position=other.position, organization=other.organization.name)
    lines: list[str] = [
        Sentence(N_("活动：%(title)s"), title=appointment.event.title),
        Sentence(N_("洽谈对象：%(person)s"), person=met),
    ]
    if appointment.table is not None:
        lines.append(Sentence(N_("洽谈桌：%(table)s"), table=_table(appointment)))
    elif is_admitted(own) and appointment.event.online_url:
        lines.append(Sentence(N_("线上入口：%(link)s"), link=appointment.event.online_url))
    if appointment.interpreter is not None:
        lines.append(Sentence(N_("翻译：%(name)s"), name=appointment.interpreter.name))
    if appointment.broker is not None:
        lines.append(Sentence(N_("技术经纪人：%(name)s"), name=appointment.broker.name))
    if appointment.state == AppointmentState.ASKED:
        lines.append(N_("等待对方答复。"))
    return lines


def _table(appointment: Appointment) -> Sentence:
    assert appointment.table is not None, "the caller has looked"  # noqa: S101
    table = appointment.table
    number = Sentence(N_("%(number)s 号"), number=table.number)
    return listed([number, *(part for part in (table.name, table.room) if part)])


def _where(appointment: Appointment) -> list[str]:
    if appointment.table is None:
        return [_place(appointment.event)]
    event = appointment.event
    table = Sentence(N_("%(number)s 号桌"), number=appointment.table.number)
    return [part for part in (event.place, appointment.table.room, table) if part]


def _place(event: Event) -> str:
    return " ".join(part for part in (event.place, event.address) if part) or (ONLINE if event.online_url else "")


def uid(kind: str, number: int, base_url: str) -> str:
    """An id that never changes, and that no other site gives away (RFC 7986, 5.3)."""
    return f"{kind}-{number}@{urlsplit(base_url).hostname}"


def written(parts: list[str], language: Language | None, separator: str = "\n") -> str:
    """Return what is there of some texts, each in a language."""
    return separator.join(translate(part, language) for part in parts if part)
