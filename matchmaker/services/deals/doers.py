"""Who does the next step of a deal: its broker, unless somebody else who sees the deal was named."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.people import Membership, MembershipState, Organization, OrganizationKind, Role, User
from matchmaker.domain.permissions import Actor, is_deal_party, keeps_deal
from matchmaker.services.deals.filters import are_acquainted

OTHER_SIDE = N_("对方的同事")


@dataclass(frozen=True, slots=True)
class Doer:
    """Somebody who may be named, and for whom he acts."""

    id: int
    name: str
    organization_name: str


def possible_doers(session: Session, actor: Actor, deal: Deal) -> tuple[Doer, ...]:
    """Return whom the actor may name beside the broker: members of the sides that he knows; one of the desk himself.

    A side that has not met the other is not told who works there.
    """
    people: sa.ColumnElement[bool] = Membership.organization_id.in_(_known_sides(actor, deal))
    if keeps_deal(actor, deal) and actor.user_id is not None:
        people = sa.or_(people, sa.and_(User.id == actor.user_id, Membership.organization_id == actor.organization_id))
    query: Any = _working(sa.select(User.id, User.name, Organization.name), people)
    rows = session.execute(query.where(User.id != (deal.owner_id or 0)).order_by(Organization.id, User.name, User.id))
    found = {user_id: Doer(user_id, name, organization) for user_id, name, organization in rows}
    return tuple(found.values())


def read_doer(session: Session, actor: Actor, deal: Deal, typed: str) -> int | None:
    """Return who was chosen, None for the broker; who stands may stay.

    Raises:
        Invalid: nobody whom the actor may name (field `doer_id`).
    """
    if not typed or typed == str(deal.owner_id):
        return None
    if typed == str(deal.doer_id):
        return deal.doer_id
    found = next((doer.id for doer in possible_doers(session, actor, deal) if str(doer.id) == typed), None)
    if found is None:
        sentence = N_("请从列表中选择由谁办理：只能是能看到这个项目的人。")
        raise Invalid(sentence, {"doer_id": sentence})
    return found


def doer_shown(actor: Actor, deal: Deal) -> str:
    """Return the name of who was named, as the viewer may know him; "" where it is the broker's to do."""
    if deal.doer is None:
        return ""
    works_for = {membership.organization_id for membership in deal.doer.memberships}
    others = {deal.one_organization_id, deal.other_organization_id} - {actor.organization_id}
    is_hidden = is_deal_party(actor, deal) and not are_acquainted(deal) and works_for & others
    return OTHER_SIDE if is_hidden and deal.doer_id != actor.user_id else deal.doer.name


def named_doer(session: Session, deal: Deal) -> User | None:
    """Return who was named, where he still sees the deal: people change their places."""
    if deal.doer_id is None:
        return None
    at_desk = sa.and_(
        Membership.role == Role.BUREAU,
        sa.or_(Organization.kind == OrganizationKind.BUREAU, Organization.id.in_(deal.branch_ids)),
    )
    of_sides = Membership.organization_id.in_((deal.one_organization_id, deal.other_organization_id))
    sees = sa.or_(of_sides, at_desk)
    return session.scalars(_working(sa.select(User), sees).where(User.id == deal.doer_id).limit(1)).first()


def _known_sides(actor: Actor, deal: Deal) -> set[int]:
    sides = {deal.one_organization_id, deal.other_organization_id}
    if is_deal_party(actor, deal) and not are_acquainted(deal):
        return sides & {actor.organization_id}
    return sides


def _working(query: Any, condition: sa.ColumnElement[bool]) -> Any:
    """Join a query of users with their active memberships in organizations that are not suspended."""
    return (
        query.join(Membership, Membership.user_id == User.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(
            condition,
            Membership.state == MembershipState.ACTIVE,
            Organization.suspended_at.is_(None),
            User.disabled_at.is_(None),
            User.deleted_at.is_(None),
        )
    )
