"""Reminders of an event: a week before, the day before, in the morning of the day; each once, with the ticket."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import upsert
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.event_reminders import EventReminder, ReminderKind
from matchmaker.domain.events import Event, EventState
from matchmaker.domain.language import N_, Sentence, joined
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import Organization
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.services.enclosures import EnclosureKind, enclose
from matchmaker.services.notices import tell

BATCH = 200
MORNING = time(7)
AHEAD = timedelta(days=8)
REMINDED = (EventState.ANNOUNCED, EventState.REGISTRATION, EventState.TIMETABLE, EventState.FINAL)
TITLES = {
    ReminderKind.WEEK: N_("一周后：《%(title)s》"),
    ReminderKind.DAY: N_("明天：《%(title)s》"),
    ReminderKind.MORNING: N_("今天：《%(title)s》"),
}


def remind_of_events(session: Session, now: datetime, limit: int = BATCH) -> int:
    """Remind up to `limit` people who are expected at an event that is near; return how many.

    Whoever was not there for an earlier reminder gets the later one only. An event that is put off to another day is
    reminded of anew.
    """
    due = [
        (registration, kind)
        for registration in _expected(session, now)
        if (kind := kind_due(registration.event, now)) is not None
    ]
    given = _given(session, [registration.id for registration, _kind in due])
    fresh = [
        (registration, kind)
        for registration, kind in due
        if (registration.id, registration.event.starts_at.astimezone(CITY_ZONE).date(), str(kind)) not in given
    ]
    return sum(_remind(session, registration, kind) for registration, kind in fresh[:limit])


def kind_due(event: Event, now: datetime) -> ReminderKind | None:
    """Return which reminder of an event is due at `now`, by days of the official time zone; None where none is."""
    if now >= event.starts_at:
        return None
    start = event.starts_at.astimezone(CITY_ZONE)
    here = now.astimezone(CITY_ZONE)
    days = (start.date() - here.date()).days
    if days == 0:
        return ReminderKind.MORNING if here.time() >= MORNING else ReminderKind.DAY
    if days == 1:
        return ReminderKind.DAY
    return ReminderKind.WEEK if days <= 7 else None


def _expected(session: Session, now: datetime) -> Iterator[Registration]:
    """Yield those with an account who are expected at an event within the next days."""
    yield from session.scalars(
        sa.select(Registration)
        .join(Event)
        .join(Organization, Organization.id == Event.organization_id)
        .where(
            Organization.suspended_at.is_(None),
            Event.state.in_(REMINDED),
            Event.announced_at.is_not(None),
            Event.starts_at > now,
            Event.starts_at <= now + AHEAD,
            Registration.state == RegistrationState.ACCEPTED,
            Registration.user_id.is_not(None),
        )
        .options(joinedload(Registration.event), joinedload(Registration.user))
        .order_by(Event.starts_at, Registration.id)
    )


def _given(session: Session, registration_ids: list[int]) -> set[tuple[int, object, str]]:
    rows = session.execute(
        sa.select(EventReminder.registration_id, EventReminder.starts_on, EventReminder.kind).where(
            EventReminder.registration_id.in_(registration_ids)
        )
    )
    return {(row[0], row[1], row[2]) for row in rows}


def _remind(session: Session, registration: Registration, kind: ReminderKind) -> bool:
    """Remind one person; False where another worker was quicker."""
    event = registration.event
    row = upsert(session, EventReminder).values(
        registration_id=registration.id, starts_on=event.starts_at.astimezone(CITY_ZONE).date(), kind=kind
    )
    if session.scalar(row.on_conflict_do_nothing().returning(EventReminder.id)) is None:
        return False
    parts: list[str] = [
        Sentence(
            N_("%(at)s，%(place)s。\n\n到场时请出示参会凭证上的二维码签到。不能来请及时退出，把名额留给别人。"),
            at=event.starts_at,
            place=" ".join(part for part in (event.place, event.address) if part) or N_("线上"),
        )
    ]
    if event.online_url:
        parts.append(Sentence(N_("\n\n线上入口：%(link)s"), link=event.online_url))
    tell(
        session,
        registration.user,
        topic=NoticeTopic.EVENT,
        title=Sentence(TITLES[kind], title=event.title),
        body=joined(parts),
        path=f"/events/{event.id}/ticket",
        enclosures=[enclose(EnclosureKind.TICKET, registration.id)],
    )
    return True
