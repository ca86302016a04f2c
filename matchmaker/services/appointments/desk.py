"""The organiser's list of an event's meetings: what came of each, and what has still to be asked about."""

from dataclasses import dataclass
from statistics import fmean

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.events import Event
from matchmaker.domain.permissions import Actor
from matchmaker.services.appointments.loading import appointment_options
from matchmaker.services.appointments.recording import RECORDABLE
from matchmaker.services.appointments.views import AppointmentView, view_appointments
from matchmaker.services.events.loading import load_run_event


@dataclass(frozen=True, slots=True)
class OutcomeDesk:
    """All meetings of an event that were to take place, in order; `mean` of the scores given, None without any."""

    event: Event
    meetings: tuple[AppointmentView, ...]
    mean: float | None

    def count(self, state: str) -> int:
        """How many are in a state."""
        return sum(one.state == state for one in self.meetings)

    @property
    def held_share(self) -> float | None:
        """Part of the recorded ones that took place."""
        held, missed = self.count(AppointmentState.HELD), self.count(AppointmentState.MISSED)
        return held / (held + missed) if held + missed else None


def outcome_desk(session: Session, actor: Actor, event_id: int) -> OutcomeDesk:
    """Return what came of an event's meetings.

    Raises:
        NotFound: he may not know of the event. Forbidden: he does not run it.
    """
    event = load_run_event(session, actor, event_id)
    query = sa.select(Appointment).where(Appointment.event_id == event.id, Appointment.state.in_(RECORDABLE))
    query = query.options(*appointment_options()).order_by(Appointment.starts_at, Appointment.table_id, Appointment.id)
    meetings = view_appointments(session, actor, session.scalars(query).unique().all())
    scores = [word.score for one in meetings for word in one.words.values() if word.score is not None]
    return OutcomeDesk(event, meetings, fmean(scores) if scores else None)
