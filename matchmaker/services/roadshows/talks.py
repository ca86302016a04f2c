"""Private talks after the show: from a tap to an appointment, asked for as every other is (timetables/booking.py)."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.appointments import STANDING, Appointment, Origin
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Visibility
from matchmaker.domain.permissions import Actor, owns
from matchmaker.domain.pitches import InterestWay, Pitch, PitchInterest
from matchmaker.domain.registrations import Registration
from matchmaker.domain.slots import Slot, slots_of
from matchmaker.domain.timetables import ordered
from matchmaker.services.disclosures import is_mutual
from matchmaker.services.projection import project
from matchmaker.services.roadshows.interest import interest_rows
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.booking import ask
from matchmaker.services.timetables.free_slots import common_slots
from matchmaker.services.timetables.participants import (
    MEETING_STATES,
    get_other,
    own_registration,
    participants,
    require_participant,
)


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk that can be asked for: with whom, and when both are free; `already`: the two meet at this event."""

    other: Registration
    free: tuple[Slot, ...]
    already: bool


def can_talk(session: Session, actor: Actor, event: Event) -> bool:
    """Whether the event has slots for talks now, and the actor comes to it."""
    if event.state not in MEETING_STATES or not slots_of(event):
        return False
    return own_registration(session, actor, event) is not None


def open_talk(session: Session, actor: Actor, event: Event, pitch: Pitch, person_id: int | None = None) -> Talk:
    """Return with whom and when the actor can talk about a pitch: an interested participant with its presenter, the
    presenter with the interested one whose registration is `person_id`.

    Raises:
        Forbidden: he does not come, or has not said that he is interested.
        NotFound: nobody of the other side comes, or he may not know who it is.
        Conflict: the event takes no meetings now.
    """
    own, other = _pair(session, actor, event, pitch, person_id)
    board = load_board(session, event)
    numbers = set(common_slots(session, board, own, other))
    free = tuple(slot for slot in board.slots if slot.number in numbers)
    return Talk(other, free, _meet_already(session, event, own, other))


def ask_talk(
    session: Session,
    actor: Actor,
    event: Event,
    pitch: Pitch,
    slot: int,
    *,
    person_id: int | None = None,
    message: str = "",
) -> Appointment:
    """Ask for a talk in a slot, which is held until the other answers. Whoever asks is named to him.

    Raises:
        Forbidden, NotFound: see `open_talk`. Invalid: no such slot, or too long a message.
        Conflict: somebody was quicker, or one of the two is not free.
    """
    own, other = _pair(session, actor, event, pitch, person_id)
    row = ask(session, actor, event, other.id, slot, message)
    interested = own if not owns(actor, pitch) else other
    tapped = _tapped(session, pitch, interested)
    row.origin = Origin.ROADSHOW
    if tapped is not None:
        if tapped.way == InterestWay.COUNTED:
            tapped.way = InterestWay.CONTACT
        row.match_id = _known_match(tapped, pitch)
    session.flush()
    return row


def _pair(
    session: Session, actor: Actor, event: Event, pitch: Pitch, person_id: int | None
) -> tuple[Registration, Registration]:
    own = require_participant(session, actor, event)
    if event.state not in MEETING_STATES or not slots_of(event):
        raise Conflict(N_("活动现在不接受预约洽谈。"))
    if owns(actor, pitch):
        known = {row.registration_id for row in interest_rows(session, actor, event, pitch) if row.is_known}
        if person_id not in known:
            raise NotFound(N_("没有找到这位参会人，或他还没有让您知道是谁。"))
        return own, get_other(session, actor, event, own, person_id)
    if _tapped(session, pitch, own) is None:
        raise Forbidden(N_("请先对这个项目表示感兴趣，再约会后洽谈。"))
    return own, get_other(session, actor, event, own, _presenter(session, actor, event, pitch).id)


def _presenter(session: Session, actor: Actor, event: Event, pitch: Pitch) -> Registration:
    """Return who comes for a pitch: whoever confirmed it, else the first of its organization; nobody while the
    programme does not say whose it is."""
    named = pitch.listing is None or pitch.is_named or project(pitch.listing, actor).organization_id is not None
    people = [each for each in participants(session, event) if each.organization_id == pitch.organization_id]
    if not named or not people:
        raise NotFound(N_("项目方还没有人报名参会，或没有公开单位名称，暂时不能约谈。"))
    return next((each for each in people if each.user_id == pitch.presenter_id), people[0])


def _tapped(session: Session, pitch: Pitch, registration: Registration) -> PitchInterest | None:
    mine = PitchInterest.pitch_id == pitch.id, PitchInterest.registration_id == registration.id
    return session.scalar(sa.select(PitchInterest).where(*mine).options(joinedload(PitchInterest.match)))


def _known_match(tapped: PitchInterest, pitch: Pitch) -> int | None:
    """Return the pair that the talk is about, where naming it says no more than both sides know: an anonymous listing
    must not get its owner's name from an appointment."""
    match = tapped.match
    if match is None:
        return None
    listing = match.need if match.achievement_id == pitch.listing_id else match.achievement
    return match.id if listing.visibility == Visibility.PUBLIC or is_mutual(match) else None


def _meet_already(session: Session, event: Event, own: Registration, other: Registration) -> bool:
    one_id, other_id = ordered(own.id, other.id)
    same = Appointment.one_id == one_id, Appointment.other_id == other_id
    query = sa.select(Appointment.id).where(Appointment.event_id == event.id, *same, Appointment.state.in_(STANDING))
    return session.scalar(query.limit(1)) is not None
