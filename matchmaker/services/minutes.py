"""Minutes (纪要) of a meeting: written by those who were there, every revision kept, none overwritten unseen."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.minutes import Minutes
from matchmaker.domain.permissions import Actor, can_read_minutes
from matchmaker.services.appointments.loading import load_appointment
from matchmaker.services.appointments.recording import has_begun
from matchmaker.services.appointments.typed import read_text
from matchmaker.services.differences import Segment, compare_texts

TEXT_MOST = 20_000


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One saved revision."""

    number: int
    text: str
    author: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts with what the other does not have marked in each: the stored or earlier one, and the later one."""

    before: tuple[Segment, ...]
    after: tuple[Segment, ...]


class StaleMinutes(Conflict):
    """Somebody saved meanwhile. Both texts are here: `theirs` as stored, `mine` as sent; nothing was overwritten."""

    def __init__(self, theirs: RevisionView, mine: str) -> None:
        self.theirs = theirs
        self.mine = mine
        super().__init__(
            N_("%(name)s 刚刚修改并保存了这份纪要。您写的内容仍在这里，请对照后再保存。"),
            name=theirs.author or N_("另一位参会者"),
        )

    @property
    def comparison(self) -> Comparison:
        """What differs between the stored text and the one that was sent."""
        return Comparison(*compare_texts(self.theirs.text, self.mine))


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
    appointment = load_minuted(session, actor, appointment_id)
    query = sa.select(Minutes).where(Minutes.appointment_id == appointment.id).options(joinedload(Minutes.author))
    return tuple(_view(row) for row in session.scalars(query.order_by(Minutes.number.desc())))


def compare_revisions(session: Session, actor: Actor, appointment_id: int, number: int) -> Comparison:
    """Return what a revision changed against the one before it, the empty text before the first.

    Raises:
        NotFound: there is no such revision. Forbidden: see `load_minuted`.
    """
    found = {row.number: row for row in revisions_of(session, actor, appointment_id)}
    if number not in found:
        raise NotFound(N_("没有找到纪要的这一版。"))
    return Comparison(*compare_texts(found[number - 1].text if number - 1 in found else "", found[number].text))


def save_minutes(session: Session, actor: Actor, appointment_id: int, text: str, *, seen: int) -> RevisionView:
    """Save minutes as a new revision; the same text again is no new one. `seen` is the number that was begun with.

    Raises:
        NotFound, Forbidden: see `load_minuted`. Invalid: nothing, or too much (field `text`).
        Conflict: the meeting has not begun, or never took place. StaleMinutes: somebody saved another text meanwhile.
    """
    appointment = load_minuted(session, actor, appointment_id)
    if not can_write(appointment):
        raise Conflict(N_("洽谈开始之后才能写纪要；没有见面或已取消的洽谈没有纪要。"))
    written = read_text(text, "text", TEXT_MOST, needed=N_("请先写下纪要内容。"))
    latest = next(iter(revisions_of(session, actor, appointment_id)), None)
    if latest is not None and latest.text == written:
        return latest
    if latest is not None and latest.number != seen:
        raise StaleMinutes(latest, written)
    row = Minutes(
        appointment_id=appointment.id,
        number=latest.number + 1 if latest else 1,
        text=written,
        author_id=actor.user_id,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise StaleMinutes(revisions_of(session, actor, appointment_id)[0], written) from None
    record(session, actor, "minute", "appointment", appointment.id, number=row.number)
    session.flush()
    return _view(row)


def can_write(appointment: Appointment) -> bool:
    """Whether minutes may be written now: once a meeting has begun, unless it is known that nobody met."""
    return has_begun(appointment) and appointment.state != AppointmentState.MISSED


def _view(row: Minutes) -> RevisionView:
    return RevisionView(row.number, row.text, row.author.name if row.author else "", row.saved_at)
