"""The desk of a deal that nobody follows up: the branch that answers for one of its sides, else the bureau."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.deals import Deal
from matchmaker.domain.people import Organization, OrganizationKind, User
from matchmaker.services.ownership import members


def desk_of(session: Session, deal: Deal) -> list[User]:
    """Return who finds a broker for a deal: everybody at the first desk where somebody is."""
    bureaus = sa.select(Organization.id).where(
        Organization.kind == OrganizationKind.BUREAU, Organization.suspended_at.is_(None)
    )
    branches = [side.branch_id for side in (deal.one_organization, deal.other_organization) if side.branch_id]
    for desk in (*branches, *session.scalars(bureaus.order_by(Organization.id))):
        if staff := members(session, desk):
            return staff
    return []


def responsible_for(session: Session, deal: Deal) -> list[User]:
    """Return who has to do something about a deal: its broker, or whoever finds it one."""
    return [deal.owner] if deal.owner is not None else desk_of(session, deal)
