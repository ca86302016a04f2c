"""What came of an appointment: each side says it for itself, the organiser or the broker for both.

The first account counts at once; a later one that contradicts it is kept beside it, for the organiser to set right.
"""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.events import EventState
from matchmaker.domain.formats import moment
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, SOURCE, Sentence
from matchmaker.domain.permissions import Actor, can_record_outcome
from matchmaker.domain.ratings import Account, Rating
from matchmaker.domain.states import move
from matchmaker.services.appointments.interest import settle_interest
from matchmaker.services.appointments.loading import load_appointment, lock_appointment, other_side, own_side
from matchmaker.services.appointments.ratings import SILENT, Said, absent_by, contradict, keep_rating, rating_of
from matchmaker.services.appointments.telling import tell_staff
from matchmaker.services.appointments.typed import read_step, read_text
from matchmaker.services.follow_ups.making import settle_follow_ups
from matchmaker.services.timetables.occupying import set_free

RECORDABLE = (AppointmentState.CONFIRMED, AppointmentState.HELD, AppointmentState.MISSED)
REASON_MOST = 200


class Outcome(StrEnum):
    """What the organiser records: that they met, or who did not come."""

    HELD = "held"
    ONE_ABSENT = "one"
    OTHER_ABSENT = "other"
    BOTH_ABSENT = "both"


def say(
    session: Session,
    actor: Actor,
    appointment_id: int,
    said: Said,
    *,
    next_step: str = "",
    next_step_on: str = "",
    seen_step: str | None = None,
) -> Appointment:
    """Say for one's own side whether the two met, how it was, and what comes next.

    The other side sees the next step, never the rest. `seen_step` is the next step that he saw when he began to write,
    None where nobody looked. Where both sides themselves want to go on, their match becomes one of mutual interest.

    Raises:
        NotFound: he may not know of it. Forbidden: he is of neither side.
        Conflict: it has not begun, was cancelled, or the other side has written a next step meanwhile.
        Invalid: no account, or what `keep_rating` and `read_step` refuse.
    """
    appointment = load_appointment(session, actor, appointment_id)
    side = own_side(actor, appointment)
    if side is None:
        raise Forbidden(N_("评价由洽谈双方各自填写；组织方请用“登记结果”。"))
    _require_begun(session, appointment)
    if said.account not in set(Account):
        raise Invalid(N_("请先说明双方是否见了面。"), {"account": N_("请选择一项。")})
    step, day = _read_step(appointment, next_step, next_step_on)
    plans = _wants_step(appointment, step, seen_step)
    keep_rating(session, actor, appointment, side, said, by_itself=True)
    other = other_side(appointment, side)
    heard = rating_of(session, appointment, other)
    _tell_contradiction(session, actor, appointment, said.account, heard)
    _settle_by(session, actor, appointment, said, absent_by(said.account, side.id, other.id), heard)
    if appointment.state == AppointmentState.HELD:
        if plans:
            _put_step(session, actor, appointment, step, day)
        settle_interest(session, appointment)
    return appointment


def record_outcome(
    session: Session,
    actor: Actor,
    appointment_id: int,
    outcome: str,
    *,
    one: Said = SILENT,
    other: Said = SILENT,
    next_step: str = "",
    next_step_on: str = "",
    seen_step: str | None = None,
    reason: str = "",
) -> Appointment:
    """Record for both sides whether they met, and what one heard from them; changing what was recorded needs a reason.

    What a side has said itself stays as it said it.

    Raises:
        NotFound: he may not know of it. Forbidden: he neither runs the event nor is the meeting's broker.
        Conflict: it has not begun or was cancelled, or a side has written a next step meanwhile.
        Invalid: no such outcome, no reason where one is needed, or what `keep_rating` and `read_step` refuse.
    """
    appointment = load_appointment(session, actor, appointment_id)
    if not can_record_outcome(actor, appointment):
        raise Forbidden(N_("结果由活动组织方和这场洽谈的经纪人登记。"))
    _require_begun(session, appointment)
    absent = _absent(appointment, outcome)
    step, day = _read_step(appointment, next_step, next_step_on)
    plans = _wants_step(appointment, step, seen_step)
    changes = appointment.state != AppointmentState.CONFIRMED and absent != _recorded(appointment)
    why = read_text(reason, "reason", REASON_MOST, needed=N_("请写明更正的原因。") if changes else "")
    _settle(session, actor, appointment, absent, why or None)
    for side, said in ((appointment.one, one), (appointment.other, other)):
        row = rating_of(session, appointment, side)
        if not (said.is_empty or (row is not None and row.by_itself)):
            keep_rating(session, actor, appointment, side, said, by_itself=False)
    if appointment.state == AppointmentState.HELD and plans:
        _put_step(session, actor, appointment, step, day)
    return appointment


def has_begun(appointment: Appointment) -> bool:
    """Whether there can be an outcome: it stands, and its time has come."""
    return appointment.state in RECORDABLE and appointment.starts_at <= utc_now()


def _require_begun(session: Session, appointment: Appointment) -> None:
    lock_appointment(session, appointment)
    if appointment.state not in RECORDABLE:
        raise Conflict(N_("这场洽谈没有约定成功或已取消，没有结果可以登记。"))
    if appointment.event.state == EventState.CLOSED:
        raise Conflict(N_("活动已经归档，结果不能再改。"))
    if not has_begun(appointment):
        raise Conflict(N_("这场洽谈还没有开始，请在开始之后再登记结果。"))


