"""Who acts in a request: the actor behind a log-in, read anew each time so that every change counts at once.

What was opened to his organization and whom it must not meet comes with him, by one query each; the worker, notices
and tests make their actors here too, so that all of them see the same.
"""

from dataclasses import replace
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.people import Membership, MembershipState, Role, User
from matchmaker.domain.permissions import Actor
from matchmaker.services.disclosures import opened_to
from matchmaker.services.keeping_apart import avoided_by


def load_member(session: Session, user_id: int | None, organization_id: int | None) -> Actor | None:
    """Return the actor that a person is in one of his organizations now, for what is done later in his name.

    None where he is gone, or no active member of it any more.
    """
    user = session.get(User, user_id) if user_id is not None else None
    if user is None:
        return None
    membership_id = session.scalar(
        sa.select(Membership.id).where(Membership.user_id == user_id, Membership.organization_id == organization_id)
    )
    actor = load_actor(session, user.id, user.credentials_version, membership_id)
    return actor if actor is not None and actor.role is not None else None


def load_actor(
    session: Session, user_id: int, credentials_version: int, membership_id: int | None = None
) -> Actor | None:
    """Return the actor of a log-in made with `credentials_version`, acting in `membership_id`.

    None where the log-in is void: the person is gone or disabled, or has changed the password since. Without an active
    membership in an organization that is not suspended he is signed in but has no role.
    """
    user = session.get(User, user_id)
    if user is None or user.disabled_at or user.deleted_at or user.credentials_version != credentials_version:
        return None
    membership = session.scalar(
        sa.select(Membership)
        .where(Membership.id == membership_id, Membership.user_id == user_id)
        .options(joinedload(Membership.organization))
    )
    if membership is None:
        return Actor(user_id=user.id, name=user.name, language=user.locale)
    return actor_of(session, membership)


def actor_of(session: Session, membership: Membership) -> Actor:
    """Return the actor that a person is in one of his organizations, with all that his organization may see now."""
    user = membership.user
    active = membership.state == MembershipState.ACTIVE and membership.organization.suspended_at is None
    actor = Actor(
        user_id=user.id,
        organization_id=membership.organization_id if active else None,
        role=Role(membership.role) if active else None,
        name=user.name,
        organization_name=membership.organization.name,
        is_owner=membership.is_owner and active,
        suspended_organization_id=membership.organization_id if _is_suspended(membership) else None,
        language=user.locale,
        organization_kind=membership.organization.kind if active else "",
    )
    return informed(session, actor)


def party(session: Session, organization_id: int) -> Actor:
    """Return what any member of an organization may see now: for what is written for its members to read."""
    return informed(session, Actor(organization_id=organization_id))


def informed(session: Session, actor: Actor) -> Actor:
    """Return `actor` with what was opened to his organization, and whom it is kept apart from, as it is now."""
    if actor.organization_id is None:
        return actor
    opened = MappingProxyType(opened_to(session, actor.organization_id))
    return replace(actor, opened=opened, avoided=avoided_by(session, actor.organization_id))


def _is_suspended(membership: Membership) -> bool:
    return membership.state == MembershipState.ACTIVE and membership.organization.is_suspended
