"""How one viewer stands to an event: what the head of its pages tells him, and offers him next."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.domain.events import Event
from matchmaker.domain.permissions import Actor, can_register, can_run_event
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.services.events.places import count_by_state
from matchmaker.services.events.registering import STANDING, closes_at, own_registration, takes_registrations


@dataclass(frozen=True, slots=True)
class Standing:
    """`mine` is the viewer's registration while it stands; `left` places are free, None without limit.

    `waiting` registrations wait for the organiser's word, counted for him only.
    """

    mine: Registration | None
    takes_registrations: bool
    may_register: bool
    closes_at: datetime
    taken: int
    left: int | None
    waiting: int = 0

    @property
    def comes(self) -> bool:
        """Whether the viewer is expected."""
        return self.mine is not None and self.mine.state == RegistrationState.ACCEPTED


def standing(session: Session, actor: Actor, event: Event) -> Standing:
    """Return how the viewer stands to an event that he may know of."""
    mine = own_registration(session, actor, event)
    counts = count_by_state(session, event)
    taken = counts.get(RegistrationState.ACCEPTED, 0)
    return Standing(
        mine=mine if mine is not None and mine.state in STANDING else None,
        takes_registrations=takes_registrations(event),
        may_register=can_register(actor),
        closes_at=closes_at(event),
        taken=taken,
        left=None if event.capacity is None else max(0, event.capacity - taken),
        waiting=counts.get(RegistrationState.REQUESTED, 0) if can_run_event(actor, event) else 0,
    )
