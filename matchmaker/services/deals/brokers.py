"""The brokers who can follow up deals: confirmed members of agencies that are not suspended."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.people import Membership, MembershipState, Organization, Role, User
from matchmaker.domain.permissions import Actor


def brokers_at_work(session: Session) -> list[User]:
    """Return those to whom a deal may be handed, by name."""
    return list(session.scalars(at_work().order_by(User.name, User.id)).unique())


def broker_among(session: Session, *user_ids: int | None) -> int | None:
    """Return the first of several people who is a broker at work."""
    wanted = [user_id for user_id in user_ids if user_id is not None]
    found = set(session.scalars(at_work().where(User.id.in_(wanted)).with_only_columns(User.id)))
    return next((user_id for user_id in wanted if user_id in found), None)


def own_id(actor: Actor) -> int | None:
    """Return the actor's id where he acts as a broker."""
    return actor.user_id if actor.role is Role.BROKER else None


def at_work(but: int | None = None) -> sa.Select[User]:
    """Select the brokers at work; `but`: a membership that does not count."""
    query = (
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(Organization, Organization.id == Membership.organization_id)
        .where(
            Membership.role == Role.BROKER,
            Membership.state == MembershipState.ACTIVE,
            User.disabled_at.is_(None),
            Organization.suspended_at.is_(None),
        )
    )
    return query if but is None else query.where(Membership.id != but)
