"""Feeds and files: what is announced, for everybody; one's own are in personal.py.

What was cancelled stays in a feed, as cancelled, so that a phone takes it off its screen.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain import codes
from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.language import N_, Language, Sentence, read_language
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.services.calendars.entries import Moves, appointment_entry, event_entry, registered_entry
from matchmaker.services.calendars.writing import Entry, write_calendar
from matchmaker.services.events.loading import load_event

KEPT = timedelta(days=180)
"""How long what is over stays in a feed."""
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
PUBLISH = "PUBLISH"
GONE = (RegistrationState.WITHDRAWN, RegistrationState.DECLINED)


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """One iCalendar file, a feed where it has a name. Writing it takes a millisecond an entry, telling it apart does
    not: whoever has it already by its `tag` need not wait for the `content`.
    """

    entries: tuple[Entry, ...]
    name: str = ""

    @property
    def content(self) -> bytes:
        """The file."""
        return write_calendar(self.entries, method=PUBLISH, name=self.name)

    @property
    def tag(self) -> str:
        """The same for the same content, and for no other."""
        return hashlib.sha256(repr((self.name, self.entries)).encode()).hexdigest()[:32]

    @property
    def changed_at(self) -> datetime:
        """The last change of anything in it."""
        return max((entry.changed_at for entry in self.entries), default=BEGINNING).replace(microsecond=0)


def public_feed(session: Session, *, field: str | None, base_url: str, city: str) -> CalendarFile:
    """Return all events that were announced, of one field where given, as a visitor may know them.

    Raises:
        NotFound: there is no such field.
    """
    if field is not None and field not in codes.table("contract_fields"):
        raise NotFound(N_("没有这个日历，请检查领域。"))
    rows = session.scalars(
        sa.select(Event)
        .join(Organization, Organization.id == Event.organization_id)
        .where(*shown())
        .order_by(Event.starts_at, Event.id)
    )
    entries = [event_entry(row, base_url, None) for row in rows if not field or not row.fields or field in row.fields]
    name: str = Sentence(N_("%(city)s技术对接活动"), city=city)
    return CalendarFile(tuple(entries), f"{name} · {codes.table('contract_fields').name(field)}" if field else name)


def meeting_entries(
    session: Session,
    rows: Sequence[Registration],
    base_url: str,
    language: Language | None,
    moves: Mapping[int, Moves] | None = None,
) -> list[Entry]:
    """Return all appointments of some registrations of one person, as he knows them."""
    moves = moves or registration_moves(session, rows)
    own = {row.id: row for row in rows}
    return [
        appointment_entry(appointment, mine, base_url, language, moves[mine.id])
        for appointment in _appointments(session, list(own))
        for mine in [own.get(appointment.one_id) or own[appointment.other_id]]
    ]


def event_file(session: Session, actor: Actor, event_id: int, *, base_url: str) -> CalendarFile:
    """Return one event, as the actor knows it.

    Raises:
        NotFound: there is none, or he may not know.
    """
    event = load_event(session, actor, event_id)
    language = read_language(actor.language)
    mine = own_registration(session, actor.user_id, event.id)
    if mine is None or mine.state in GONE:
        return CalendarFile((event_entry(event, base_url, language),))
    return CalendarFile((registered_entry(mine, base_url, language, registration_moves(session, [mine])[mine.id]),))


def appointment_file(session: Session, actor: Actor, appointment_id: int, *, base_url: str) -> CalendarFile:
    """Return one appointment to one of the two persons that it is of.

    Raises:
        NotFound: there is none, or it is of others.
    """
    row = load_own_appointment(session, actor.user_id, appointment_id)
    if row is None:
        raise NotFound(N_("没有找到这次洽谈，它可能已经取消。"))
    mine = own_side(row, actor.user_id)
    moves = registration_moves(session, [mine])[mine.id]
    return CalendarFile((appointment_entry(row, mine, base_url, read_language(actor.language), moves),))


def own_registration(session: Session, user_id: int | None, event_id: int) -> Registration | None:
    """Return what a person has registered at an event, whatever became of it."""
    if user_id is None:
        return None
    return session.scalar(
        sa.select(Registration)
        .where(Registration.user_id == user_id, Registration.event_id == event_id)
        .options(joinedload(Registration.event))
    )


def load_own_appointment(session: Session, user_id: int | None, appointment_id: int) -> Appointment | None:
    """Return an appointment that a person is one of the two of, with all that an entry says."""
    row = session.scalar(sa.select(Appointment).where(Appointment.id == appointment_id).options(*_loaded()))
    of_his = row is not None and user_id is not None and user_id in {row.one.user_id, row.other.user_id}
    return row if of_his else None


def own_side(appointment: Appointment, user_id: int | None) -> Registration:
    """Return a person's own registration of the two."""
    return appointment.one if appointment.one.user_id == user_id else appointment.other


def registration_moves(session: Session, rows: Sequence[Registration]) -> dict[int, Moves]:
    """Return of some registrations how often each went from state to state, from the journal, by one query."""
    found = {row.id: Moves() for row in rows}
    if found:
        moved = JournalEntry.subject_kind == Registration.subject_kind, JournalEntry.action == "move"
        counted = session.execute(
            sa.select(JournalEntry.subject_id, sa.func.count(), sa.func.max(JournalEntry.at))
            .where(*moved, JournalEntry.subject_id.in_(found))
            .group_by(JournalEntry.subject_id)
        )
        found |= {row_id: Moves(count, last_at) for row_id, count, last_at in counted}
    return found


def shown() -> tuple[sa.ColumnElement[bool], ...]:
    """Events that a feed tells of: announced, not of a suspended organization, not long over."""
    return Event.announced_at.is_not(None), Organization.suspended_at.is_(None), Event.ends_at > utc_now() - KEPT


def _appointments(session: Session, registration_ids: list[int]) -> Sequence[Appointment]:
    mine = sa.or_(Appointment.one_id.in_(registration_ids), Appointment.other_id.in_(registration_ids))
    query = sa.select(Appointment).where(mine).options(*_loaded())
    return session.scalars(query.order_by(Appointment.starts_at, Appointment.id)).all() if registration_ids else ()


def _loaded() -> tuple[Any, ...]:
    persons = (Appointment.one, Appointment.other)
    return (
        *(joinedload(person).joinedload(Registration.organization) for person in persons),
        *(joinedload(person).joinedload(Registration.event) for person in persons),
        *(joinedload(part) for part in (Appointment.event, Appointment.table)),
        *(joinedload(part) for part in (Appointment.interpreter, Appointment.broker)),
    )
