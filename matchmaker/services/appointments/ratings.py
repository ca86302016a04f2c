"""What a side says of an appointment: read, kept, compared with what the other side says."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.ratings import BEST_SCORE, Account, Rating, Wish
from matchmaker.domain.registrations import Registration
from matchmaker.services.appointments.typed import NOTE_MOST, read_text

SCORES = tuple(str(score) for score in range(1, BEST_SCORE + 1))


@dataclass(frozen=True, slots=True)
class Said:
    """What was typed for one side, as it was typed: an account, a score from 1 to 5, a note, a wish; "" for nothing."""

    account: str = ""
    score: str = ""
    note: str = ""
    wish: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed."""
        return not (self.account or self.score or self.note.strip() or self.wish)


SILENT = Said()


def keep_rating(
    session: Session, actor: Actor, appointment: Appointment, side: Registration, said: Said, *, by_itself: bool
) -> Rating:
    """Write what one side says in the place of what it said before; the journal keeps what changed, but for notes.

    Raises:
        Invalid: a score or word that nobody could have chosen, or too long a note (by field).
    """
    note = read_text(said.note, "note", NOTE_MOST)
    for value, known, field in ((said.account, Account, "account"), (said.wish, Wish, "wish")):
        if value and value not in set(known):
            raise Invalid(N_("请从列出的选项中选择。"), {field: N_("请从列出的选项中选择。")})
    if said.score and said.score not in SCORES:
        raise Invalid(N_("评分是 1 到 5。"), {"score": N_("评分是 1 到 5。")})
    row = rating_of(session, appointment, side)
    before = _brief(row) if row is not None else {}
    if row is None:
        row = Rating(appointment_id=appointment.id, registration_id=side.id)
        session.add(row)
    row.account, row.wish = said.account or None, said.wish or None
    row.score, row.note = int(said.score) if said.score else None, note
    row.by_itself, row.said_by_id, row.said_at = by_itself, actor.user_id, utc_now()
    session.flush()
    if _brief(row) != before:
        record(
            session, actor, "rate", "appointment", appointment.id, registration_id=side.id, was=before, now=_brief(row)
        )
    return row


def ratings_of(session: Session, appointment_ids: Sequence[int]) -> dict[int, dict[int, Rating]]:
    """Return what was said of several appointments, by appointment and registration, with one query."""
    found: dict[int, dict[int, Rating]] = {appointment_id: {} for appointment_id in appointment_ids}
    query = sa.select(Rating).where(Rating.appointment_id.in_(appointment_ids)).options(joinedload(Rating.said_by))
    for row in session.scalars(query):
        found[row.appointment_id][row.registration_id] = row
    return found


def rating_of(session: Session, appointment: Appointment, side: Registration) -> Rating | None:
    """Return what one side said of an appointment, if anything."""
    query = sa.select(Rating).where(Rating.appointment_id == appointment.id, Rating.registration_id == side.id)
    return session.scalars(query).one_or_none()


def absent_by(account: str, own: int, other: int) -> frozenset[int]:
    """Return who did not come, by the account of the side `own`, as ids of registrations."""
    return {Account.OWN_ABSENT: frozenset({own}), Account.OTHER_ABSENT: frozenset({other})}.get(
        Account(account), frozenset()
    )


def contradict(one: str | None, other: str | None) -> bool:
    """Whether two sides' accounts of one meeting cannot both be true."""
    if one is None or other is None:
        return False
    met = (one == Account.MET, other == Account.MET)
    return met[0] != met[1] or one == other == Account.OTHER_ABSENT


def _brief(row: Rating) -> dict[str, object]:
    return {"account": row.account, "score": row.score, "wish": row.wish, "by_itself": row.by_itself}
