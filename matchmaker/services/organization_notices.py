"""What people are told of an organization: its owners mostly, in the transaction that causes it."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import Membership, MembershipState, Organization, OrganizationKind, Role, User
from matchmaker.services.notices import tell


def bureau_staff(session: Session) -> list[User]:
    """Return the people of the bureau's own desk (not the branches') who can still log in."""
    query = (
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(Organization, Membership.organization_id == Organization.id)
        .where(
            Organization.kind == OrganizationKind.BUREAU,
            Membership.role == Role.BUREAU,
            Membership.state == MembershipState.ACTIVE,
            User.disabled_at.is_(None),
        )
    )
    return list(session.scalars(query.order_by(User.id)).unique())


def owners(session: Session, organization_id: int) -> list[User]:
    """Return the people who answer for an organization and can still log in, those who joined first first."""
    query = (
        sa.select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organization_id == organization_id,
            Membership.state == MembershipState.ACTIVE,
            Membership.is_owner,
            User.disabled_at.is_(None),
            User.deleted_at.is_(None),
        )
        .order_by(Membership.id)
    )
    return list(session.scalars(query))


def tell_owners(
    session: Session, organization_id: int, title: str, body: str, *, path: str | None = None, but: int | None = None
) -> None:
    """Tell every owner, but for the user `but`; the notice leads to `path`, or else to the profile."""
    for owner in owners(session, organization_id):
        if owner.id != but:
            tell_person(session, owner, organization_id, title, body, path=path)


def tell_person(
    session: Session, person: User | None, organization_id: int, title: str, body: str, *, path: str | None = None
) -> None:
    """Tell one person something about an organization."""
    path = path or f"/organizations/{organization_id}"
    tell(session, person, topic=NoticeTopic.ORGANIZATION, title=title, body=body, path=path)