def _absent(appointment: Appointment, outcome: str) -> frozenset[int]:
    if outcome not in set(Outcome):
        raise Invalid(N_("请选择见面的结果。"), {"outcome": N_("请选择一项。")})
    one, other = appointment.one_id, appointment.other_id
    return {
        Outcome.HELD: frozenset[int](),
        Outcome.ONE_ABSENT: frozenset({one}),
        Outcome.OTHER_ABSENT: frozenset({other}),
        Outcome.BOTH_ABSENT: frozenset({one, other}),
    }[Outcome(outcome)]


def _recorded(appointment: Appointment) -> frozenset[int]:
    return frozenset(int(each) for each in appointment.absent)


def _settle_by(
    session: Session,
    actor: Actor,
    appointment: Appointment,
    said: Said,
    absent: frozenset[int],
    heard: Rating | None,
) -> None:
    """Let one side's account stand where nothing stands against it; that it was absent itself always adds to it."""
    if appointment.state == AppointmentState.CONFIRMED or _corrects_himself(actor, appointment, heard):
        _settle(session, actor, appointment, absent)
    elif appointment.state == AppointmentState.MISSED and said.account == Account.OWN_ABSENT:
        _settle(session, actor, appointment, absent | {int(each) for each in appointment.absent})


def _corrects_himself(actor: Actor, appointment: Appointment, heard: Rating | None) -> bool:
    """Whether what stands is the actor's own word alone."""
    return appointment.recorded_by_id == actor.user_id and (heard is None or heard.account is None)


def _settle(
    session: Session, actor: Actor, appointment: Appointment, absent: Collection[int], reason: str | None = None
) -> None:
    """Let the appointment be held, or missed by `absent`; what stands already is not written again."""
    to = AppointmentState.MISSED if absent else AppointmentState.HELD
    missing, before = sorted(str(each) for each in absent), appointment.state
    if (before, appointment.absent) == (to, missing):
        return
    if before == to:
        record(
            session, actor, "correct", "appointment", appointment.id, reason=reason, was=appointment.absent, now=missing
        )
    else:
        move(session, appointment, to, actor, reason, absent=missing)
        set_free(session, appointment)
        _tell_match(session, actor, appointment, before)
    appointment.absent, appointment.changed_at = missing, utc_now()
    appointment.recorded_at, appointment.recorded_by_id = utc_now(), actor.user_id
    session.flush()
    settle_follow_ups(session, appointment)


def _tell_match(session: Session, actor: Actor, appointment: Appointment, before: str) -> None:
    """Write into the match's journal that its sides have met, or that this was an error; it decides nothing."""
    if appointment.match_id is None:
        return
    if appointment.state == AppointmentState.HELD:
        record(session, actor, "meet", "match", appointment.match_id, appointment_id=appointment.id)
    elif before == AppointmentState.HELD:
        record(session, actor, "unmeet", "match", appointment.match_id, appointment_id=appointment.id)


def _read_step(appointment: Appointment, step: str, on: str) -> tuple[str, date | None]:
    """Read a next step; a day that stands already may have passed since."""
    stands = appointment.next_step_on is not None and on.strip() == appointment.next_step_on.isoformat()
    return read_step(step, on, earliest=date.min if stands else today())


def _tell_contradiction(
    session: Session, actor: Actor, appointment: Appointment, account: str, heard: Rating | None
) -> None:
    """Ask those who run the meeting to find out where the two sides tell it differently."""
    if heard is not None and contradict(account, heard.account):
        title = Sentence(N_("一场洽谈的双方说法不一致：%(at)s"), at=moment(appointment.starts_at, SOURCE))
        body = Sentence(
            N_("%(one)s 与 %(other)s：一方说见了面，另一方说没有。请核实后登记结果。"),
            one=appointment.one.organization.name,
            other=appointment.other.organization.name,
        )
        tell_staff(session, actor, appointment, title, body)


def _wants_step(appointment: Appointment, step: str, seen: str | None) -> bool:
    """Whether somebody has written a next step, or taken the one that he saw away.

    Raises:
        Conflict: another one was written meanwhile.
    """
    stands = appointment.next_step or ""
    if seen is None:
        return bool(step)
    if seen == stands:
        return True
    if step not in {stands, seen}:
        raise Conflict(
            N_("对方刚刚写下了另一个下一步：%(step)s。您写的内容仍在本页，请商量后再保存。"),
            step=stands or N_("（空）"),
        )
    return False


def _put_step(session: Session, actor: Actor, appointment: Appointment, step: str, day: date | None) -> None:
    if (appointment.next_step or "", appointment.next_step_on) == (step, day):
        return
    former = appointment.next_step_on
    days = {"was": former.isoformat() if former else None, "now": day.isoformat() if day else None}
    record(session, actor, "plan", "appointment", appointment.id, **days)
    appointment.next_step, appointment.next_step_on = step or None, day
    session.flush()


def side_said(rating: Rating | None) -> Said:
    """Return what was said as a form shows it again."""
    if rating is None:
        return Said()
    return Said(rating.account or "", str(rating.score or ""), rating.note, rating.wish or "")
