"""My matches: an organization's published listings, each with the best that was found for it."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Forbidden
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, ListingState, Revision
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor
from matchmaker.services import match_queries as queries
from matchmaker.services.listing_views import ListingView
from matchmaker.services.match_queries import NO_FILTER, MatchFilter
from matchmaker.services.match_views import MatchView
from matchmaker.services.matches import LIST_LENGTH, MAX_PAGE, best_matches, count_matches
from matchmaker.services.projection import project

PAGE = 8
EACH = 3
GOOD_GRADE = 2


@dataclass(frozen=True, slots=True)
class MatchedListing:
    """One own listing: its best matches under the filter and how many its list shows; `is_matched` once the worker
    has looked at it at all."""

    listing: ListingView
    matches: tuple[MatchView, ...]
    total: int
    is_matched: bool


@dataclass(frozen=True, slots=True)
class MatchedListings:
    """One page of own listings, those with the best match first; `total` counts all pages."""

    rows: tuple[MatchedListing, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // PAGE))


def my_matches(
    session: Session,
    actor: Actor,
    chosen: MatchFilter = NO_FILTER,
    page: int = 1,
    kind: str | None = None,
    *,
    only_matched: bool = False,
) -> MatchedListings:
    """Return one page of the published listings of the actor's organization with their best matches.

    `only_matched` leaves out the listings that have no match under the filter.

    Raises:
        Forbidden: he acts for no organization.
    """
    if actor.organization_id is None:
        raise Forbidden(N_("加入一个单位之后才能查看匹配。"))
    query = sa.select(Listing).where(
        Listing.organization_id == actor.organization_id, Listing.state == ListingState.PUBLISHED
    )
    if kind:
        query = query.where(Listing.kind == kind)
    best = _best_score(actor, chosen)
    if only_matched:
        query = query.where(best.is_not(None))
    total = session.scalar(query.with_only_columns(sa.func.count(), maintain_column_froms=True)) or 0
    page = min(max(page, 1), MAX_PAGE)
    ordered = query.options(*_options()).order_by(best.is_(None), best.desc(), Listing.id.desc())
    rows = session.scalars(ordered.limit(PAGE).offset((page - 1) * PAGE)).unique().all()
    return MatchedListings(_with_matches(session, actor, rows, chosen), total, page)


def _with_matches(session: Session, actor: Actor, rows: Any, chosen: MatchFilter) -> tuple[MatchedListing, ...]:
    ids, kinds = [row.id for row in rows], {row.kind for row in rows}
    found = best_matches(session, actor, ids, EACH, chosen)
    counts = count_matches(session, actor, ids, chosen, kinds=kinds)
    return tuple(
        MatchedListing(
            project(row, actor),
            _worth_showing(found[row.id]),
            min(counts[row.id], LIST_LENGTH),
            row.matched_revision > 0,
        )
        for row in rows
    )


def _worth_showing(matches: tuple[MatchView, ...]) -> tuple[MatchView, ...]:
    """Weak pairs are shown only where there is nothing better."""
    return tuple(view for view in matches if view.grade >= GOOD_GRADE or view.proposed_by) or matches


def _best_score(actor: Actor, chosen: MatchFilter) -> Any:
    """The best score of a listing as its owner sees it, as a subquery for each row; NULL where there is none."""

    def of(side: ListingKind) -> Any:
        score = sa.select(sa.func.max(queries.score_seen(actor, side)))
        score = score.where(queries.side_id(side) == Listing.id, Match.id.in_(queries.live_ids()))
        score = queries.narrow(score.where(queries.seen_from(actor, side)), actor, chosen, side)
        return score.correlate(Listing).scalar_subquery()

    return sa.case((Listing.kind == ListingKind.NEED, of(ListingKind.NEED)), else_=of(ListingKind.ACHIEVEMENT))


def _options() -> tuple[Any, ...]:
    return (
        joinedload(Listing.organization),
        joinedload(Listing.published_revision).selectinload(Revision.indicators),
    )
