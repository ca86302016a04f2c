"""Booking oneself, as a participant sees it: his meetings, what he is asked for, where he and another are free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.base import utc_now
from matchmaker.domain.events import Event
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.domain.slots import Slot
from matchmaker.domain.timetables import WishKind
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.booking import own_appointments
from matchmaker.services.timetables.free_slots import common_slots
from matchmaker.services.timetables.participants import MEETING_STATES, get_other, others, require_participant
from matchmaker.services.timetables.wishes import wishes_of


@dataclass(frozen=True, slots=True)
class Meeting:
    """One of a participant's meetings, with whom; `is_mine` where he asked for it, `was_refused` where he said no."""

    row: Appointment
    other: Registration
    is_mine: bool
    was_refused: bool
    has_begun: bool


@dataclass(frozen=True, slots=True)
class SlotsPage:
    """The page; `chosen` is the person to be asked, `free` the slots that suit both, none before one is chosen."""

    event: Event
    own: Registration
    asked: Sequence[Meeting]
    asking: Sequence[Meeting]
    agreed: Sequence[Meeting]
    others: Sequence[Registration]
    chosen: Registration | None
    free: Sequence[Slot]
    already: Meeting | None
    is_open: bool


def slots_page(session: Session, actor: Actor, event: Event, chosen_id: int | None = None) -> SlotsPage:
    """Return a participant's page of slots, to ask the person `chosen_id` where one is given.

    Raises:
        Forbidden: he takes no part. NotFound: there is no such person for him.
    """
    own = require_participant(session, actor, event)
    said, now = wishes_of(session, own), utc_now()
    meetings = [
        _meeting(row, own, {other for other in said if said[other].kind == WishKind.NO}, now)
        for row in own_appointments(session, event, own)
    ]
    chosen = get_other(session, actor, event, own, chosen_id) if chosen_id is not None else None
    already = next((each for each in meetings if chosen is not None and each.other.id == chosen.id), None)
    free: list[Slot] = []
    if chosen is not None and already is None:
        board = load_board(session, event)
        free = [board.slots[number] for number in common_slots(session, board, own, chosen)]
    open_asks = [each for each in meetings if each.row.state == AppointmentState.ASKED]
    return SlotsPage(
        event=event,
        own=own,
        asked=sorted((each for each in open_asks if not each.is_mine), key=lambda each: each.was_refused),
        asking=[each for each in open_asks if each.is_mine],
        agreed=[each for each in meetings if each.row.state == AppointmentState.CONFIRMED],
        others=sorted(others(session, actor, event, own), key=lambda person: (person.organization.name, person.name)),
        chosen=chosen,
        free=free,
        already=already,
        is_open=event.state in MEETING_STATES,
    )


def _meeting(row: Appointment, own: Registration, refused: set[int], now: datetime) -> Meeting:
    other = row.other if row.one_id == own.id else row.one
    return Meeting(row, other, row.asked_by_id == own.id, other.id in refused, row.starts_at <= now)
