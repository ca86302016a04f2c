"""Inviting organizations to an event: once each, in words that name nothing but their own listing and the topic."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import upsert, utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.event_invitations import (
    DECLINE_REASONS,
    MESSAGE_MOST,
    NOTE_MOST,
    TOPIC_MOST,
    EventInvitation,
    InvitationState,
)
from matchmaker.domain.events import Event, EventState
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_run_event, owns
from matchmaker.domain.states import move
from matchmaker.services.engine import Engine
from matchmaker.services.events.audience import Basis, Candidate, candidates_among, topic_of
from matchmaker.services.events.invitation_notices import tell_answered, tell_invited
from matchmaker.services.events.loading import require_runner
from matchmaker.services.listings import LARGEST_ID
from matchmaker.services.reading.text import line, prose

MOST_AT_ONCE = 50
WAITING_MOST = 20
INVITING = (EventState.ANNOUNCED, EventState.REGISTRATION, EventState.TIMETABLE, EventState.FINAL)


@dataclass(frozen=True, slots=True)
class Invited:
    """What inviting has done: how many were invited now, and how many had been before."""

    new: int
    known: int


@dataclass(frozen=True, slots=True)
class InvitationCounts:
    """How many were invited, have opened it, come, stay away."""

    invited: int
    opened: int
    accepted: int
    declined: int


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One invitation as the organiser sees it."""

    id: int
    organization_id: int
    organization_name: str
    state: str
    invited_at: datetime
    opened_at: datetime | None
    answered_at: datetime | None
    decline_reason: str | None
    decline_note: str | None


def can_invite(actor: Actor, event: Event) -> bool:
    """Whoever runs an event that is announced and still to come."""
    return can_run_event(actor, event) and event.state in INVITING and event.ends_at > utc_now()


def invite(
    session: Session,
    actor: Actor,
    event: Event,
    basis: Basis,
    organization_ids: Collection[int],
    *,
    topic: str = "",
    message: str = "",
    engine: Engine | None = None,
) -> Invited:
    """Invite organizations of the audience; who was invited before is not invited again.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: it is not announced, or over.
        Invalid: nobody, too many, or too long a text (fields `organizations`, `topic`, `message`).
    """
    require_runner(actor, event)
    if not can_invite(actor, event):
        raise Conflict(N_("活动公布之后、结束之前才能发出邀请。"))
    topic, message = line(topic) or topic_of(event, basis)[:TOPIC_MOST], prose(message)
    _require_short(topic, message)
    if not 0 < len(organization_ids) <= MOST_AT_ONCE:
        sentence = N_("请勾选要邀请的单位，一次最多 50 家。")
        raise Invalid(sentence, {"organizations": sentence})
    chosen = candidates_among(session, actor, event, basis, organization_ids, engine)
    if not chosen:
        sentence = N_("这些单位不在名单里，可能需求或成果刚刚撤下。请刷新后再选。")
        raise Invalid(sentence, {"organizations": sentence})
    able = [each for each in chosen if each.has_members and each.registered == 0]
    made = [_invite(session, actor, event, each, topic, message) for each in able]
    return Invited(sum(made), len(chosen) - sum(made))


def invitations_of(session: Session, actor: Actor, event: Event) -> tuple[InvitationRow, ...]:
    """Return all invitations to an event, the newest answers first.

    Raises:
        Forbidden: the actor does not run the event.
    """
    require_runner(actor, event)
    rows = session.scalars(
        sa.select(EventInvitation)
        .where(EventInvitation.event_id == event.id)
        .options(joinedload(EventInvitation.organization))
        .order_by(EventInvitation.answered_at.is_(None), EventInvitation.answered_at.desc(), EventInvitation.id.desc())
    )
    return tuple(
        InvitationRow(
            id=row.id,
            organization_id=row.organization_id,
            organization_name=row.organization.name,
            state=row.state,
            invited_at=row.invited_at,
            opened_at=row.opened_at,
            answered_at=row.answered_at,
            decline_reason=row.decline_reason,
            decline_note=row.decline_note,
        )
        for row in rows
    )


def count_invitations(rows: Collection[InvitationRow]) -> InvitationCounts:
    """Return how many were invited, have opened it, come, stay away; who has answered has opened it."""
    states = Counter(row.state for row in rows)
    return InvitationCounts(
        invited=len(rows),
        opened=sum(row.opened_at is not None for row in rows),
        accepted=states[InvitationState.ACCEPTED],
        declined=states[InvitationState.DECLINED],
    )


