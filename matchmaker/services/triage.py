"""Triage: every pair of an organization's listings in one queue, decided one after another.

Whose other side is interested comes first, then what was found most recently, then what fits best; fields that the
organization keeps declining come last.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, Revision, on_market
from matchmaker.domain.matches import Match, MatchDecision
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import Actor
from matchmaker.services import match_queries as queries
from matchmaker.services.match_queries import MatchFilter, Standing
from matchmaker.services.match_views import MatchView, match_options, view_match
from matchmaker.services.shaping.sinking import sinks

PAGE = 40
MOST_EXPORTED = 20_000
BATCH = 500
TRIAGERS = frozenset({Role.ENTERPRISE, Role.UNIVERSITY})


@dataclass(frozen=True, slots=True)
class TriageFilter:
    """What to narrow the queue by: one own listing, the field of the need, the least grade, and how it was decided."""

    listing_id: int | None = None
    field: str | None = None
    grade: int | None = 1
    decided: str | None = Standing.UNDECIDED

    @property
    def of_pairs(self) -> MatchFilter:
        """The part that every list of pairs knows."""
        return MatchFilter(grade=self.grade, field=self.field, decided=self.decided)

    @property
    def scope(self) -> "TriageFilter":
        """The same whatever was decided: what progress is measured by."""
        return TriageFilter(self.listing_id, self.field, self.grade, None)


@dataclass(frozen=True, slots=True)
class OwnListing:
    """One of the organization's listings, to narrow by; `open` is how many of its pairs nobody has decided about."""

    id: int
    kind: str
    title: str
    open: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the pairs within the filter, however decided, the organization has decided about."""

    done: int
    total: int

    @property
    def share(self) -> float:
        """The part that is done; 1 where there is nothing to do."""
        return self.done / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True)
class TriagePage:
    """One page of the queue; `total` counts all pages."""

    matches: tuple[MatchView, ...]
    total: int
    number: int
    progress: Progress

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // PAGE))

    @property
    def first(self) -> int:
        """Position of the first pair of this page in the queue, from 1."""
        return (self.number - 1) * PAGE + 1


def can_triage(actor: Actor) -> bool:
    """The two sides of the market; brokers and the bureau have lists of all pairs instead."""
    return actor.organization_id is not None and actor.role in TRIAGERS


def require_triager(actor: Actor) -> None:
    """Let pass only members of the two sides of the market.

    Raises:
        Forbidden: the actor is none.
    """
    if not can_triage(actor):
        raise Forbidden(N_("只有企业和高校院所的成员可以逐条处理匹配。"))


def triage_page(session: Session, actor: Actor, chosen: TriageFilter, page: int = 1) -> TriagePage:
    """Return one page of the queue.

    Raises:
        Forbidden: the actor belongs to neither side of the market.
    """
    require_triager(actor)
    measured = progress(session, actor, chosen)
    total = measured.total if chosen.decided is None else _count(session, actor, chosen)
    pages = max(1, -(-total // PAGE))
    number = min(max(page, 1), pages)
    ids = session.scalars(_ordered(actor, chosen).limit(PAGE).offset((number - 1) * PAGE)).all()
    return TriagePage(_views(session, actor, ids), total, number, measured)


def progress(session: Session, actor: Actor, chosen: TriageFilter) -> Progress:
    """Return how far the organization has come within a filter."""
    decided = sa.func.count(sa.distinct(MatchDecision.match_id))
    mine = sa.and_(MatchDecision.match_id == Match.id, MatchDecision.organization_id == actor.organization_id)
    query = _queue(actor, chosen.scope).outerjoin(MatchDecision, mine)
    done, total = session.execute(query.with_only_columns(decided, sa.func.count(sa.distinct(Match.id)))).one()
    return Progress(done, total)


def next_after(session: Session, actor: Actor, chosen: TriageFilter, match_id: int) -> int | None:
    """Return the pair that follows in the queue, else the first one; None where there is no other."""
    ids = session.scalars(_ordered(actor, chosen)).all()
    place = ids.index(match_id) if match_id in ids else -1
    others = [*ids[place + 1 :], *ids[: max(place, 0)]]
    return others[0] if others else None


def own_listings(session: Session, actor: Actor) -> tuple[OwnListing, ...]:
    """Return the organization's published listings by title, each with the number of its undecided pairs."""
    counts: dict[int, int] = {}
    chosen = TriageFilter()
    for side in ListingKind:
        column = queries.side_id(side)
        rows = session.execute(_queue(actor, chosen).with_only_columns(column, sa.func.count()).group_by(column))
        counts |= {row[0]: row[1] for row in rows}
    rows = session.execute(
        sa.select(Listing.id, Listing.kind, Revision.title)
        .join(Revision, Revision.id == Listing.published_revision_id)
        .where(Listing.organization_id == actor.organization_id, on_market(Listing))
        .order_by(Revision.title, Listing.id)
    )
    return tuple(OwnListing(row[0], row[1], row[2], counts.get(row[0], 0)) for row in rows)


def ids_to_export(session: Session, actor: Actor, chosen: TriageFilter) -> Sequence[int]:
    """Return the pairs of the whole queue.

    Raises:
        Forbidden: the actor belongs to neither side of the market.
        Invalid: there are more than MOST_EXPORTED.
    """
    require_triager(actor)
    ids = session.scalars(_ordered(actor, chosen).limit(MOST_EXPORTED + 1)).all()
    if len(ids) > MOST_EXPORTED:
        raise Invalid(N_("符合条件的匹配超过 %(most)s 对，请先缩小条件再导出。"), most=MOST_EXPORTED)
    return ids


def in_batches(session: Session, actor: Actor, ids: Sequence[int]) -> Iterator[tuple[MatchView, ...]]:
    """Yield pairs of `ids_to_export`, a few hundred at a time; what the session has read before is let go."""
    for start in range(0, len(ids), BATCH):
        yield _views(session, actor, ids[start : start + BATCH])
        session.expunge_all()


def _queue(actor: Actor, chosen: TriageFilter) -> sa.Select[Any]:
    """Ids of the pairs of the actor's own listings that he may see, on the market, within the filter."""
    need, achievement = aliased(Listing), aliased(Listing)
    query = (
        sa.select(Match.id)
        .join(need, need.id == Match.need_id)
        .join(achievement, achievement.id == Match.achievement_id)
        .where(on_market(need), on_market(achievement), queries.visible(actor))
    )
    if chosen.listing_id is not None:
        query = query.where(sa.or_(Match.need_id == chosen.listing_id, Match.achievement_id == chosen.listing_id))
    return queries.narrow(query, actor, chosen.of_pairs)


def _ordered(actor: Actor, chosen: TriageFilter) -> sa.Select[Any]:
    wanted = sa.case((queries.is_wanted(actor), 0), else_=1)
    found_on = sa.func.date(Match.created_at).desc()
    by_hand = Match.proposed_by_id.is_(None)
    last = sinks(actor)
    return _queue(actor, chosen).order_by(wanted, by_hand, last, found_on, queries.score_seen(actor).desc(), Match.id)


def _count(session: Session, actor: Actor, chosen: TriageFilter) -> int:
    return session.scalar(_queue(actor, chosen).with_only_columns(sa.func.count())) or 0


def _views(session: Session, actor: Actor, ids: Sequence[int]) -> tuple[MatchView, ...]:
    rows = session.scalars(sa.select(Match).where(Match.id.in_(ids)).options(*match_options())).unique()
    found = {row.id: view_match(row, actor) for row in rows}
    return tuple(found[match_id] for match_id in ids if match_id in found)
