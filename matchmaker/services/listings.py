"""Listings: beginning one and finding it again."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today, years_after
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import REVISION_CLASSES, Listing, ListingState, Revision
from matchmaker.domain.people import Organization, OrganizationKind, User
from matchmaker.domain.permissions import Actor, can_edit_listing, can_post, can_post_for_client, can_read_listing
from matchmaker.services.ownership import has_members, members
from matchmaker.services.reading import apply, read_values

REUSE_WINDOW = timedelta(minutes=10)
"""A draft of the same title begun this recently is the same press of the same button."""

LARGEST_ID = 2**63 - 1

CLIENT_KINDS = {
    "need": frozenset({OrganizationKind.ENTERPRISE}),
    "achievement": frozenset({OrganizationKind.ENTERPRISE, OrganizationKind.UNIVERSITY, OrganizationKind.INSTITUTE}),
}


def get_listing(session: Session, actor: Actor, listing_id: int) -> Listing:
    """Return a listing that `actor` may know of.

    Raises:
        NotFound: there is none, or he may not know.
    """
    listing = None
    if 0 < listing_id <= LARGEST_ID:
        listing = session.get(
            Listing,
            listing_id,
            options=[
                joinedload(Listing.organization),
                joinedload(Listing.published_revision),
                joinedload(Listing.working_revision),
            ],
        )
    if listing is None or not can_read_listing(actor, listing):
        raise NotFound(N_("没有找到这条内容，它可能已被撤回，或您无权查看。"))
    return listing


def get_own_listing(session: Session, actor: Actor, listing_id: int) -> Listing:
    """Return a listing that `actor` may edit.

    Raises:
        NotFound: there is none, or he may not know of it.
        Forbidden: he may read it only.
    """
    listing = get_listing(session, actor, listing_id)
    if not can_edit_listing(actor, listing):
        raise Forbidden(N_("只有发布单位的成员可以这样做。"))
    return listing


def create_listing(
    session: Session,
    actor: Actor,
    kind: str,
    organization_id: int | None = None,
    *,
    raw: Mapping[str, object] | None = None,
) -> Listing:
    """Begin a draft of `kind` with the values of `raw` (see `read_values`); a broker names the client's organization.

    Pressing the button twice begins one draft. What is known of the organization is filled in.

    Raises:
        Forbidden: the actor may not post this kind, or not for that organization.
        Invalid: a broker named no client, or one that cannot confirm.
    """
    if kind not in REVISION_CLASSES or not can_post(actor, kind):
        raise Forbidden(N_("您当前的身份不能发布这类内容。"))
    organization = posting_organization(session, actor, kind, organization_id)
    reading = read_values(kind, raw or {})
    same = _begun_already(session, actor, kind, organization, reading.values.get("title") or "")
    if same is not None:
        return same
    is_broker = can_post_for_client(actor)
    owner = _client_owner(session, organization) if is_broker else session.get_one(User, actor.user_id)
    listing = Listing(kind=kind, organization=organization, owner=owner, broker_id=actor.user_id if is_broker else None)
    revision = REVISION_CLASSES[kind](listing=listing, author_id=actor.user_id)
    session.add_all((listing, revision))
    session.flush()
    apply(revision, _known(organization, None if is_broker else owner) | reading.values)
    revision.raw = reading.unread or None
    listing.working_revision, listing.visibility = revision, revision.visibility
    record(session, actor, "create", "listing", listing.id, after=ListingState.DRAFT, kind=kind)
    session.flush()
    return listing


def clients(session: Session, actor: Actor, kind: str, text: str = "", limit: int = 20) -> list[Organization]:
    """Return organizations for which a broker may post `kind` and which have somebody to confirm, by name."""
    if not can_post_for_client(actor):
        raise Forbidden(N_("只有技术经纪人可以代客户发布。"))
    query = (
        sa.select(Organization)
        .where(Organization.kind.in_(CLIENT_KINDS[kind]), Organization.suspended_at.is_(None), has_members())
        .where(Organization.id.not_in(actor.avoided))
        .order_by(Organization.name, Organization.id)
        .limit(limit)
    )
    if text.strip():
        query = query.where(Organization.name.icontains(text.strip()[:100], autoescape=True))
    return list(session.scalars(query))


def posting_organization(session: Session, actor: Actor, kind: str, organization_id: int | None) -> Organization:
    """Return the organization for which `actor` posts: his own, or as a broker the client that he names.

    Raises:
        Forbidden: another one than his own.
        Invalid: a broker named no client.
    """
    if not can_post_for_client(actor):
        if organization_id not in (None, actor.organization_id):
            raise Forbidden(N_("您只能为自己的单位发布。"))
        return session.get_one(Organization, actor.organization_id)
    found = session.get(Organization, organization_id) if organization_id and organization_id <= LARGEST_ID else None
    if found is None or found.kind not in CLIENT_KINDS[kind] or found.suspended_at is not None:
        raise Invalid(N_("请选择客户单位。"), {"organization_id": N_("请选择委托您发布的客户单位。")})
    return found


def _client_owner(session: Session, organization: Organization) -> User:
    found = members(session, organization.id)
    if not found:
        sentence = N_("该单位还没有成员注册，无法确认。请先请对方注册。")
        raise Invalid(sentence, {"organization_id": sentence})
    return found[0]


def _begun_already(session: Session, actor: Actor, kind: str, organization: Organization, title: str) -> Listing | None:
    return session.scalar(
        sa.select(Listing)
        .join(Revision, Revision.id == Listing.working_revision_id)
        .where(
            Listing.kind == kind,
            Listing.organization_id == organization.id,
            Listing.state == ListingState.DRAFT,
            Listing.created_at > utc_now() - REUSE_WINDOW,
            Revision.author_id == actor.user_id,
            Revision.title == title,
        )
        .order_by(Listing.id.desc())
        .limit(1)
    )


def _known(organization: Organization, owner: User | None) -> dict[str, Any]:
    return {
        "region": organization.region,
        "industry": organization.industry if codes.table("industries").parent(organization.industry) else None,
        "contact_name": owner.name if owner else None,
        "contact_phone": owner.mobile if owner else None,
        "valid_until": years_after(today(), 1),
    }
