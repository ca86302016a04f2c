"""Owners: every listing has a person inside its organization who answers for it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Membership, MembershipState, Organization, User
from matchmaker.domain.permissions import Actor
from matchmaker.services.listing_actions import lock, require

_ACTIVE = (
    Membership.state == MembershipState.ACTIVE,
    Membership.user_id == User.id,
    User.disabled_at.is_(None),
    User.deleted_at.is_(None),
)


def members(session: Session, organization_id: int) -> list[User]:
    """Return the active members of an organization, its owners first."""
    return list(
        session.scalars(
            sa.select(User)
            .join(Membership, sa.and_(*_ACTIVE))
            .where(Membership.organization_id == organization_id)
            .order_by(Membership.is_owner.desc(), User.name, User.id)
        )
    )


def has_members() -> sa.ColumnElement[bool]:
    """The condition of an organization in which somebody can answer for a listing."""
    return sa.exists().where(Membership.organization_id == Organization.id, *_ACTIVE)


def hand_over(session: Session, actor: Actor, listing: Listing, user_id: int) -> None:
    """Make a colleague the listing's owner.

    Raises:
        Forbidden: the actor does not belong to the listing's organization.
        Invalid: the new owner is no active member of it.
    """
    lock(session, listing)
    require(actor, "hand_over", listing)
    if user_id not in {member.id for member in members(session, listing.organization_id)}:
        raise Invalid(N_("新的负责人必须是本单位的成员。"), {"user_id": N_("请从列表中选择。")})
    if listing.owner_id != user_id:
        record(session, actor, "hand_over", "listing", listing.id, owner_id=user_id, former_owner_id=listing.owner_id)
        listing.owner_id = user_id
        session.flush()
