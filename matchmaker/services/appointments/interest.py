"""What two sides who both want to go on after a meeting have thereby decided about their match."""

from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.errors import NotFound
from matchmaker.domain.matches import Decision, Match, MatchDecision
from matchmaker.domain.permissions import Actor
from matchmaker.domain.ratings import Rating, Wish
from matchmaker.domain.registrations import Registration
from matchmaker.services.actors import load_member
from matchmaker.services.appointments.ratings import rating_of
from matchmaker.services.decisions import can_decide, decide
from matchmaker.services.matches import load_match


def settle_interest(session: Session, appointment: Appointment) -> bool:
    """Decide for both sides that they are interested where both have said themselves, once they met, that they go on.

    Each side's interest is written in the name of who said so. Nothing is decided by one side's word, by what others
    wrote down for a side, against a decision made since, or about a match of other organizations.
    """
    match = appointment.match
    if appointment.state != AppointmentState.HELD or match is None:
        return False
    words = [(side, rating_of(session, appointment, side)) for side in (appointment.one, appointment.other)]
    if {side.organization_id for side, _ in words} != {match.need.organization_id, match.achievement.organization_id}:
        return False
    speakers = [speaker for side, word in words for speaker in _speaker(session, match, side, word)]
    if len(speakers) < len(words):
        return False
    for actor in speakers:
        standing = _decision_of(match, actor.organization_id)
        if standing is None or standing.decision != Decision.INTERESTED:
            # The form has said what it opens, listings for brokers only included.
            note = standing.note if standing else None
            decide(session, actor, match.id, Decision.INTERESTED, note=note, agreed=True)
    return True


def _speaker(session: Session, match: Match, side: Registration, word: Rating | None) -> Iterator[Actor]:
    """Yield who said for his side that it goes on, if he may still say so."""
    if word is None or not word.by_itself or word.wish != Wish.CONTINUE:
        return
    standing = _decision_of(match, side.organization_id)
    if standing is not None and standing.decision != Decision.INTERESTED and standing.at > word.said_at:
        return
    actor = load_member(session, word.said_by_id or 0, side.organization_id)
    if actor is not None and can_decide(actor):
        with suppress(NotFound):  # the pair may be withdrawn by now
            load_match(session, actor, match.id)
            yield actor


def _decision_of(match: Match, organization_id: int | None) -> MatchDecision | None:
    return next((row for row in match.decisions if row.organization_id == organization_id), None)
