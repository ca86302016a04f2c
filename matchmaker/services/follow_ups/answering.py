"""Follow-ups as their owners have them: the list, and answering."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.follow_ups import FollowUp, FollowUpAnswer, FollowUpState
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import OrganizationKind
from matchmaker.domain.permissions import Actor, can_run_event, can_see_follow_ups
from matchmaker.domain.pitches import Pitch, PitchInterest
from matchmaker.domain.registrations import Registration
from matchmaker.domain.states import move
from matchmaker.services.listings import LARGEST_ID
from matchmaker.services.reading.text import prose
from matchmaker.services.roadshows.loading import can_see_pitch

NOTE_MOST = 1000
LISTED_MOST = 200


@dataclass(frozen=True, slots=True)
class FollowUpView:
    """A follow-up as its owner sees it: what it is about, how many were interested, and how late it is.

    `subject` is empty where he must not know what was presented. `late_days` is negative before it is due.
    """

    follow_up: FollowUp
    subject: str
    people: str
    interests: int
    late_days: int
    is_mine: bool

    @property
    def is_due(self) -> bool:
        """Whether it is to be answered now."""
        return self.follow_up.state == FollowUpState.DUE and self.late_days >= 0


def my_follow_ups(session: Session, actor: Actor, *, whole: bool = False, answered: bool = False) -> list[FollowUpView]:
    """Return the actor's follow-ups that are not answered, what is due first; `whole`: those of all events that he
    runs, whoever owns them. `answered`: those that are, the latest first.

    Raises:
        Forbidden: he plans no events.
    """
    if not can_see_follow_ups(actor):
        raise Forbidden(N_("回访由技术经纪人和科技局办理。"))
    state = FollowUpState.ANSWERED if answered else FollowUpState.DUE
    order = (FollowUp.answered_at.desc(),) if answered else (FollowUp.due_on, FollowUp.id)
    query = _loaded(sa.select(FollowUp)).where(FollowUp.state == state, _seen(actor, whole)).order_by(*order)
    rows = session.scalars(query.limit(LISTED_MOST)).unique().all()
    return _views(session, actor, rows)


def get_follow_up(session: Session, actor: Actor, follow_up_id: int) -> FollowUp:
    """Return a follow-up of an event that the actor runs, or that is his own.

    Raises:
        NotFound: there is none, or it is another's.
    """
    row = None
    if 0 < follow_up_id <= LARGEST_ID and can_see_follow_ups(actor):
        row = session.scalars(_loaded(sa.select(FollowUp)).where(FollowUp.id == follow_up_id)).unique().one_or_none()
    if row is None or not (row.owner_id == actor.user_id or can_run_event(actor, row.event)):
        raise NotFound(N_("没有找到这项回访，它可能已转交给其他人。"))
    return row


def answer_follow_up(session: Session, actor: Actor, row: FollowUp, answer: str, note: str) -> None:
    """Answer a follow-up, before its day too. What has ended is asked no more: the later ones are answered alike.

    Raises:
        Conflict: it is answered already.
        Invalid: no such answer, or too long a note (`errors` names the field).
    """
    text = prose(note)
    if answer not in set(FollowUpAnswer):
        raise Invalid(N_("请选择进展情况。"), {"answer": N_("请从列表中选择。")})
    if len(text) > NOTE_MOST:
        raise Invalid(N_("最多 1000 字。"), {"note": N_("最多 1000 字。")})
    _answer(session, actor, row, answer, text)
    if answer == FollowUpAnswer.ENDED:
        for later in session.scalars(_same_subject(row).where(FollowUp.days > row.days)):
            if later.state == FollowUpState.DUE:
                _answer(session, actor, later, answer, text)


def count_due(session: Session, actor: Actor) -> int:
    """Return how many of the actor's own follow-ups are to be answered now."""
    due = FollowUp.owner_id == actor.user_id, FollowUp.state == FollowUpState.DUE, FollowUp.due_on <= today()
    return session.scalar(sa.select(sa.func.count()).select_from(FollowUp).where(*due)) or 0


def _answer(session: Session, actor: Actor, row: FollowUp, answer: str, note: str) -> None:
    move(session, row, FollowUpState.ANSWERED, actor, note or None, answer=answer)
    row.answer, row.note = answer, note or None
    row.answered_at, row.answered_by_id = utc_now(), actor.user_id
    session.flush()


def _same_subject(row: FollowUp) -> sa.Select[FollowUp]:
    if row.pitch_id is not None:
        return sa.select(FollowUp).where(FollowUp.pitch_id == row.pitch_id)
    return sa.select(FollowUp).where(FollowUp.appointment_id == row.appointment_id)


def _seen(actor: Actor, whole: bool) -> sa.ColumnElement[bool]:
    mine = FollowUp.owner_id == actor.user_id
    if not whole:
        return mine
    if actor.organization_kind in {OrganizationKind.BUREAU, OrganizationKind.BRANCH}:
        return sa.true()
    run = sa.select(Event.id).where(Event.organization_id == actor.organization_id)
    return sa.or_(mine, FollowUp.event_id.in_(run))


def _loaded(query: sa.Select[FollowUp]) -> sa.Select[FollowUp]:
    pitch = joinedload(FollowUp.pitch)
    appointment = joinedload(FollowUp.appointment)
    people = (appointment.joinedload(Appointment.one), appointment.joinedload(Appointment.other))
    return query.options(
        joinedload(FollowUp.event),
        joinedload(FollowUp.owner),
        joinedload(FollowUp.answered_by),
        pitch.joinedload(Pitch.organization),
        pitch.joinedload(Pitch.listing).joinedload(Listing.published_revision),
        pitch.joinedload(Pitch.listing).joinedload(Listing.working_revision),
        *(each.joinedload(Registration.organization) for each in people),
    )


def _views(session: Session, actor: Actor, rows: Iterable[FollowUp]) -> list[FollowUpView]:
    rows = list(rows)
    counts = {
        row[0]: row[1]
        for row in session.execute(
            sa.select(PitchInterest.pitch_id, sa.func.count())
            .where(PitchInterest.pitch_id.in_([row.pitch_id for row in rows]))
            .group_by(PitchInterest.pitch_id)
        )
    }
    day = today()
    return [
        FollowUpView(
            follow_up=row,
            subject=_subject(actor, row),
            people=_people(actor, row),
            interests=counts.get(row.pitch_id or 0, 0),
            late_days=(day - row.due_on).days,
            is_mine=row.owner_id == actor.user_id,
        )
        for row in rows
    ]


def _subject(actor: Actor, row: FollowUp) -> str:
    if row.pitch is None or not can_see_pitch(actor, row.event, row.pitch):
        return ""
    return row.pitch.title if row.pitch.listing is None else row.pitch.listing.current.title


def _people(actor: Actor, row: FollowUp) -> str:
    if row.appointment is not None:
        sides = (row.appointment.one, row.appointment.other)
        return " — ".join(f"{side.organization.name} {side.name}" for side in sides)
    known = row.pitch is not None and can_see_pitch(actor, row.event, row.pitch)
    return row.pitch.organization.name if known and row.pitch is not None else ""
