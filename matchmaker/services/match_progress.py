"""What became of a pair after it was found: meetings that took place, and deals, as one viewer may know of them."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor, can_see_appointment
from matchmaker.services.appointments.loading import appointment_options
from matchmaker.services.deals import can_open_for_match
from matchmaker.services.deals.lists import deals_of_match
from matchmaker.services.deals.views import DealView
from matchmaker.services.match_views import MatchView


@dataclass(frozen=True, slots=True)
class Met:
    """One meeting of the pair's two sides; `appointment_id` where the viewer may read more of it."""

    at: datetime
    event_title: str
    appointment_id: int | None


@dataclass(frozen=True, slots=True)
class MatchProgress:
    """What became of a pair."""

    meetings: tuple[Met, ...] = ()
    deals: tuple[DealView, ...] = ()
    may_open: bool = False


def progress_of(session: Session, actor: Actor, match: Match, seen: MatchView) -> MatchProgress:
    """Return what became of a pair that `actor` sees as `seen`.

    A side whose other side is hidden learns nothing here: it would know whose listing it is from whom it has met.
    """
    if seen.own_kind is not None and seen.other(seen.own_kind).organization_id is None:
        return MatchProgress()
    held = Appointment.match_id == match.id, Appointment.state == AppointmentState.HELD
    query = sa.select(Appointment).where(*held).options(*appointment_options(), joinedload(Appointment.event))
    rows = session.scalars(query.order_by(Appointment.starts_at.desc())).unique()
    meetings = tuple(
        Met(row.starts_at, row.event.title, row.id if can_see_appointment(actor, row) else None) for row in rows
    )
    deals = deals_of_match(session, actor, match.id)
    may_open = can_open_for_match(session, actor, match) and not any(deal.is_open for deal in deals)
    return MatchProgress(meetings, deals, may_open)
