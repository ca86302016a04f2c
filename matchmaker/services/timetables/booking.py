"""Booking oneself: asking another for a free slot, answering, taking back. The database decides who was first.

Slot and table are held for whoever asks until the other answers or the time is over. An ask looks the same to its
sender whatever the other thinks of him: where that one said no to him, it is not announced, and ends by itself.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.appointments import OCCUPYING, STANDING, Appointment, AppointmentState, Origin
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Invalid, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.domain.states import move
from matchmaker.domain.timetables import Wish, WishKind, ordered
from matchmaker.services.appointments.cancelling import cancel_appointment
from matchmaker.services.reading.text import line
from matchmaker.services.timetables import ask_notices
from matchmaker.services.timetables.board import Board, load_board
from matchmaker.services.timetables.free_slots import free_interpreters, free_tables, used_in
from matchmaker.services.timetables.occupying import set_free, take
from matchmaker.services.timetables.participants import MEETING_STATES, get_other, require_participant

HOLD = timedelta(hours=24)
"""How long an ask holds its slot; never longer than until the slot begins."""
OPEN_ASKS = 5
"""How many unanswered asks one person may have: nobody can hold everybody's day."""
MESSAGE_MOST = 300
LARGEST_ID = 2**63 - 1


def ask(session: Session, actor: Actor, event: Event, other_id: int, slot: int, message: str = "") -> Appointment:
    """Ask another participant for a slot, which is held for the two of them until he answers.

    Raises:
        Forbidden: the actor takes no part. NotFound: there is no such participant for him. Invalid: no such slot.
        Conflict: somebody was quicker, or one of them is not free, or the two meet already.
    """
    _enter(session, event)
    own = require_participant(session, actor, event)
    other = get_other(session, actor, event, own, other_id)
    if event.state not in MEETING_STATES:
        raise Conflict(N_("活动现在不接受预约洽谈。"))
    text = line(message)
    if len(text) > MESSAGE_MOST:
        raise Invalid(N_("附言最多 300 个字。"), {"message": N_("附言最多 300 个字。")})
    expire_asks(session, utc_now(), event)
    board = load_board(session, event)
    _require_free(session, board, own, other, slot)
    row = _asked(session, board, own, other, slot, text)
    _hold(session, board, row, own, other)
    record(session, actor, "ask", "appointment", row.id, after=row.state)
    session.flush()
    if not _said_no(session, other, own):
        ask_notices.tell_asked(session, event, row, own, other)
    return row


def answer(session: Session, actor: Actor, event: Event, appointment_id: int, *, accept: bool) -> Appointment:
    """Accept or decline what somebody asked for.

    Raises:
        Forbidden: the actor takes no part. NotFound: nobody asked him for this.
        Conflict: it has expired or was taken back.
    """
    _enter(session, event)
    own = require_participant(session, actor, event)
    expire_asks(session, utc_now(), event)
    row = get_own(session, event, own, appointment_id)
    if row.asked_by_id == own.id:
        raise Conflict(N_("这是您发出的邀约，请等待对方答复，或收回它。"))
    move(session, row, AppointmentState.CONFIRMED if accept else AppointmentState.REFUSED_BY_OTHER, actor)
    _changed(row)
    row.expires_at = None
    if not accept:
        set_free(session, row)
    session.flush()
    ask_notices.tell_answered(session, event, row, accept=accept)
    return row


def cancel(session: Session, actor: Actor, event: Event, appointment_id: int, reason: str = "") -> Appointment:
    """Take back what one has asked for, or call off one's own appointment; the other is told, and the slot is free.

    Raises:
        Forbidden: the actor takes no part. NotFound: it is none of his. Conflict: it has begun, is over, or was called
        off. Invalid: what both had agreed on is called off without a `reason`.
    """
    _enter(session, event)
    own = require_participant(session, actor, event)
    row = get_own(session, event, own, appointment_id)
    if row.state == AppointmentState.CONFIRMED:
        return cancel_appointment(session, actor, row.id, reason=reason)
    move(session, row, AppointmentState.CANCELLED, actor, line(reason)[:MESSAGE_MOST] or None)
    _changed(row)
    set_free(session, row)
    session.flush()
    other = row.other if row.one_id == own.id else row.one
    if not _said_no(session, other, own):
        ask_notices.tell_cancelled(session, event, row, own, other)
    return row


