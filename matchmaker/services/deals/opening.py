"""Opening a deal: from a match or from a meeting; whatever it comes from stays with it."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.deals import Deal, DealSource, DealState
from matchmaker.domain.errors import Conflict, Forbidden
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import Actor, can_record_outcome, is_party, owns
from matchmaker.services.appointments.loading import load_appointment
from matchmaker.services.deals import notices
from matchmaker.services.deals.brokers import broker_among, own_id
from matchmaker.services.deals.keys import claim_key
from matchmaker.services.deals.planning import needed_step
from matchmaker.services.disclosures import is_mutual
from matchmaker.services.introductions.introducing import introduce
from matchmaker.services.matches import load_match


def can_open_for_match(session: Session, actor: Actor, match: Match) -> bool:
    """Whether `actor`, who may see the pair, may open a deal about it: both sides are interested, or have met.

    A side that has met somebody opens one from the meeting: here it would learn whose an anonymous listing is.
    """
    if actor.role in {Role.BROKER, Role.BUREAU}:
        return is_mutual(match) or _met(session, match)
    is_side = owns(actor, match.need) or owns(actor, match.achievement)
    return is_side and actor.role in {Role.ENTERPRISE, Role.UNIVERSITY} and is_mutual(match)


def can_open_for_appointment(actor: Actor, appointment: Appointment) -> bool:
    """Whether `actor` may open a deal about what began in a meeting that was held."""
    may = is_party(actor, appointment) or can_record_outcome(actor, appointment)
    return may and appointment.state == AppointmentState.HELD


def require_openable(session: Session, actor: Actor, match_id: int) -> Match:
    """Return a pair about which `actor` may open a deal.

    Raises:
        NotFound: he may not see the pair. Forbidden: both sides are neither interested nor have met, or he is of none.
    """
    match = load_match(session, actor, match_id)
    if not can_open_for_match(session, actor, match):
        raise Forbidden(N_("双方都表示感兴趣，或者见过面之后，才能建立跟进项目。"))
    return match


def open_for_match(session: Session, actor: Actor, match_id: int, *, next_step: str, next_step_on: str) -> Deal:
    """Open a deal about a pair, as a lead.

    Raises:
        NotFound, Forbidden: see `require_openable`.
        Invalid: no next step, or what `read_step` refuses. Conflict: there is an open deal about it already.
    """
    match = require_openable(session, actor, match_id)
    deal = Deal(
        source=DealSource.MATCH,
        match_id=match.id,
        field=field_of(match),
        one_organization_id=match.need.organization_id,
        other_organization_id=match.achievement.organization_id,
        state=DealState.LEAD,
        owner_id=broker_among(session, own_id(actor), match.proposed_by_id),
    )
    return open_deal(session, actor, deal, next_step, next_step_on)


def open_for_appointment(
    session: Session, actor: Actor, appointment_id: int, *, next_step: str, next_step_on: str
) -> Deal:
    """Open a deal about what began in a meeting, in talks; it is about the meeting's match where there is one.

    Raises:
        NotFound: he may not know of it. Forbidden: he is of neither side, nor recorded what came of it.
        Invalid, Conflict: see `open_for_match`; it was not held.
    """
    appointment = load_appointment(session, actor, appointment_id)
    if not (is_party(actor, appointment) or can_record_outcome(actor, appointment)):
        raise Forbidden(N_("跟进项目由洽谈双方、经纪人或组织方建立。"))
    if not can_open_for_appointment(actor, appointment):
        raise Conflict(N_("见过面之后才能建立跟进项目，请先登记这场洽谈的结果。"))
    match, one, other = appointment.match, appointment.one, appointment.other
    broker = appointment.broker.user_id if appointment.broker else None
    sides = [one.organization_id, other.organization_id]
    if match is not None and sorted(sides) == sorted((match.need.organization_id, match.achievement.organization_id)):
        sides = [match.need.organization_id, match.achievement.organization_id]
    else:
        match = None
    if sides[0] == sides[1]:
        raise Conflict(N_("洽谈双方属于同一个单位，不能建立跟进项目。"))
    proposer = match.proposed_by_id if match else None
    deal = Deal(
        source=DealSource.APPOINTMENT,
        match_id=match.id if match else None,
        field=field_of(match),
        appointment_id=appointment.id,
        event_id=appointment.event_id,
        one_organization_id=sides[0],
        other_organization_id=sides[1],
        state=DealState.TALKS,
        owner_id=broker_among(session, own_id(actor), broker, appointment.event.owner_id, proposer),
    )
    return open_deal(session, actor, deal, next_step, next_step_on)


def open_deal(session: Session, actor: Actor, deal: Deal, next_step: str, next_step_on: str) -> Deal:
    """Open a deal that its caller has filled in and may open; where it has no broker, its desk is told too.

    Raises:
        Invalid: see `needed_step`. Conflict: a deal about the same stands.
    """
    deal.next_step, deal.next_step_on = needed_step(next_step, next_step_on, deal)
    deal.opened_by_id = actor.user_id
    claim_key(session, deal)
    sources: dict[str, Any] = {
        name: getattr(deal, name) for name in ("source", "match_id", "appointment_id", "event_id", "pitch_id")
    }
    record(session, actor, "open", "deal", deal.id, after=deal.state, owner_id=deal.owner_id, **sources)
    session.flush()
    introduce(session, actor, deal)
    notices.tell_opened(session, actor, deal)
    if deal.owner_id is None:
        notices.tell_unowned(session, actor, deal)
    return deal


def field_of(match: Match | None) -> str | None:
    """The field of a pair: its need's, which says what the contract will be about."""
    return match.need.current.field if match is not None else None


def _met(session: Session, match: Match) -> bool:
    held = sa.select(Appointment.id).where(Appointment.match_id == match.id, Appointment.state == AppointmentState.HELD)
    return session.scalar(held.limit(1)) is not None
