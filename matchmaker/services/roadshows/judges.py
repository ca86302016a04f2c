"""Judges of a roadshow: who can be invited, inviting and dismissing them."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.journal import record
from matchmaker.domain.judges import Judge, ScoreSheet, SheetState
from matchmaker.domain.language import N_
from matchmaker.domain.people import Membership, OrganizationKind, User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.pitches import PitchState
from matchmaker.services.events.loading import require_runner
from matchmaker.services.independent_members import IndependentMembers
from matchmaker.services.listings import LARGEST_ID
from matchmaker.services.roadshows import notices
from matchmaker.services.roadshows.loading import pitches_of, require_worked_on
from matchmaker.services.roadshows.recusal import GROUND_NAMES, recusals_of

JUDGE_KINDS = (
    OrganizationKind.FINANCE,
    OrganizationKind.SERVICE,
    OrganizationKind.UNIVERSITY,
    OrganizationKind.INSTITUTE,
)


@dataclass(frozen=True, slots=True)
class JudgeRow:
    """A judge with his work so far: sheets signed, begun only, and what he steps back from (pitch and ground)."""

    id: int
    name: str
    organization_name: str
    signed: int
    begun: int
    expected: int
    away: tuple[tuple[int, str], ...]


def judge_candidates(session: Session, actor: Actor, event: Event, text: str = "") -> list[Membership]:
    """Return who could be invited, by name: members of checked finance and service organizations, universities and
    institutes, and brokers.

    Raises:
        Forbidden: the actor does not run the event.
    """
    require_runner(actor, event)
    return _invitable(event).named(session, text)


def invite_judge(session: Session, actor: Actor, event: Event, membership_id: int) -> Judge:
    """Invite somebody, as a member of one organization, to judge; he is told.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: the event is over.
        NotFound: nobody who can be invited has this membership.
    """
    require_runner(actor, event)
    require_worked_on(event)
    membership = _invitable(event).one(session, membership_id)
    if membership is None:
        raise NotFound(N_("没有找到可以邀请的评委，可能已经邀请过。"))
    known = sa.select(Judge).where(Judge.event_id == event.id, Judge.user_id == membership.user_id)
    judge = session.scalar(known)
    if judge is None:
        judge = Judge(event_id=event.id, user=membership.user)
        session.add(judge)
    judge.organization, judge.invited_by_id = membership.organization, actor.user_id
    judge.invited_at, judge.dismissed_at = utc_now(), None
    session.flush()
    record(session, actor, "invite", "judge", judge.id, event_id=event.id)
    notices.tell_judge_invited(session, event, judge)
    return judge


def dismiss_judge(session: Session, actor: Actor, event: Event, judge_id: int) -> None:
    """Ask somebody to judge no more. What he has signed counts on; what he has not signed goes.

    Raises:
        Forbidden, Conflict: see `invite_judge`.
        NotFound: the event has no such judge.
    """
    require_runner(actor, event)
    require_worked_on(event)
    judge = session.get(Judge, judge_id) if 0 < judge_id <= LARGEST_ID else None
    if judge is None or judge.event_id != event.id:
        raise NotFound(N_("没有找到这位评委。"))
    judge.dismissed_at = judge.dismissed_at or utc_now()
    session.execute(sa.delete(ScoreSheet).where(ScoreSheet.judge_id == judge.id, ScoreSheet.state == SheetState.DRAFT))
    session.flush()
    record(session, actor, "dismiss", "judge", judge.id, event_id=event.id)


def judges_of(session: Session, event: Event) -> list[Judge]:
    """Return the judges of an event, by name; of those dismissed only who has signed something."""
    signed = sa.exists().where(ScoreSheet.judge_id == Judge.id, ScoreSheet.state == SheetState.SIGNED)
    return list(
        session.scalars(
            sa.select(Judge)
            .join(User, User.id == Judge.user_id)
            .where(Judge.event_id == event.id, sa.or_(Judge.dismissed_at.is_(None), signed))
            .options(joinedload(Judge.user), joinedload(Judge.organization))
            .order_by(User.name, Judge.id)
        )
    )


def judge_rows(session: Session, actor: Actor, event: Event) -> tuple[JudgeRow, ...]:
    """Return the judges of an event with their work so far; the marks are not among it.

    Raises:
        Forbidden: the actor does not run the event.
    """
    require_runner(actor, event)
    judges = judges_of(session, event)
    pitches = [pitch for pitch in pitches_of(session, event) if pitch.state == PitchState.CONFIRMED]
    recusals = recusals_of(session, judges, pitches)
    states: dict[int, list[str]] = {judge.id: [] for judge in judges}
    sheets = sa.select(ScoreSheet.judge_id, ScoreSheet.pitch_id, ScoreSheet.state)
    for judge_id, pitch_id, state in session.execute(sheets.where(ScoreSheet.judge_id.in_(states))):
        if (judge_id, pitch_id) not in recusals:
            states[judge_id].append(state)
    return tuple(
        JudgeRow(
            id=judge.id,
            name=judge.user.name,
            organization_name=judge.organization.name,
            signed=states[judge.id].count(SheetState.SIGNED),
            begun=states[judge.id].count(SheetState.DRAFT),
            expected=sum((judge.id, pitch.id) not in recusals for pitch in pitches),
            away=tuple(
                (pitch.id, GROUND_NAMES[recusals[judge.id, pitch.id].ground])
                for pitch in pitches
                if (judge.id, pitch.id) in recusals
            ),
        )
        for judge in judges
    )


def judge_of(session: Session, actor: Actor, event: Event) -> Judge | None:
    """Return the judge that the actor is at an event, for the organization that he acts for; None where he is none."""
    if actor.user_id is None:
        return None
    return session.scalar(
        sa.select(Judge)
        .where(Judge.event_id == event.id, Judge.user_id == actor.user_id, Judge.dismissed_at.is_(None))
        .where(Judge.organization_id == actor.organization_id)
        .options(joinedload(Judge.user))
    )


def own_judge(session: Session, actor: Actor, event: Event) -> Judge:
    """Return the judge that the actor is at an event.

    Raises:
        Forbidden: he is none.
    """
    judge = judge_of(session, actor, event)
    if judge is None:
        raise Forbidden(N_("只有这场路演的评委可以打分。"))
    return judge


def _invitable(event: Event) -> IndependentMembers:
    invited = sa.select(Judge.user_id).where(Judge.event_id == event.id, Judge.dismissed_at.is_(None))
    return IndependentMembers(JUDGE_KINDS, invited)