def load_invitation(session: Session, actor: Actor, invitation_id: int) -> EventInvitation:
    """Return an invitation of the actor's organization.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    row = None
    if 0 < invitation_id <= LARGEST_ID:
        loaded = (EventInvitation.event, EventInvitation.listing, EventInvitation.invited_by)
        row = session.get(EventInvitation, invitation_id, options=[joinedload(part) for part in loaded])
    if row is None or not owns(actor, row) or actor.role is None:
        raise NotFound(N_("没有找到这份邀请。"))
    return row


def invitation_to(session: Session, actor: Actor, event: Event) -> EventInvitation | None:
    """Return the invitation of the actor's organization to an event, None where it has none."""
    if actor.organization_id is None or actor.role is None:
        return None
    own = EventInvitation.event_id == event.id, EventInvitation.organization_id == actor.organization_id
    return session.scalar(sa.select(EventInvitation).where(*own))


def waiting_invitations(session: Session, actor: Actor) -> tuple[EventInvitation, ...]:
    """Return the invitations of the actor's organization that wait for an answer, the nearest event first."""
    if actor.organization_id is None or actor.role is None:
        return ()
    rows = session.scalars(
        sa.select(EventInvitation)
        .join(Event, Event.id == EventInvitation.event_id)
        .where(
            EventInvitation.organization_id == actor.organization_id,
            EventInvitation.state == InvitationState.INVITED,
            Event.state.in_(INVITING),
            Event.ends_at > utc_now(),
        )
        .options(joinedload(EventInvitation.event))
        .order_by(Event.starts_at, EventInvitation.id)
        .limit(WAITING_MOST)
    )
    return tuple(rows)


def note_opened(session: Session, invitation_id: int) -> None:
    """Write down that somebody of the organization has read its invitation, the first time. The caller has checked."""
    unread = EventInvitation.id == invitation_id, EventInvitation.opened_at.is_(None)
    session.execute(sa.update(EventInvitation).where(*unread).values(opened_at=utc_now()))


def accept(session: Session, actor: Actor, invitation: EventInvitation) -> None:
    """Say that the organization comes; who comes is said by registering. Twice changes nothing.

    Raises:
        Forbidden: it is another organization's.
        Conflict: the event is over or cancelled.
    """
    _require_answerable(actor, invitation)
    if invitation.state != InvitationState.ACCEPTED:
        _answer(session, actor, invitation, InvitationState.ACCEPTED)


def decline(session: Session, actor: Actor, invitation: EventInvitation, reason: str, note: str = "") -> None:
    """Say that the organization does not come, and why.

    Raises:
        Forbidden: it is another organization's.
        Conflict: the event is over or cancelled.
        Invalid: no reason of the list (field `reason`), or too long a note (field `note`).
    """
    _require_answerable(actor, invitation)
    if reason not in DECLINE_REASONS:
        raise Invalid(N_("请选择不参加的原因。"), {"reason": N_("请选择不参加的原因。")})
    text = prose(note)
    if len(text) > NOTE_MOST:
        raise Invalid(N_("说明过长。"), {"note": N_("最多 300 字。")})
    invitation.decline_reason, invitation.decline_note = reason, text or None
    if invitation.state != InvitationState.DECLINED:
        _answer(session, actor, invitation, InvitationState.DECLINED)
    session.flush()


def _invite(session: Session, actor: Actor, event: Event, candidate: Candidate, topic: str, message: str) -> bool:
    """Write one invitation and tell its organization; False where somebody else was quicker."""
    row = upsert(session, EventInvitation).values(
        event_id=event.id,
        organization_id=candidate.organization_id,
        listing_id=candidate.own_listing_id,
        state=InvitationState.INVITED,
        topic=topic,
        message=message,
        invited_at=utc_now(),
        invited_by_id=actor.user_id,
    )
    made_id = session.scalar(row.on_conflict_do_nothing().returning(EventInvitation.id))
    if made_id is None:
        return False
    parts = (EventInvitation.listing, EventInvitation.event)
    made = session.get_one(EventInvitation, made_id, options=[joinedload(part) for part in parts])
    record(session, actor, "invite", "event_invitation", made.id, event_id=event.id)
    tell_invited(session, made, actor)
    return True


def _answer(session: Session, actor: Actor, invitation: EventInvitation, to: str) -> None:
    now = utc_now()
    move(session, invitation, to, actor)
    invitation.answered_at, invitation.answered_by_id = now, actor.user_id
    invitation.opened_at = invitation.opened_at or now
    if to == InvitationState.ACCEPTED:
        invitation.decline_reason = invitation.decline_note = None
    session.flush()
    tell_answered(session, invitation)


def _require_answerable(actor: Actor, invitation: EventInvitation) -> None:
    if not owns(actor, invitation) or actor.role is None:
        raise Forbidden(N_("只有受邀单位的成员可以答复。"))
    if invitation.event.is_over or invitation.event.ends_at <= utc_now():
        raise Conflict(N_("活动已经结束或取消，不需要再答复。"))


def _require_short(topic: str, message: str) -> None:
    errors = {}
    if len(topic) > TOPIC_MOST:
        errors["topic"] = N_("最多 60 字。")
    if len(message) > MESSAGE_MOST:
        errors["message"] = N_("最多 500 字。")
    if errors:
        raise Invalid(N_("邀请里的文字过长。"), errors)
