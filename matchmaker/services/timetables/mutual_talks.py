"""Private talks after a show that both sides want: whoever named a need for a pitch whose owner is interested in it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.appointments import STANDING, Appointment
from matchmaker.domain.events import Event
from matchmaker.domain.matches import Match
from matchmaker.domain.pitches import Pitch, PitchInterest, PitchState
from matchmaker.domain.registrations import Registration
from matchmaker.domain.timetables import ordered
from matchmaker.services.disclosures import is_mutual
from matchmaker.services.timetables.participants import MEETING_STATES, participants

Pair = tuple[int, int]


def mutual_talks(session: Session, event: Event) -> dict[Pair, int]:
    """Return who should talk after the show, with the match that it is about: only pairs of listings in which both
    organizations have said that they are interested, so that neither learns anything from meeting the other."""
    people = participants(session, event)
    known = {person.id: person for person in people}
    found: dict[Pair, int] = {}
    for row in session.scalars(_named(event)):
        presenter = _presenter(people, row.pitch)
        if row.match is None or presenter is None or row.registration_id not in known or not is_mutual(row.match):
            continue
        found.setdefault(ordered(presenter.id, row.registration_id), row.match.id)
    return found


def may_arrange(event: Event) -> bool:
    """Whether talks after the show can be planned now."""
    return event.state in MEETING_STATES and event.slot_minutes is not None


def talks_to_arrange(session: Session, event: Event) -> int:
    """Return how many of these talks do not stand yet."""
    stand = sa.select(Appointment.one_id, Appointment.other_id).where(
        Appointment.event_id == event.id, Appointment.state.in_(STANDING)
    )
    held = {(one, other) for one, other in session.execute(stand)}
    return len(mutual_talks(session, event).keys() - held)


def _named(event: Event) -> sa.Select[PitchInterest]:
    match = joinedload(PitchInterest.match)
    return (
        sa.select(PitchInterest)
        .join(Pitch, Pitch.id == PitchInterest.pitch_id)
        .where(Pitch.event_id == event.id, Pitch.state == PitchState.CONFIRMED, PitchInterest.match_id.is_not(None))
        .options(
            joinedload(PitchInterest.pitch),
            match.selectinload(Match.decisions),
            match.joinedload(Match.need),
            match.joinedload(Match.achievement),
        )
        .order_by(PitchInterest.id)
    )


def _presenter(people: list[Registration], pitch: Pitch) -> Registration | None:
    """Return who comes for a pitch: whoever confirmed it, else the first of its organization."""
    own = [person for person in people if person.organization_id == pitch.organization_id]
    return next((person for person in own if person.user_id == pitch.presenter_id), own[0] if own else None)
