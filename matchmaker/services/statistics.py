"""What became of a listing: seen, matched, contacted; in a fixed number of queries for one or for many."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.forwardings import Forwarding
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.domain.matches import Decision, Match, MatchDecision
from matchmaker.domain.permissions import Actor, can_read_inside
from matchmaker.domain.visits import ListingVisit
from matchmaker.services import match_queries as queries
from matchmaker.services.match_queries import MatchFilter
from matchmaker.services.matches import count_matches

DAYS = 30
GOOD_GRADE = 2
GRADES = (3, 2, 1)


@dataclass(frozen=True, slots=True)
class Figures:
    """The few numbers of a listing in a list: organizations and other visitors that saw it, matches of grade 较强 or
    better, organizations of the other side that are interested."""

    organizations: int = 0
    visitors: int = 0
    matches: int = 0
    interested: int = 0


@dataclass(frozen=True, slots=True)
class DayCount:
    """Who saw a listing on one day."""

    on: date
    organizations: int
    visitors: int

    @property
    def total(self) -> int:
        """Organizations and other visitors together."""
        return self.organizations + self.visitors


@dataclass(frozen=True, slots=True)
class Statistics:
    """All numbers of one listing.

    `lists` counts the match lists of others in which it stands, `grades` its own pairs by grade as its owner sees them,
    `interested` the pairs whose other side is interested, `mutual` those in which both are, `forwarded` how often
    others passed it on; `days` are the last 30, the oldest first.
    """

    figures: Figures
    lists: int
    grades: dict[int, int]
    mutual: int
    forwarded: int
    days: tuple[DayCount, ...]

    @property
    def busiest(self) -> int:
        """The largest count of a day, at least 1: the scale of a chart."""
        return max(1, *(day.total for day in self.days))


def figures_of(
    session: Session, actor: Actor, listing_ids: Sequence[int], *, kinds: Collection[str] = tuple(ListingKind)
) -> dict[int, Figures]:
    """Return the numbers of several own listings of these `kinds`, by id; the caller has authorised them."""
    seen = _seen(session, listing_ids)
    matched = count_matches(session, actor, listing_ids, MatchFilter(grade=GOOD_GRADE), kinds=kinds)
    wanted = _interested(session, actor, listing_ids, kinds)
    return {
        listing_id: Figures(*seen.get(listing_id, (0, 0)), matched[listing_id], wanted.get(listing_id, 0))
        for listing_id in listing_ids
    }


def statistics_of(session: Session, actor: Actor, listing: Listing) -> Statistics:
    """Return the numbers of one listing.

    Raises:
        Forbidden: the actor may not read inside.
    """
    if not can_read_inside(actor, listing):
        raise Forbidden(N_("只有发布方、技术经纪人和科技局可以查看统计。"))
    side = ListingKind(listing.kind)
    pairs = queries.side_id(side) == listing.id, queries.seen_from(actor, side), Match.id.in_(queries.live_ids())
    listed = Match.in_achievement_list if side is ListingKind.NEED else Match.in_need_list
    grade, count = queries.grade_seen(actor, side), sa.func.count()
    counted = sa.select(grade, count, count.filter(listed), count.filter(queries.is_mutual()))
    rows = session.execute(counted.where(*pairs).group_by(grade)).all()
    graded = {row[0]: row[1] for row in rows}
    return Statistics(
        figures=figures_of(session, actor, [listing.id], kinds=[side])[listing.id],
        lists=sum(row[2] for row in rows),
        grades={each: graded.get(each, 0) for each in GRADES},
        mutual=sum(row[3] for row in rows),
        forwarded=_forwarded(session, listing),
        days=_days(session, listing),
    )


def _seen(session: Session, listing_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Distinct organizations; visitors are told apart within a day only, so theirs are the sum of the days."""
    rows = session.execute(
        sa.select(
            ListingVisit.listing_id,
            sa.func.count(sa.distinct(ListingVisit.organization_id)),
            sa.func.count().filter(ListingVisit.organization_id.is_(None)),
        )
        .where(ListingVisit.listing_id.in_(listing_ids))
        .group_by(ListingVisit.listing_id)
    )
    return {listing_id: (organizations, visitors) for listing_id, organizations, visitors in rows}


def _interested(session: Session, actor: Actor, listing_ids: Sequence[int], kinds: Collection[str]) -> Counter[int]:
    """How many pairs there are whose other side has said that it is interested."""
    found: Counter[int] = Counter()
    for side in filter(kinds.__contains__, ListingKind):
        mine, other = queries.side_id(side), aliased(Listing)
        said = (MatchDecision.organization_id == other.organization_id, MatchDecision.decision == Decision.INTERESTED)
        rows = session.execute(
            sa.select(mine, sa.func.count())
            .join(other, other.id == queries.side_id(side.other))
            .join(MatchDecision, sa.and_(MatchDecision.match_id == Match.id, *said))
            .where(mine.in_(listing_ids), queries.seen_from(actor, side))
            .group_by(mine)
        )
        found.update({row[0]: row[1] for row in rows})
    return found


def _forwarded(session: Session, listing: Listing) -> int:
    mine: Any = queries.side_id(ListingKind(listing.kind))
    query = sa.select(sa.func.count()).select_from(Forwarding).join(Match, Match.id == Forwarding.match_id)
    return session.scalar(query.where(mine == listing.id, Forwarding.organization_id != listing.organization_id)) or 0


def _days(session: Session, listing: Listing) -> tuple[DayCount, ...]:
    first = today() - timedelta(days=DAYS - 1)
    rows = session.execute(
        sa.select(
            ListingVisit.on,
            sa.func.count().filter(ListingVisit.organization_id.is_not(None)),
            sa.func.count().filter(ListingVisit.organization_id.is_(None)),
        )
        .where(ListingVisit.listing_id == listing.id, ListingVisit.on >= first)
        .group_by(ListingVisit.on)
    )
    counted = {on: (organizations, visitors) for on, organizations, visitors in rows}
    days = (first + timedelta(days=place) for place in range(DAYS))
    return tuple(DayCount(day, *counted.get(day, (0, 0))) for day in days)
