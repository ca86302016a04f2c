"""Whom an event is for: the organizations on the other side of stored matches, the strongest first, with reasons.

What the event is about (one side of the market) is chosen listing by listing, by field, or by words. Everything is
shown as the organiser may see it; nobody is listed who is kept apart from the organiser or from what would be shown.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from matchmaker.domain import codes
from matchmaker.domain.event_invitations import EventInvitation
from matchmaker.domain.events import Event
from matchmaker.domain.listings import Listing, ListingKind, Revision, on_market
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.services.engine import Engine
from matchmaker.services.events.loading import require_runner
from matchmaker.services.keeping_apart import kept_apart_pairs
from matchmaker.services.listing_views import ListingView
from matchmaker.services.match_queries import seen_from, side_id
from matchmaker.services.match_views import MatchView
from matchmaker.services.matches import get_matches
from matchmaker.services.ownership import has_members
from matchmaker.services.projection import project
from matchmaker.services.searching import SearchRequest, fitting

PAGE = 30
GOOD = 2
LISTINGS_MOST = 200
CHOICES_MOST = 60
"""Of what may be chosen one by one."""
STANDING = (RegistrationState.REQUESTED, RegistrationState.WAITLISTED, RegistrationState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Basis:
    """What an event is about: listings of one `kind`; some of them, or all of a field and about some words.

    `grade` is the least of the matches that count. The organizations on the other side are the audience.
    """

    kind: str = ListingKind.ACHIEVEMENT
    field: str = ""
    words: str = ""
    listing_ids: tuple[int, ...] = ()
    grade: int = GOOD

    @property
    def is_chosen(self) -> bool:
        """Whether anything was chosen at all."""
        return bool(self.field or self.words or self.listing_ids)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An organization that would be in the audience, by the best of its `pairs` with what the event is about.

    `invited` is the state of its invitation, `registered` how many of its people are coming; without members nobody
    would read an invitation.
    """

    organization_id: int
    name: str
    region: str | None
    best: MatchView
    own_listing_id: int
    pairs: int
    listings: int
    invited: str | None
    registered: int
    has_members: bool

    @property
    def may_invite(self) -> bool:
        """Whether it can be invited now."""
        return self.invited is None and self.registered == 0 and self.has_members


@dataclass(frozen=True, slots=True)
class Audience:
    """One page of candidates, the strongest first; `about` is how many listings the event is about."""

    candidates: tuple[Candidate, ...]
    total: int
    number: int
    about: int

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // PAGE))


@dataclass(slots=True)
class _Found:
    """What was found of one organization so far; the first pair is the best."""

    match_id: int
    own_listing_id: int
    pairs: int
    listings: set[int]


