"""What is printed for the meetings of an event, in Chinese like every document of the platform."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain import codes
from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.events import Event
from matchmaker.domain.formats import clock, moment, period
from matchmaker.domain.language import N_, SOURCE
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.services.appointments.loading import appointment_options, other_side
from matchmaker.services.appointments.recording import RECORDABLE
from matchmaker.services.documents import CardLine, DayLine, DaySheet, DoorLine, MeetingSheets, SheetHead, TableCard
from matchmaker.services.events.loading import load_run_event

ONLINE = N_("线上")


@dataclass(frozen=True, slots=True)
class Gathering:
    """An event with its people and its meetings, as everything that is printed is made from them."""

    event: Event
    people: tuple[Registration, ...]
    meetings: tuple[Appointment, ...]

    def of(self, person: Registration) -> list[Appointment]:
        """A person's meetings in order."""
        return [one for one in self.meetings if person.id in (one.one_id, one.other_id)]


def gather(session: Session, actor: Actor, event_id: int) -> Gathering:
    """Return what there is to print of an event: accepted persons by organization, meetings agreed or past by time.

    Raises:
        NotFound: he may not know of the event. Forbidden: he does not run it.
    """
    event = load_run_event(session, actor, event_id)
    coming = Registration.event_id == event.id, Registration.state == RegistrationState.ACCEPTED
    people = session.scalars(sa.select(Registration).where(*coming).options(joinedload(Registration.organization)))
    agreed = Appointment.event_id == event.id, Appointment.state.in_(RECORDABLE)
    query = sa.select(Appointment).where(*agreed).options(*appointment_options())
    meetings = session.scalars(query.order_by(Appointment.starts_at, Appointment.id)).unique()
    by_name = sorted(people, key=lambda one: (one.organization.name, one.name, one.id))
    return Gathering(event, tuple(by_name), tuple(meetings))


def meeting_sheets(gathering: Gathering) -> MeetingSheets:
    """Return all that can be printed."""
    event = gathering.event
    made = N_("制表 %(at)s") % {"at": moment(utc_now(), SOURCE)}
    head = SheetHead(event.title, period(event.starts_at, event.ends_at, SOURCE), event.place or ONLINE, made)
    counts = {person.id: len(meetings) for person, meetings in _by_person(gathering)}
    return MeetingSheets(
        head,
        tuple(_cards(gathering)),
        tuple(_day(event, person, meetings) for person, meetings in _by_person(gathering)),
        tuple(_door(place, person, counts[person.id]) for place, person in enumerate(gathering.people, start=1)),
    )


def helpers(meeting: Appointment) -> str:
    """Return who helps at a meeting, in a few words."""
    words = []
    if meeting.interpreter is not None:
        languages = "、".join(codes.table("languages").name(code) for code in meeting.interpreter.languages)
        words.append(N_("翻译 %(name)s（%(languages)s）") % {"name": meeting.interpreter.name, "languages": languages})
    if meeting.broker is not None:
        words.append(N_("经纪人 %(name)s") % {"name": meeting.broker.name})
    return "，".join(words)


def times(meeting: Appointment) -> str:
    """Return when a meeting is, on the day of its event."""
    return f"{clock(meeting.starts_at, SOURCE)}–{clock(meeting.ends_at, SOURCE)}"


def _by_person(gathering: Gathering) -> Iterable[tuple[Registration, Sequence[Appointment]]]:
    found: dict[int, list[Appointment]] = defaultdict(list)
    for meeting in gathering.meetings:
        for side in (meeting.one_id, meeting.other_id):
            found[side].append(meeting)
    return [(person, found[person.id]) for person in gathering.people]


def _cards(gathering: Gathering) -> Iterable[TableCard]:
    for table in gathering.event.tables:
        lines = tuple(_line(one) for one in gathering.meetings if one.table_id == table.id)
        yield TableCard(table.number, table.name, table.room, lines)


def _line(meeting: Appointment) -> CardLine:
    one, other = meeting.one, meeting.other
    return CardLine(
        times(meeting), one.name, one.organization.name, other.name, other.organization.name, helpers(meeting)
    )


def _day(event: Event, person: Registration, meetings: Sequence[Appointment]) -> DaySheet:
    lines = [(item.starts_at, _agenda(item.starts_at, item.ends_at, item.title, item.room)) for item in event.agenda]
    lines += [(one.starts_at, _meeting(one, other_side(one, person))) for one in meetings]
    ordered = sorted(lines, key=lambda line: (line[0], line[1].is_meeting))
    return DaySheet(person.name, person.position, person.organization.name, tuple(line for _, line in ordered))


def _agenda(starts_at: datetime, ends_at: datetime, title: str, room: str) -> DayLine:
    return DayLine(f"{clock(starts_at, SOURCE)}–{clock(ends_at, SOURCE)}", "", title, room, is_meeting=False)


def _meeting(meeting: Appointment, partner: Registration) -> DayLine:
    place = N_("%(number)d 号桌") % {"number": meeting.table.number} if meeting.table else ONLINE
    person = " ".join(filter(None, (partner.name, partner.position)))
    room = meeting.table.room if meeting.table else ""
    detail = " · ".join(filter(None, (person, room, helpers(meeting))))
    return DayLine(times(meeting), place, partner.organization.name, detail, is_meeting=True)


def _door(place: int, person: Registration, meetings: int) -> DoorLine:
    came = clock(person.checked_in_at, SOURCE) if person.checked_in_at else ""
    count = N_("%(count)d 场") % {"count": meetings} if meetings else ""
    return DoorLine(place, person.name, person.organization.name, person.position, count, came)
