"""Reading matches: pages read stored rows, and nothing is scored here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor, can_read_listing, can_see_all_matches, kept_apart, owns
from matchmaker.services import match_queries as queries
from matchmaker.services.match_queries import NO_FILTER, MatchFilter
from matchmaker.services.match_views import MatchSides, MatchView, side_options, view_match, view_sides
from matchmaker.services.shaping.sinking import sinks

PAGE = 20
LIST_LENGTH = 50
MAX_PAGE = 1000
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class MatchPage:
    """One page of matches: `total` counts all pages; `number` starts at 1."""

    matches: tuple[MatchView, ...]
    total: int
    number: int
    size: int = PAGE

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Position of the first pair of this page among those of all pages, from 1."""
        return (self.number - 1) * self.size + 1


def match_page(
    session: Session, actor: Actor, chosen: MatchFilter = NO_FILTER, page: int = 1, size: int = PAGE
) -> MatchPage:
    """Return one page of the pairs that `actor` may see, best first: all of them for brokers and the bureau, for
    everybody else those of his own organization's listings.

    Raises:
        Forbidden: a visitor, or somebody without an organization.
    """
    if not (can_see_all_matches(actor) or actor.organization_id is not None):
        raise Forbidden(N_("加入一个单位之后才能查看匹配。"))
    seen = queries.visible(actor)
    counted = sa.select(sa.func.count()).select_from(Match).where(Match.id.in_(queries.live_ids()), seen)
    total = session.scalar(queries.narrow(counted, actor, chosen)) or 0
    query = queries.narrow(queries.live_matches().where(seen), actor, chosen)
    page = min(max(page, 1), MAX_PAGE)
    query = query.order_by(*queries.best_first(actor)).limit(size).offset((page - 1) * size)
    rows = session.scalars(query).unique().all()
    return MatchPage(tuple(view_match(row, actor) for row in rows), total, page, size)


def matches_of(
    session: Session, actor: Actor, listing: Listing, limit: int = LIST_LENGTH, chosen: MatchFilter = NO_FILTER
) -> tuple[MatchView, ...]:
    """Return the best matches of one listing, best first, as `actor` may see them.

    Raises:
        Forbidden: the listing is neither the actor's own nor is he one who sees all matches.
    """
    if not can_see_matches_of(actor, listing):
        raise Forbidden(N_("只有发布单位、技术经纪人和科技主管部门可以查看匹配结果。"))
    side = ListingKind(listing.kind)
    query = queries.live_matches().where(queries.side_id(side) == listing.id, queries.seen_from(actor, side))
    query = queries.narrow(query, actor, chosen, side).order_by(*queries.best_first(actor, side))
    return tuple(view_match(row, actor) for row in session.scalars(query.limit(limit)).unique())


def own_matches_with(session: Session, actor: Actor, listing: Listing, limit: int = 3) -> tuple[MatchView, ...]:
    """Return the pairs of somebody else's listing with those of the actor's organization, best first, as he sees them.

    The caller has loaded `listing` for the actor.
    """
    own = ListingKind(listing.kind).other
    mine = sa.select(Listing.id).where(Listing.organization_id == actor.organization_id)
    query = queries.live_matches().where(queries.side_id(own.other) == listing.id, queries.side_id(own).in_(mine))
    query = query.where(queries.seen_from(actor, own)).order_by(*queries.best_first(actor, own))
    return tuple(view_match(row, actor) for row in session.scalars(query.limit(limit)).unique())


def can_see_matches_of(actor: Actor, listing: Listing) -> bool:
    """The owner, and those who see all pairs."""
    return owns(actor, listing) or can_see_all_matches(actor)


def best_matches(
    session: Session, actor: Actor, listing_ids: Sequence[int], each: int, chosen: MatchFilter = NO_FILTER
) -> dict[int, tuple[MatchView, ...]]:
    """Return the `each` best matches of several own listings, by listing id, best first; a fixed number of queries.

    The caller has authorised the listings.
    """
    ids = sa.union(*(queries.best_ids(actor, side, listing_ids, each, chosen) for side in ListingKind)).subquery()
    query = queries.live_matches().where(Match.id.in_(sa.select(ids.c.id))).add_columns(sinks(actor))
    found: dict[int, list[tuple[int, MatchView]]] = {listing_id: [] for listing_id in listing_ids}
    for row, is_sunk in session.execute(query).unique():
        for listing_id in {row.need_id, row.achievement_id} & found.keys():
            found[listing_id].append((is_sunk, view_match(row, actor)))
    return {key: _first(views, each) for key, views in found.items()}


def count_matches(
    session: Session,
    actor: Actor,
    listing_ids: Sequence[int],
    chosen: MatchFilter = NO_FILTER,
    *,
    kinds: Collection[str] = tuple(ListingKind),
) -> dict[int, int]:
    """Return how many matches each of several own listings, of these `kinds`, has as `actor` may see them."""
    counts = dict.fromkeys(listing_ids, 0)
    for side in filter(kinds.__contains__, ListingKind):
        column = queries.side_id(side)
        query = sa.select(column, sa.func.count()).where(Match.id.in_(queries.live_ids()), column.in_(listing_ids))
        query = queries.narrow(query.where(queries.seen_from(actor, side)), actor, chosen, side).group_by(column)
        counts.update({row[0]: row[1] for row in session.execute(query)})
    return counts


def get_match(session: Session, actor: Actor, match_id: int) -> MatchView:
    """Return one pair that `actor` may see.

    Raises:
        NotFound: there is none, or he may not know of it.
    """
    return view_match(load_match(session, actor, match_id), actor)


def get_matches(session: Session, actor: Actor, match_ids: Collection[int]) -> dict[int, MatchView]:
    """Return those of several pairs that `actor` may see, by id, with one query for all."""
    rows = session.scalars(queries.live_matches(match_ids)).unique()
    return {row.id: view_match(row, actor) for row in rows if _may_see(row, actor)} if match_ids else {}


def get_sides(session: Session, actor: Actor, match_ids: Collection[int]) -> dict[int, MatchSides]:
    """Return what those of several pairs are about that `actor` may see, by id, with one query for all."""
    if not match_ids:
        return {}
    query = sa.select(Match).where(Match.id.in_(queries.live_ids(match_ids))).options(*side_options())
    return {row.id: view_sides(row, actor) for row in session.scalars(query).unique() if _may_see(row, actor)}


def load_match(session: Session, actor: Actor, match_id: int) -> Match:
    """Return the row of a pair that `actor` may see.

    Raises:
        NotFound: there is none, or he may not know of it.
    """
    match = None
    if 0 < match_id <= LARGEST_ID:
        match = session.scalars(queries.live_matches((match_id,))).unique().one_or_none()
    if match is None or not _may_see(match, actor):
        raise NotFound(N_("没有找到这个匹配，它可能已随需求或成果一起撤下。"))
    return match


def _may_see(match: Match, actor: Actor) -> bool:
    if can_see_all_matches(actor):
        return not (kept_apart(actor, match.need) or kept_apart(actor, match.achievement))
    if owns(actor, match.need):
        return match.need_side_score is not None and can_read_listing(actor, match.achievement)
    if owns(actor, match.achievement):
        return match.achievement_side_score is not None and can_read_listing(actor, match.need)
    return False


def _first(found: list[tuple[int, MatchView]], each: int) -> tuple[MatchView, ...]:
    def place(one: tuple[int, MatchView]) -> tuple[bool, int, float, int]:
        is_sunk, view = one
        return view.proposed_by is None, is_sunk, -view.score, view.id

    return tuple(view for _, view in sorted(found, key=place)[:each])
