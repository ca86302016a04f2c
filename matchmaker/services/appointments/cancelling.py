"""Cancelling an appointment: its slot is free again at once, the other side is told why."""

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden
from matchmaker.domain.formats import moment
from matchmaker.domain.language import N_, SOURCE, Sentence
from matchmaker.domain.permissions import Actor, can_cancel_appointment
from matchmaker.domain.states import move
from matchmaker.services.appointments.loading import load_appointment, lock_appointment, own_side
from matchmaker.services.appointments.telling import tell_sides, tell_staff
from matchmaker.services.appointments.typed import read_text
from matchmaker.services.timetables.occupying import set_free

REASON_MOST = 200


def cancel_appointment(session: Session, actor: Actor, appointment_id: int, *, reason: str) -> Appointment:
    """Cancel a meeting that has not begun, for one side or for the organiser; `reason` is told to the other side.

    People, table and staff are free in its slot when the transaction ends. Cancelling twice is once.

    Raises:
        NotFound: he may not know of it. Forbidden: he is neither of a side nor runs the event.
        Invalid: no reason, or too long a one (field `reason`). Conflict: it has begun, or is asked for only.
    """
    appointment = load_appointment(session, actor, appointment_id)
    if not can_cancel_appointment(actor, appointment):
        raise Forbidden(N_("只有洽谈双方和组织方可以取消这场洽谈。"))
    lock_appointment(session, appointment)
    if appointment.state == AppointmentState.CANCELLED:
        return appointment
    if appointment.state == AppointmentState.ASKED:
        raise Conflict(N_("这场洽谈还没有约定，请在“约时间”中答复或收回。"))
    text = read_text(reason, "reason", REASON_MOST, needed=N_("请写明取消的原因，对方会看到。"))
    if appointment.starts_at <= utc_now():
        raise Conflict(N_("这场洽谈的时间已到，不能再取消；没有见面请在结果中说明。"))
    move(session, appointment, AppointmentState.CANCELLED, actor, text)
    set_free(session, appointment)
    appointment.sequence += 1
    appointment.changed_at = utc_now()
    session.flush()
    _tell(session, actor, appointment, text)
    return appointment


def _tell(session: Session, actor: Actor, appointment: Appointment, reason: str) -> None:
    side = own_side(actor, appointment)
    whose = side.organization.name if side is not None else N_("活动组织方")
    title = Sentence(N_("一场洽谈取消了：%(at)s"), at=moment(appointment.starts_at, SOURCE))
    body = Sentence(
        N_("%(event)s：%(one)s 与 %(other)s 的洽谈由%(whose)s取消。原因：%(reason)s"),
        event=appointment.event.title,
        one=appointment.one.organization.name,
        other=appointment.other.organization.name,
        whose=whose,
        reason=reason,
    )
    tell_sides(session, actor, appointment, title, body)
    tell_staff(session, actor, appointment, title, body)
