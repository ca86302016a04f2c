"""The register of all organizations: the bureau looks them up, enters, checks and suspends them."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.people import OFFICES, Organization, OrganizationKind
from matchmaker.domain.permissions import (
    Actor,
    can_appoint_admins,
    can_list_organizations,
    can_verify_organizations,
)
from matchmaker.services.organizations import Profile, read_profile, refuse_taken
from matchmaker.services.reading.text import line, prose

PAGE_SIZE = 30
SEARCH_LONGEST = 100
REASON_LONGEST = 500


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
    organization = Organization(kind=kind, verified_at=utc_now(), **values)
    session.add(organization)
    session.flush()
    record(session, actor, "create", "organization", organization.id)
    return organization


def list_organizations(
    session: Session, actor: Actor, *, text: str = "", kind: str = "", unverified: bool = False, page: int = 1
) -> OrganizationPage:
    """Return one page of the register, the newest first, found by a part of the name or the whole credit code.

    Raises:
        Forbidden: the actor is not the bureau.
    """
    if not can_list_organizations(actor):
        raise Forbidden(N_("单位名录只对科技局开放。"))
    query = sa.select(Organization)
    if words := line(text)[:SEARCH_LONGEST]:
        name = Organization.name.contains(words, autoescape=True)
        query = query.where(sa.or_(name, Organization.credit_code == words.upper()))
    if kind:
        query = query.where(Organization.kind == kind)
    if unverified:
        query = query.where(Organization.verified_at.is_(None))
    total = session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    rows = session.scalars(query.order_by(Organization.id.desc()).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return OrganizationPage(tuple(rows), total, page)


def verify_organization(session: Session, actor: Actor, organization: Organization) -> None:
    """Note that the bureau has compared name and credit code with the official register.

    Raises:
        Forbidden: the actor is not the bureau.
    """
    _require_verifier(actor)
    if organization.verified_at is None:
        organization.verified_at = utc_now()
        record(session, actor, "verify", "organization", organization.id)


def suspend_organization(
    session: Session, actor: Actor, organization: Organization, suspended: bool, *, reason: str
) -> None:
    """Take away the rights of all members at once, or give them back; listings stay as they are.

    Raises:
        Forbidden: the actor is not the bureau, or the organization is a public office.
        Conflict: it is suspended (or not) already.
        Invalid: there is no reason (field `reason`).
    """
    _require_verifier(actor)
    if organization.kind in OFFICES:
        raise Forbidden(N_("科技主管部门和分中心不能停用。"))
    if suspended == (organization.suspended_at is not None):
        raise Conflict(N_("这个单位的状态已经变化，请刷新页面查看。"))
    text = prose(reason)[:REASON_LONGEST]
    if not text:
        raise Invalid(N_("请写明原因。"), {"reason": N_("请写明原因。")})
    organization.suspended_at = utc_now() if suspended else None
    record(session, actor, "suspend" if suspended else "resume", "organization", organization.id, reason=text)


def _require_verifier(actor: Actor) -> None:
    if not can_verify_organizations(actor):
        raise Forbidden(N_("单位由科技局核验。"))
