"""Minutes (纪要) of a meeting: written by those who were there, every revision kept, none overwritten unseen."""

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.errors import Conflict, Forbidden
from matchmaker.domain.language import N_
from matchmaker.domain.minutes import Minutes
from matchmaker.domain.permissions import Actor, can_read_minutes
from matchmaker.services.appointments.loading import load_appointment
from matchmaker.services.appointments.recording import has_begun
from matchmaker.services.minute_books import (
    TEXT_MOST,
    Book,
    Comparison,
    RevisionView,
    StaleMinutes,
    all_revisions,
    compare_in,
    save_revision,
)

__all__ = [
    "TEXT_MOST",
    "Comparison",
    "RevisionView",
    "StaleMinutes",
    "can_write",
    "compare_revisions",
    "load_minuted",
    "revisions_of",
    "save_minutes",
]


def load_minuted(session: Session, actor: Actor, appointment_id: int) -> Appointment:
    """Return an appointment whose minutes `actor` may read.

    Raises:
        NotFound: there is none, or he may not know of it. Forbidden: he may know of it, but minutes are confidential.
    """
    appointment = load_appointment(session, actor, appointment_id)
    if not can_read_minutes(actor, appointment):
        raise Forbidden(N_("洽谈纪要是保密的，只有洽谈双方、负责的技术经纪人和科技局可以查看。"))
    return appointment


def revisions_of(session: Session, actor: Actor, appointment_id: int) -> tuple[RevisionView, ...]:
    """Return all revisions of a meeting's minutes, the newest first; empty where none were written.

    Raises:
        NotFound, Forbidden: see `load_minuted`.
    """
    return all_revisions(session, _book(load_minuted(session, actor, appointment_id)))


def compare_revisions(session: Session, actor: Actor, appointment_id: int, number: int) -> Comparison:
    """Return what a revision changed against the one before it, the empty text before the first.

    Raises:
        NotFound: there is no such revision. Forbidden: see `load_minuted`.
    """
    return compare_in(session, _book(load_minuted(session, actor, appointment_id)), number)


def save_minutes(session: Session, actor: Actor, appointment_id: int, text: str, *, seen: int) -> RevisionView:
    """Save minutes as a new revision; the same text again is no new one. `seen` is the number that was begun with.

    Raises:
        NotFound, Forbidden: see `load_minuted`. Invalid: nothing, or too much (field `text`).
        Conflict: the meeting has not begun, or never took place. StaleMinutes: somebody saved another text meanwhile.
    """
    appointment = load_minuted(session, actor, appointment_id)
    if not can_write(appointment):
        raise Conflict(N_("洽谈开始之后才能写纪要；没有见面或已取消的洽谈没有纪要。"))
    return save_revision(session, actor, _book(appointment), text, seen=seen)


def can_write(appointment: Appointment) -> bool:
    """Whether minutes may be written now: once a meeting has begun, unless it is known that nobody met."""
    return has_begun(appointment) and appointment.state != AppointmentState.MISSED


def _book(appointment: Appointment) -> Book:
    return Book(Minutes.appointment_id, appointment.id, Appointment.subject_kind)