def get_own(session: Session, event: Event, own: Registration, appointment_id: int) -> Appointment:
    """Return one of a person's own appointments, to be changed.

    Raises:
        NotFound: there is no such appointment, or it is between others.
    """
    row = None
    if 0 < appointment_id <= LARGEST_ID:
        mine = sa.or_(Appointment.one_id == own.id, Appointment.other_id == own.id)
        query = sa.select(Appointment).where(Appointment.id == appointment_id, Appointment.event_id == event.id, mine)
        row = session.scalars(query.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound(N_("没有找到这场洽谈。"))
    return row


def own_appointments(session: Session, event: Event, own: Registration) -> list[Appointment]:
    """Return what a person has agreed on, is asked for or has asked for, by time."""
    mine = sa.or_(Appointment.one_id == own.id, Appointment.other_id == own.id)
    rows = sa.select(Appointment).where(Appointment.event_id == event.id, Appointment.state.in_(OCCUPYING), mine)
    loaded = (
        joinedload(Appointment.one).joinedload(Registration.organization),
        joinedload(Appointment.other).joinedload(Registration.organization),
        joinedload(Appointment.table),
    )
    return list(session.scalars(rows.options(*loaded).order_by(Appointment.slot, Appointment.id)))


def expire_asks(session: Session, now: datetime, event: Event | None = None) -> int:
    """End the asks (of one event, or of all) whose time is over and tell who asked; return how many."""
    due = sa.select(Appointment).where(Appointment.state == AppointmentState.ASKED, Appointment.expires_at <= now)
    if event is not None:
        due = due.where(Appointment.event_id == event.id)
    rows = session.scalars(due.order_by(Appointment.id).with_for_update(skip_locked=True)).all()
    for row in rows:
        move(session, row, AppointmentState.EXPIRED, Actor.system())
        _changed(row)
        set_free(session, row)
        ask_notices.tell_expired(session, row)
    if rows:
        session.flush()
    return len(rows)


def _enter(session: Session, event: Event) -> None:
    """Wait while a timetable is released, and let no release begin before this booking is done; others do not wait."""
    session.execute(sa.select(Event.id).where(Event.id == event.id).with_for_update(read=True, key_share=True))


def _require_free(session: Session, board: Board, own: Registration, other: Registration, slot: int) -> None:
    if not 0 <= slot < len(board.slots):
        raise Invalid(N_("请选择一个时段。"), {"slot": N_("请选择一个时段。")})
    if slot in board.busy[own.id] or slot in board.busy[other.id]:
        raise Conflict(N_("这个时段已经开始、被议程占用，或有一方不在场，请另选一个时段。"))
    counts = _counts(session, board.event, (own.id, other.id))
    if own.max_meetings is not None and counts[own.id] >= own.max_meetings:
        raise Conflict(N_("您的洽谈已达到您设定的场数。"))
    if other.max_meetings is not None and counts[other.id] >= other.max_meetings:
        raise Conflict(N_("对方的洽谈已经约满。"))
    asked = sa.select(sa.func.count()).where(
        Appointment.asked_by_id == own.id, Appointment.state == AppointmentState.ASKED
    )
    if (session.scalar(asked) or 0) >= OPEN_ASKS:
        raise Conflict(N_("您还有 %(count)d 个邀约在等待答复，请等对方答复或先收回。"), count=OPEN_ASKS)


def _asked(
    session: Session, board: Board, own: Registration, other: Registration, slot: int, message: str
) -> Appointment:
    at, (one_id, other_id) = board.slots[slot], ordered(own.id, other.id)
    row = Appointment(
        event_id=board.event.id,
        one_id=one_id,
        other_id=other_id,
        state=AppointmentState.ASKED,
        slot=slot,
        starts_at=at.starts_at,
        ends_at=at.ends_at,
        origin=Origin.SELF,
        asked_by_id=own.id,
        expires_at=min(utc_now() + HOLD, at.starts_at),
        message=message,
    )
    with _or(session, N_("您与对方已经有一场洽谈或等待答复的邀约。")):
        session.add(row)
        session.flush()
    return row


def _hold(session: Session, board: Board, row: Appointment, own: Registration, other: Registration) -> None:
    """Take both people, then the first table and interpreter that nobody else gets at the same moment."""
    sentences = {
        own.id: N_("您在这个时段已经有安排，请另选一个时段。"),
        other.id: N_("%(who)s 的这个时段刚刚被别人约走，请另选一个时段。"),
    }
    for registration_id in sorted(sentences):
        with _or(session, sentences[registration_id], who=other.name):
            take(session, row, f"person:{registration_id}")
    used = used_in(session, board.event)
    if board.tables:
        row.table_id = _first(session, row, "table", free_tables(board, row.slot, used))
        if row.table_id is None:
            raise Conflict(N_("这个时段的桌位刚刚被占满，请另选一个时段。"))
    wanted = free_interpreters(board, own, other, row.slot, used)
    if wanted is None or wanted:
        row.interpreter_id = _first(session, row, "staff", [each.id for each in wanted or ()])
        if row.interpreter_id is None:
            raise Conflict(N_("这个时段没有空闲的翻译，请另选一个时段。"))
    session.flush()


def _first(session: Session, row: Appointment, kind: str, ids: Sequence[int]) -> int | None:
    """Take the first of these that is still free; None where others got all of them."""
    for each in ids:
        try:
            with session.begin_nested():
                take(session, row, f"{kind}:{each}")
        except IntegrityError:
            continue
        return each
    return None


def _counts(session: Session, event: Event, registration_ids: Sequence[int]) -> dict[int, int]:
    counts = dict.fromkeys(registration_ids, 0)
    rows = session.execute(
        sa.select(Appointment.one_id, Appointment.other_id).where(
            Appointment.event_id == event.id, Appointment.state.in_(STANDING)
        )
    )
    for pair in rows:
        for registration_id in set(pair) & counts.keys():
            counts[registration_id] += 1
    return counts


def _said_no(session: Session, own: Registration, other: Registration) -> bool:
    no = sa.select(Wish.id).where(Wish.registration_id == own.id, Wish.other_id == other.id, Wish.kind == WishKind.NO)
    return session.scalar(no) is not None


def _changed(row: Appointment) -> None:
    row.version += 1
    row.sequence += 1
    row.changed_at = utc_now()


@contextmanager
def _or(session: Session, sentence: str, **values: object) -> Iterator[None]:
    """Let the database decide: whoever comes second is told so, and nothing of his is left behind."""
    try:
        with session.begin_nested():
            yield
    except IntegrityError as error:
        raise Conflict(sentence, **(values if "%(" in sentence else {})) from error
