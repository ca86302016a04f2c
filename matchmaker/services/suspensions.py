"""Suspension: the bureau takes an organization off the market, with a coded reason, for a time or until it says so.

Its members log in and read what is theirs, but do nothing; its listings are hidden from all but them and the bureau.
"""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today
from matchmaker.domain.embeddings import IndexChange
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.people import OFFICES, Organization
from matchmaker.domain.permissions import Actor, can_verify_organizations
from matchmaker.services.deals import release_deals_of_suspended
from matchmaker.services.organization_notices import tell_owners
from matchmaker.services.reading.text import prose

NOTE_LONGEST = 1000
SHOWN = 50


@dataclass(frozen=True, slots=True)
class SuspendedDashboard:
    """What a member of a suspended organization sees: why, until when, and what he may still read."""

    organization: Organization
    listings: tuple[Listing, ...]


def suspended_dashboard(session: Session, actor: Actor) -> SuspendedDashboard:
    """Return the suspended organization that the actor belongs to, with its running listings.

    Raises:
        NotFound: the actor's organization is not suspended.
    """
    if actor.suspended_organization_id is None:
        raise NotFound(N_("您的单位没有被停用。"))
    organization = session.get_one(Organization, actor.suspended_organization_id)
    own = Listing.organization_id == organization.id, Listing.state != ListingState.CLOSED
    loaded = joinedload(Listing.published_revision), joinedload(Listing.working_revision)
    newest = sa.select(Listing).where(*own).options(*loaded).order_by(Listing.id.desc()).limit(SHOWN)
    return SuspendedDashboard(organization, tuple(session.scalars(newest)))


def suspend_organization(
    session: Session, actor: Actor, organization: Organization, *, reason: str, note: str, until: date | None = None
) -> None:
    """Take an organization off the market: at once out of lists, matches, search and counts, and its members' rights.

    Raises:
        Forbidden: the actor is not the bureau, or the organization is a public office.
        Conflict: it is suspended already.
        Invalid: by field: an unknown reason (table `suspension_reasons`), no note, a day that has passed.
    """
    _require_bureau(actor, organization)
    if organization.is_suspended:
        raise Conflict(N_("这个单位的状态已经变化，请刷新页面查看。"))
    text = prose(note)
    errors: dict[str, str] = {}
    if reason not in codes.table("suspension_reasons"):
        errors["reason"] = N_("请选择原因。")
    if not 0 < len(text) <= NOTE_LONGEST:
        errors["note"] = N_("请写明情况（最多 1000 字），会告诉单位负责人。")
    if until is not None and until < today():
        errors["until"] = N_("截止日期不能早于今天。")
    if errors:
        raise Invalid(N_("请检查停用的原因、说明和期限。"), errors)
    organization.suspended_at, organization.suspended_until = utc_now(), until
    organization.suspension_reason, organization.suspension_note = reason, text
    _count_change(session, organization)
    release_deals_of_suspended(session, organization)
    record(session, actor, "suspend", "organization", organization.id, reason=reason, note=text, until=str(until or ""))
    name = codes.table("suspension_reasons").name(reason)
    title = Sentence(N_("%(name)s 已被停用"), name=organization.name)
    body = Sentence(
        N_(
            "原因：%(reason)s\n\n%(note)s\n\n停用期间不能使用平台功能，已发布的内容不再对外显示。如有异议请联系科技局。"
        ),
        reason=name,
        note=text,
    )
    tell_owners(session, organization.id, title, body, path="/dashboard")


def resume_organization(session: Session, actor: Actor, organization: Organization, *, note: str) -> None:
    """Bring a suspended organization back: its members act again, its listings are shown and matched anew.

    Raises:
        Forbidden: the actor is not the bureau.
        Conflict: it is not suspended.
        Invalid: there is no note (field `note`).
    """
    _require_bureau(actor, organization)
    if not organization.is_suspended:
        raise Conflict(N_("这个单位的状态已经变化，请刷新页面查看。"))
    text = prose(note)
    if not 0 < len(text) <= NOTE_LONGEST:
        raise Invalid(N_("请写明恢复的原因。"), {"note": N_("请写明恢复的原因。")})
    _resume(session, actor, organization, text)


def end_suspensions_due(session: Session, day: date, limit: int = 20) -> int:
    """Bring back organizations whose suspension ended before `day`; return how many (0: none left)."""
    due = sa.select(Organization).where(Organization.suspended_at.is_not(None), Organization.suspended_until < day)
    rows = session.scalars(due.order_by(Organization.id).limit(limit)).all()
    for organization in rows:
        _resume(session, Actor.system(), organization, N_("停用期限已到"))
    return len(rows)


def _resume(session: Session, actor: Actor, organization: Organization, note: str) -> None:
    organization.suspended_at = organization.suspended_until = None
    organization.suspension_reason = organization.suspension_note = None
    _count_change(session, organization)
    record(session, actor, "resume", "organization", organization.id, reason=note)
    title = Sentence(N_("%(name)s 已恢复使用"), name=organization.name)
    body = Sentence(N_("%(note)s\n\n成员权限已恢复，已发布的内容重新显示并匹配。"), note=note)
    tell_owners(session, organization.id, title, body)


def _count_change(session: Session, organization: Organization) -> None:
    """Let every index read the listings again, and every pair be judged again."""
    live = Listing.organization_id == organization.id, Listing.state == ListingState.PUBLISHED
    session.execute(sa.update(Listing).where(*live).values(pair_revision=Listing.pair_revision + 1))
    session.execute(sa.insert(IndexChange).from_select(["listing_id"], sa.select(Listing.id).where(*live)))
    session.flush()


def _require_bureau(actor: Actor, organization: Organization) -> None:
    if not can_verify_organizations(actor):
        raise Forbidden(N_("单位由科技局停用和恢复。"))
    if organization.kind in OFFICES:
        raise Forbidden(N_("科技主管部门和分中心不能停用。"))
