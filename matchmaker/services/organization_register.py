"""The register of all organizations: the bureau looks them up and enters them."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.people import OFFICES, Organization, OrganizationKind
from matchmaker.domain.permissions import (
    Actor,
    can_appoint_admins,
    can_list_organizations,
)
from matchmaker.services.branches import join_branch
from matchmaker.services.organizations import Profile, read_profile, refuse_taken
from matchmaker.services.reading.text import line
from matchmaker.services.verification_desk import check_by_register

PAGE_SIZE = 30
SEARCH_LONGEST = 100


@dataclass(frozen=True, slots=True)
class OrganizationPage:
    """One page of the register; `total` counts all that were found."""

    rows: tuple[Organization, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """The number of pages, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


def create_organization(session: Session, actor: Actor, kind: str, profile: Profile) -> Organization:
    """Enter an organization into the register; its members are invited afterwards.

    Whoever enters it has looked it up and is the first pair of eyes of its verification; another confirms. Public
    offices, and what the platform itself enters, need none.

    Raises:
        Forbidden: the actor is not the bureau, or sets up a public office without being an administrator.
        Invalid: by field.
    """
    allowed = can_appoint_admins if kind in OFFICES else can_list_organizations
    if not allowed(actor):
        raise Forbidden(N_("单位由科技局登记；科技主管部门和分中心由管理员登记。"))
    if kind not in set(OrganizationKind):
        raise Invalid(N_("请选择单位类型。"), {"kind": N_("请选择单位类型。")})
    values = read_profile(profile)
    refuse_taken(session, values)
    trusted = kind in OFFICES or actor.is_system
    organization = Organization(kind=kind, verified_at=utc_now() if trusted else None, **values)
    session.add(organization)
    session.flush()
    join_branch(session, organization)
    record(session, actor, "create", "organization", organization.id)
    if not trusted:
        check_by_register(session, actor, organization)
    return organization


def list_organizations(
    session: Session,
    actor: Actor,
    *,
    text: str = "",
    kind: str = "",
    unverified: bool = False,
    suspended: bool = False,
    page: int = 1,
) -> OrganizationPage:
    """Return one page of the register, the newest first, found by a part of the name or the whole credit code.

    Raises:
        Forbidden: the actor is not the bureau.
    """
    if not can_list_organizations(actor):
        raise Forbidden(N_("单位名录只对科技局开放。"))
    query = sa.select(Organization).where(Organization.merged_into_id.is_(None))
    if words := line(text)[:SEARCH_LONGEST]:
        name = Organization.name.icontains(words, autoescape=True)
        query = query.where(sa.or_(name, Organization.credit_code == words.upper()))
    if kind:
        query = query.where(Organization.kind == kind)
    if unverified:
        query = query.where(Organization.verified_at.is_(None))
    if suspended:
        query = query.where(Organization.suspended_at.is_not(None))
    total = session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(query.order_by(Organization.id.desc()).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return OrganizationPage(tuple(rows), total, page)
