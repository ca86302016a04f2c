"""Handing follow-ups over: by hand, and where somebody leaves."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.follow_ups import FollowUp, FollowUpState
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import Membership, Role, User
from matchmaker.domain.permissions import Actor
from matchmaker.services.follow_ups.making import responsible_for
from matchmaker.services.notices import tell
from matchmaker.services.ownership import members


def heirs(session: Session, actor: Actor, row: FollowUp) -> list[User]:
    """Return to whom a follow-up can be handed over: the other members of the organising organization."""
    return [person for person in members(session, row.event.organization_id) if person.id != row.owner_id]


def hand_over_follow_up(session: Session, actor: Actor, row: FollowUp, user_id: int) -> None:
    """Give a follow-up to a colleague, who is told.

    Raises:
        Conflict: it is answered already.
        Invalid: the new owner is no other member of the organising organization (field `user_id`).
    """
    if row.state != FollowUpState.DUE:
        raise Invalid(N_("这项回访已经答复，不需要转交。"))
    person = next((each for each in heirs(session, actor, row) if each.id == user_id), None)
    if person is None:
        raise Invalid(N_("只能转交给主办单位的其他成员。"), {"user_id": N_("请从列表中选择。")})
    give(session, actor, row, person)
    title = Sentence(N_("%(name)s 把一项回访转交给您"), name=actor.name)
    body = Sentence(N_("活动：%(event)s。到期日：%(day)s。"), event=row.event.title, day=row.due_on.isoformat())
    tell(session, person, topic=NoticeTopic.EVENT, title=title, body=body, path="/follow-ups")


def hand_over_leaving(session: Session, membership: Membership) -> int:
    """Give what a leaving member owns to whoever answers for each event then; return how many.

    Of what he owns at other organizations' events nothing changes, unless he owned it as one of the bureau.
    """
    mine = FollowUp.owner_id == membership.user_id, FollowUp.state == FollowUpState.DUE
    query = sa.select(FollowUp).join(Event, Event.id == FollowUp.event_id).where(*mine)
    if membership.role != Role.BUREAU:
        query = query.where(Event.organization_id == membership.organization_id)
    rows = session.scalars(query).all()
    given = 0
    for row in rows:
        heir = responsible_for(session, row.event, but=membership.user_id)
        if heir is not None:
            give(session, Actor.system(), row, heir)
            given += 1
    return given


def rescue(session: Session) -> int:
    """Give what people own who cannot log in any more to whoever answers for each event; return how many."""
    gone = sa.or_(User.disabled_at.is_not(None), User.deleted_at.is_not(None))
    rows = session.scalars(
        sa.select(FollowUp).join(User, User.id == FollowUp.owner_id).where(FollowUp.state == FollowUpState.DUE, gone)
    ).all()
    given = 0
    for row in rows:
        heir = responsible_for(session, row.event, but=row.owner_id)
        if heir is not None:
            give(session, Actor.system(), row, heir)
            given += 1
    return given


def give(session: Session, actor: Actor, row: FollowUp, person: User) -> None:
    """Let somebody own a follow-up from now on; the caller has made sure that he may."""
    record(session, actor, "hand_over", "follow_up", row.id, owner_id=person.id, former_owner_id=row.owner_id)
    row.owner, row.reminded_on = person, None
    session.flush()
