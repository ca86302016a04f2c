"""Branches (分中心) answer for the organizations of their district; the year's targets are counted by them."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.people import OFFICES, Organization, OrganizationKind


def join_branch(session: Session, organization: Organization) -> None:
    """Give an organization to the branch of its district, None where the district has none.

    A new branch itself takes over those of its district that nobody answers for yet.
    """
    if organization.kind == OrganizationKind.BRANCH:
        _take_over(session, organization)
    elif organization.kind not in OFFICES:
        organization.branch_id = _branch_of(session, organization.region)
        session.flush()


def _branch_of(session: Session, region: str | None) -> int | None:
    if not region:
        return None
    here = Organization.kind == OrganizationKind.BRANCH, Organization.region == region
    standing = sa.select(Organization.id).where(*here, Organization.merged_into_id.is_(None))
    return session.scalar(standing.order_by(Organization.id).limit(1))


def _take_over(session: Session, branch: Organization) -> None:
    if not branch.region:
        return
    alone = Organization.region == branch.region, Organization.branch_id.is_(None), Organization.kind.not_in(OFFICES)
    session.execute(sa.update(Organization).where(*alone).values(branch_id=branch.id))
