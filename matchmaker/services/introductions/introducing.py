"""Writing introductions down: the first when a deal is opened, by what the platform saw; later ones beside it."""

from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.deals import Deal, DealSource
from matchmaker.domain.events import Event
from matchmaker.domain.introductions import Introduction, Stance
from matchmaker.domain.journal import record
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Membership, MembershipState, Role
from matchmaker.domain.permissions import Actor


def introduce(session: Session, actor: Actor, deal: Deal) -> Introduction:
    """Write down, for a deal that is being opened, who brought its two sides together as far as the platform saw it."""
    introducer = _introducer(session, actor, deal)
    first = Introduction(
        deal_id=deal.id,
        stance=Stance.SEEN,
        introducer_id=introducer,
        organization_id=_office(session, introducer),
        way=deal.source,
        match_id=deal.match_id,
        event_id=deal.event_id,
    )
    return append(session, actor, first)


def append(session: Session, actor: Actor, row: Introduction) -> Introduction:
    """Add a statement to those of its deal, and to the journal."""
    session.add(row)
    session.flush()
    record(
        session,
        actor,
        row.stance,
        Introduction.subject_kind,
        row.id,
        deal_id=row.deal_id,
        introducer_id=row.introducer_id,
    )
    return row


def _introducer(session: Session, actor: Actor, deal: Deal) -> int | None:
    """Whoever sat at the table or put the pair together, else whose event it was, else the broker who enters it."""
    by_hand = actor.user_id if deal.source == DealSource.HAND and actor.role is Role.BROKER else None
    return next(filter(None, (*_on_record(session, deal), by_hand)), None)


def _on_record(session: Session, deal: Deal) -> Iterable[int | None]:
    if deal.appointment_id is not None:
        broker = session.get_one(Appointment, deal.appointment_id).broker
        yield broker.user_id if broker else None
    if deal.match_id is not None:
        yield session.get_one(Match, deal.match_id).proposed_by_id
    if deal.event_id is not None:
        yield session.get_one(Event, deal.event_id).owner_id


def _office(session: Session, user_id: int | None) -> int | None:
    """Where an introducer works: as a broker, if anywhere."""
    if user_id is None:
        return None
    query = sa.select(Membership.organization_id).where(
        Membership.user_id == user_id, Membership.state == MembershipState.ACTIVE
    )
    return session.scalar(query.order_by(Membership.role != Role.BROKER, Membership.id).limit(1))
