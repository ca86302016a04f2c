"""The feed of one person: the events that he is registered for, his appointments and the next steps that he does."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.events import Event
from matchmaker.domain.language import N_, read_language, translate
from matchmaker.domain.people import Organization, User
from matchmaker.domain.registrations import Registration
from matchmaker.services.calendars.entries import registered_entry
from matchmaker.services.calendars.feeds import CalendarFile, meeting_entries, registration_moves, shown
from matchmaker.services.calendars.steps import step_entries


def personal_feed(session: Session, user: User, *, base_url: str) -> CalendarFile:
    """Return the events that a person is registered for, his appointments and his next steps, in his language."""
    language = read_language(user.locale)
    rows = session.scalars(
        sa.select(Registration)
        .join(Event)
        .join(Organization, Organization.id == Event.organization_id)
        .where(Registration.user_id == user.id, *shown())
        .options(joinedload(Registration.event))
        .order_by(Event.starts_at, Registration.id)
    ).all()
    moves = registration_moves(session, rows)
    entries = [registered_entry(row, base_url, language, moves[row.id]) for row in rows]
    entries += meeting_entries(session, rows, base_url, language, moves)
    entries += step_entries(session, user, base_url, language)
    return CalendarFile(tuple(entries), translate(N_("我的对接活动、洽谈和跟进"), language))
