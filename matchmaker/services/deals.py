"""Deals (跟进项目): opened from a meeting or a match, moved on, handed over; everything is in the journal."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain import codes
from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today
from matchmaker.domain.deals import OPEN_STATES, Deal, DealState
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Membership, MembershipState, Role, User
from matchmaker.domain.permissions import (
    Actor,
    can_hand_over_deal,
    can_move_deal,
    can_record_outcome,
    can_see_deal,
    is_party,
    owns,
)
from matchmaker.domain.states import can_move, move
from matchmaker.services import deal_notices as notices
from matchmaker.services.appointments.loading import load_appointment
from matchmaker.services.appointments.typed import NOTE_MOST, read_step, read_text
from matchmaker.services.disclosures import is_mutual
from matchmaker.services.matches import LARGEST_ID, load_match

MISSING = N_("没有找到这个跟进项目。")


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
        match_id=match.id,
        one_organization_id=match.need.organization_id,
        other_organization_id=match.achievement.organization_id,
        state=DealState.LEAD,
        owner_id=_broker_among(session, _own_id(actor), match.proposed_by_id),
    )
    return _open(session, actor, deal, next_step, next_step_on)


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
        match_id=match.id if match else None,
        appointment_id=appointment.id,
        one_organization_id=sides[0],
        other_organization_id=sides[1],
        state=DealState.TALKS,
        owner_id=_broker_among(session, _own_id(actor), broker, appointment.event.owner_id, proposer),
    )
    return _open(session, actor, deal, next_step, next_step_on)


def load_deal(session: Session, actor: Actor, deal_id: int) -> Deal:
    """Return a deal that `actor` may see.

    Raises:
        NotFound: there is none, or he may not know of it.
    """
    deal = session.get(Deal, deal_id, options=deal_options()) if 0 < deal_id <= LARGEST_ID else None
    if deal is None or not can_see_deal(actor, deal):
        raise NotFound(MISSING)
    return deal


def deal_options() -> list[Any]:
    """What to load with deals so that showing them asks the database nothing more."""
    appointment = joinedload(Deal.appointment).joinedload(Appointment.event)
    return [joinedload(Deal.one_organization), joinedload(Deal.other_organization), joinedload(Deal.owner), appointment]


def move_deal(
    session: Session, actor: Actor, deal_id: int, to: str, *, version: int, reason: str = "", note: str = ""
) -> Deal:
    """Take a deal to another state; `reason` says by code why it is lost, `note` anything else for the journal.

    Raises:
        NotFound: he may not know of it. Forbidden: he looks on only. Conflict: somebody changed it since `version`, the
        table of moves does not allow it, or another deal about the same is open. Invalid: no reason for a loss.
    """
    deal = _changeable(session, actor, deal_id, version)
    why = read_text(note, "note", NOTE_MOST)
    if to == DealState.LOST and (not reason or reason not in codes.table("deal_losses")):
        raise Invalid(N_("请选择没有谈成的原因。"), {"reason": N_("请选择一个原因。")})
    if to not in set(DealState):
        raise Invalid(N_("没有这个状态。"))
    lost = reason if to == DealState.LOST else None
    if to in OPEN_STATES and deal.open_key is None and can_move(deal, to):
        _claim_key(session, deal)
    move(session, deal, to, actor, why or None, **({"lost_reason": lost} if lost else {}))
    deal.lost_reason = lost
    _touch(session, deal)
    if deal.state not in OPEN_STATES:
        deal.open_key = None
        session.flush()
    notices.tell_moved(session, actor, deal)
    return deal


def plan_deal(session: Session, actor: Actor, deal_id: int, *, next_step: str, next_step_on: str, version: int) -> Deal:
    """Say what comes next, and by which day.

    Raises:
        NotFound, Forbidden, Conflict: see `move_deal`; the deal is closed. Invalid: see `read_step`.
    """
    deal = _changeable(session, actor, deal_id, version)
    if not deal.is_open:
        raise Conflict(N_("这个跟进项目已经结束，没有下一步。"))
    step, day = _needed_step(next_step, next_step_on, deal)
    if (step, day) != (deal.next_step, deal.next_step_on):
        days = {"was_on": deal.next_step_on.isoformat() if deal.next_step_on else None, "on": day.isoformat()}
        # What was planned is part of the deal's history.
        record(session, actor, "plan", "deal", deal.id, reason=step, **days)
        deal.next_step, deal.next_step_on = step, day
        _touch(session, deal)
    return deal


def hand_over_deal(session: Session, actor: Actor, deal_id: int, to_user_id: int, *, version: int) -> Deal:
    """Give a deal to a broker, who is told.

    Raises:
        NotFound: he may not know of it. Forbidden: it is neither his nor is he of the bureau.
        Conflict: somebody changed it since `version`. Invalid: no such broker at work (field `to_user_id`).
    """
    deal = load_deal(session, actor, deal_id)
    if not can_hand_over_deal(actor, deal):
        raise Forbidden(N_("跟进项目由负责的技术经纪人或科技局移交。"))
    deal = _changeable(session, actor, deal_id, version)
    if _broker_among(session, to_user_id) is None:
        raise Invalid(N_("请选择一位已确认的技术经纪人。"), {"to_user_id": N_("请从列表中选择。")})
    if deal.owner_id != to_user_id:
        record(session, actor, "hand_over", "deal", deal.id, from_user_id=deal.owner_id, to_user_id=to_user_id)
        deal.owner = session.get_one(User, to_user_id)
        _touch(session, deal)
        notices.tell_owner(session, actor, deal)
    return deal


def brokers_at_work(session: Session) -> list[User]:
    """Return those to whom a deal may be handed, by name."""
    return list(session.scalars(_brokers().order_by(User.name, User.id)).unique())


def release_deals(session: Session, membership: Membership) -> None:
    """Take the deals of a broker who leaves from him; the bureau gives them to another one."""
    leaves = membership.role == Role.BROKER
    if leaves and session.scalar(_brokers(membership.id).where(User.id == membership.user_id).limit(1)) is None:
        own = Deal.owner_id == membership.user_id
        session.execute(sa.update(Deal).where(own).values(owner_id=None, version=Deal.version + 1))


def rename_keys(session: Session, organization_id: int) -> None:
    """Name the open deals of an organization anew after another one was merged into it.

    Where both had one with the same third, the older keeps the name and the other its own: both go on.
    """
    sides = (Deal.one_organization_id == organization_id) | (Deal.other_organization_id == organization_id)
    rows = session.scalars(sa.select(Deal).where(sides, Deal.open_key.is_not(None)).order_by(Deal.id)).all()
    taken = set(session.scalars(sa.select(Deal.open_key).where(Deal.open_key.is_not(None))))
    for deal in rows:
        if deal.open_key != deal.subject_key and deal.subject_key not in taken:
            deal.open_key = deal.subject_key
            taken.add(deal.subject_key)
    session.flush()


def _open(session: Session, actor: Actor, deal: Deal, next_step: str, next_step_on: str) -> Deal:
    deal.next_step, deal.next_step_on = _needed_step(next_step, next_step_on, deal)
    deal.opened_by_id = actor.user_id
    _claim_key(session, deal)
    sources: dict[str, Any] = {"match_id": deal.match_id, "appointment_id": deal.appointment_id}
    record(session, actor, "open", "deal", deal.id, after=deal.state, **sources)
    session.flush()
    notices.tell_opened(session, actor, deal)
    return deal


def _claim_key(session: Session, deal: Deal) -> None:
    key = deal.subject_key
    try:
        with session.begin_nested():
            deal.open_key = key
            session.add(deal)
            session.flush()
    except IntegrityError:
        standing = session.scalars(sa.select(Deal).where(Deal.open_key == key)).one_or_none()
        owner = standing.owner if standing is not None else None
        if owner is None:
            raise Conflict(N_("这一对已经有一个进行中的跟进项目，请在原来的项目中继续。")) from None
        raise Conflict(
            N_("这一对已经有一个进行中的跟进项目，由 %(name)s 负责，请在原来的项目中继续。"), name=owner.name
        ) from None


def _changeable(session: Session, actor: Actor, deal_id: int, version: int) -> Deal:
    deal = load_deal(session, actor, deal_id)
    if not can_move_deal(actor, deal):
        raise Forbidden(N_("您可以查看这个跟进项目，但不能修改。"))
    query = sa.select(Deal).where(Deal.id == deal.id).with_for_update()
    session.scalars(query.execution_options(populate_existing=True)).one()
    if version != deal.version:
        raise Conflict(N_("这个跟进项目刚刚有人更新过。您填写的内容仍在本页，请看过现在的情况再保存。"))
    return deal


def _needed_step(step: str, on: str, deal: Deal) -> tuple[str, Any]:
    stands = deal.next_step_on is not None and on.strip() == deal.next_step_on.isoformat()
    written, day = read_step(step, on, earliest=deal.next_step_on if stands and deal.next_step_on else today())
    if day is None:
        sentence = N_("请写明下一步做什么，以及在哪一天之前。")
        raise Invalid(sentence, {"next_step": sentence})
    return written, day


def _touch(session: Session, deal: Deal) -> None:
    deal.version += 1
    deal.changed_at = utc_now()
    session.flush()


def _met(session: Session, match: Match) -> bool:
    held = sa.select(Appointment.id).where(Appointment.match_id == match.id, Appointment.state == AppointmentState.HELD)
    return session.scalar(held.limit(1)) is not None


def _own_id(actor: Actor) -> int | None:
    return actor.user_id if actor.role is Role.BROKER else None


def _broker_among(session: Session, *user_ids: int | None) -> int | None:
    """Return the first of several people who is a broker at work."""
    wanted = [user_id for user_id in user_ids if user_id is not None]
    found = set(session.scalars(_brokers().where(User.id.in_(wanted)).with_only_columns(User.id)))
    return next((user_id for user_id in wanted if user_id in found), None)


def _brokers(but: int | None = None) -> sa.Select[User]:
    """The brokers at work; `but`: a membership that does not count."""
    active = Membership.role == Role.BROKER, Membership.state == MembershipState.ACTIVE
    query = sa.select(User).join(Membership, Membership.user_id == User.id).where(*active, User.disabled_at.is_(None))
    return query if but is None else query.where(Membership.id != but)
