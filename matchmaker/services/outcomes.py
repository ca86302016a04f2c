"""With whom a listing was solved through the platform: whom its owner may name, and what is shown of it afterwards."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.domain.matches import Decision, Match, MatchDecision
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_read_inside, can_read_listing
from matchmaker.services import match_queries as queries
from matchmaker.services.match_views import MatchView, match_options, view_match
from matchmaker.services.projection import project

OFFERED = 20


@dataclass(frozen=True, slots=True)
class Partner:
    """The other side of a solved listing: its listing where there was a pair, and its organization."""

    listing_id: int | None = None
    organization_id: int | None = None


NO_PARTNER = Partner()


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """With whom a listing was solved, as one viewer may know it: `kind` and `listing_id` are None where no pair led to
    it, or where he may not read the other listing."""

    organization_name: str
    title: str = ""
    kind: str | None = None
    listing_id: int | None = None


def partners_offered(session: Session, actor: Actor, listing: Listing) -> tuple[MatchView, ...]:
    """Return the pairs that `actor` may name as the solution of `listing`: those in which somebody showed interest
    first, then the best. What the other side has closed meanwhile is among them: both often end on the same day."""
    interested = sa.exists().where(
        MatchDecision.match_id == Match.id, MatchDecision.decision.in_((Decision.INTERESTED, Decision.SHORTLISTED))
    )
    score = queries.score_seen(actor, ListingKind(listing.kind))
    rows = session.scalars(_pairs(actor, listing).order_by(interested.desc(), score.desc(), Match.id).limit(OFFERED))
    return tuple(view_match(row, actor) for row in rows.unique())


def find_partner(
    session: Session, actor: Actor, listing: Listing, match_id: int | None, name: str, *, needed: bool
) -> Partner:
    """Return whom `match_id` or an organization's exact `name` means; nobody where it is not `needed`.

    Raises:
        Invalid: it is needed and neither names one that the actor may know of (errors of `match_id`, `organization`).
    """
    if not needed:
        return NO_PARTNER
    if match_id is not None:
        match = session.scalars(_pairs(actor, listing).where(Match.id == match_id)).unique().one_or_none()
        if match is None:
            raise Invalid(N_("请选择对接成功的那一对。"), {"match_id": N_("请从列表中选择。")})
        other = match.achievement if listing.kind == ListingKind.NEED else match.need
        return Partner(other.id, other.organization_id)
    if not name.strip():
        sentence = N_("请选择与哪一条内容对接成功，或填写合作单位的名称。")
        raise Invalid(sentence, {"match_id": sentence})
    found = session.scalar(_named(name).where(Organization.id != listing.organization_id).limit(1))
    if found is None:
        sentence = N_("平台上没有这个单位。请填写对方注册的全称，或改选“通过其他途径解决”。")
        raise Invalid(sentence, {"organization": sentence})
    return Partner(None, found.id)


def outcome_of(session: Session, actor: Actor, listing: Listing) -> OutcomeView | None:
    """Return with whom a closed listing was solved; None where nobody is named, or for those who read from outside."""
    if listing.outcome_organization_id is None or not can_read_inside(actor, listing):
        return None
    other = session.get(Listing, listing.outcome_listing_id) if listing.outcome_listing_id else None
    if other is None:
        return OutcomeView(session.get_one(Organization, listing.outcome_organization_id).name)
    shown = project(other, actor)
    if not can_read_listing(actor, other):
        return OutcomeView(shown.organization_name)
    return OutcomeView(shown.organization_name, shown.title, shown.kind, shown.id)


def _pairs(actor: Actor, listing: Listing) -> sa.Select[Match]:
    side = ListingKind(listing.kind)
    other = aliased(Listing)
    readable = sa.select(other.id).where(other.published_revision_id.is_not(None), other.taken_down.is_(False))
    seen = queries.side_id(side) == listing.id, queries.seen_from(actor, side)
    return sa.select(Match).where(*seen, queries.side_id(side.other).in_(readable)).options(*match_options())


def _named(name: str) -> sa.Select[Organization]:
    return sa.select(Organization).where(Organization.name == name.strip()[:200], Organization.suspended_at.is_(None))