def audience(
    session: Session, actor: Actor, event: Event, basis: Basis, engine: Engine | None = None, page: int = 1
) -> Audience:
    """Return the organizations on the other side of what an event is about, by the strength of their best match.

    `engine` is needed where the basis has words.

    Raises:
        Forbidden: the actor does not run the event.
    """
    require_runner(actor, event)
    about = about_ids(session, actor, basis, engine)
    found = _by_organization(session, actor, event, basis, about)
    number = min(max(1, page), max(1, -(-len(found) // PAGE)))
    shown = list(found)[(number - 1) * PAGE : number * PAGE]
    return Audience(
        _candidates(session, actor, event, {key: found[key] for key in shown}), len(found), number, len(about)
    )


def candidates_among(
    session: Session,
    actor: Actor,
    event: Event,
    basis: Basis,
    organization_ids: Collection[int],
    engine: Engine | None = None,
) -> tuple[Candidate, ...]:
    """Return those of some organizations that are in the audience.

    Raises:
        Forbidden: the actor does not run the event.
    """
    require_runner(actor, event)
    found = _by_organization(session, actor, event, basis, about_ids(session, actor, basis, engine))
    return _candidates(session, actor, event, {key: row for key, row in found.items() if key in organization_ids})


def about_ids(session: Session, actor: Actor, basis: Basis, engine: Engine | None = None) -> tuple[int, ...]:
    """Return the ids of the published listings that a basis means, as far as the actor may meet them."""
    if not basis.is_chosen:
        return ()
    query = sa.select(Listing.id).join(Revision, Revision.id == Listing.published_revision_id)
    query = query.where(on_market(), Listing.kind == basis.kind, Listing.organization_id.not_in(list(actor.avoided)))
    if basis.listing_ids:
        query = query.where(Listing.id.in_(basis.listing_ids[:LISTINGS_MOST]))
    if basis.field:
        query = query.where(Revision.field == basis.field)
    ids = tuple(session.scalars(query.order_by(Listing.id)))
    if not basis.words or engine is None or not ids:
        return ids
    request = SearchRequest(text=basis.words, kind=basis.kind)
    return tuple(sorted(row.id for row in fitting(session, actor, engine, request, ids)))


def _by_organization(
    session: Session, actor: Actor, event: Event, basis: Basis, about: Sequence[int]
) -> dict[int, _Found]:
    """Return the organizations of the other side, the strongest first, with their best pair."""
    if not about:
        return {}
    side = ListingKind(basis.kind)
    ours, theirs = aliased(Listing), aliased(Listing)
    rows = session.execute(
        sa.select(Match.id, theirs.organization_id, theirs.id, ours.organization_id)
        .join(ours, ours.id == side_id(side))
        .join(theirs, theirs.id == side_id(side.other))
        .where(side_id(side).in_(about), on_market(theirs), Match.grade >= basis.grade, seen_from(actor, side))
        .order_by(Match.probability.desc(), Match.id)
    )
    apart = kept_apart_pairs(session)
    found: dict[int, _Found] = {}
    for match_id, organization_id, listing_id, shown_id in rows:
        if organization_id == shown_id or not apart.isdisjoint(
            {frozenset({organization_id, shown_id}), frozenset({organization_id, event.organization_id})}
        ):
            continue
        row = found.setdefault(organization_id, _Found(match_id, listing_id, 0, set()))
        row.pairs += 1
        row.listings.add(listing_id)
    return found


def _candidates(session: Session, actor: Actor, event: Event, found: Mapping[int, _Found]) -> tuple[Candidate, ...]:
    ids = list(found)
    views = get_matches(session, actor, [row.match_id for row in found.values()])
    organizations = {
        organization.id: (organization, reachable)
        for organization, reachable in session.execute(
            sa.select(Organization, has_members()).where(Organization.id.in_(ids))
        )
    }
    invited = _invited(session, event, ids)
    coming = _coming(session, event, ids)
    return tuple(
        Candidate(
            organization_id=key,
            name=organizations[key][0].name,
            region=organizations[key][0].region,
            best=views[row.match_id],
            own_listing_id=row.own_listing_id,
            pairs=row.pairs,
            listings=len(row.listings),
            invited=invited.get(key),
            registered=coming.get(key, 0),
            has_members=bool(organizations[key][1]),
        )
        for key, row in found.items()
        if row.match_id in views
    )


def _invited(session: Session, event: Event, organization_ids: Sequence[int]) -> dict[int, str]:
    invitations = sa.select(EventInvitation.organization_id, EventInvitation.state).where(
        EventInvitation.event_id == event.id, EventInvitation.organization_id.in_(organization_ids)
    )
    return {row[0]: row[1] for row in session.execute(invitations)}


def _coming(session: Session, event: Event, organization_ids: Sequence[int]) -> dict[int, int]:
    coming = sa.select(Registration.organization_id, sa.func.count()).where(
        Registration.event_id == event.id,
        Registration.organization_id.in_(organization_ids),
        Registration.state.in_(STANDING),
    )
    counted = session.execute(coming.group_by(Registration.organization_id))
    return {row[0]: row[1] for row in counted}


def topic_of(event: Event, basis: Basis) -> str:
    """Return what an invitation calls its topic unless the organiser writes one: it names nothing of anybody's."""
    fields = (basis.field,) if basis.field else tuple(event.fields)
    return "、".join(codes.table("contract_fields").name(code) for code in fields)


def about_listings(
    session: Session, actor: Actor, basis: Basis, engine: Engine | None = None
) -> tuple[ListingView, ...]:
    """Return what a basis means without its choice of single listings, the newest first: to choose from."""
    ids = about_ids(session, actor, replace(basis, listing_ids=()), engine)
    chosen = tuple(sorted({*ids[-CHOICES_MOST:], *basis.listing_ids}))
    if not chosen:
        return ()
    rows = session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(chosen), on_market(), Listing.kind == basis.kind)
        .options(
            joinedload(Listing.organization),
            joinedload(Listing.published_revision).selectinload(Revision.indicators),
            selectinload(Listing.attachments),
        )
        .order_by(Listing.id.desc())
    )
    return tuple(project(row, actor) for row in rows if row.organization_id not in actor.avoided)
