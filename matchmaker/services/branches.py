"""Branches (分中心) answer for the organizations of their district; the year's targets are counted by them."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.people import OFFICES, Organization, OrganizationKind
from matchmaker.domain.permissions import Actor, can_date_branches
from matchmaker.services.reading.days import read_day
from matchmaker.services.reading.text import Unreadable


def join_branch(session: Session, organization: Organization) -> None:
    """Give an organization to the branch of its district, None where the district has none.

    A new branch itself takes over those of its district that nobody answers for yet.
    """
    if organization.kind == OrganizationKind.BRANCH:
        _take_over(session, organization)
    elif organization.kind not in OFFICES:
        organization.branch_id = _branch_of(session, organization.region)
        session.flush()


def date_branch(session: Session, actor: Actor, branch: Organization, opened_on: str) -> None:
    """Say on which day a branch opened, as typed; nothing typed takes it back.

    Raises:
        Forbidden: the actor does not keep the ledger. NotFound: it is no branch.
        Invalid: no day, or one to come (field `opened_on`).
    """
    if not can_date_branches(actor):
        raise Forbidden(N_("分中心的启用日期由科技局填写。"))
    if branch.kind != OrganizationKind.BRANCH:
        raise NotFound(N_("没有找到这个分中心。"))
    try:
        day = read_day(opened_on)
    except Unreadable as error:
        raise Invalid(error.sentence, {"opened_on": error.sentence}) from error
    if day is not None and day > today():
        sentence = N_("启用日期不能晚于今天。")
        raise Invalid(sentence, {"opened_on": sentence})
    if day != branch.opened_on:
        before, after = (each.isoformat() if each else None for each in (branch.opened_on, day))
        branch.opened_on = day
        record(session, actor, "date", "organization", branch.id, before=before, after=after)
        session.flush()


def undated_branches(session: Session) -> list[tuple[int, str]]:
    """Return id and name of the branches of which nobody has said when they opened."""
    query = sa.select(Organization.id, Organization.name).where(
        Organization.kind == OrganizationKind.BRANCH,
        Organization.merged_into_id.is_(None),
        Organization.opened_on.is_(None),
    )
    return [(row.id, row.name) for row in session.execute(query.order_by(Organization.name, Organization.id))]


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
