"""The home page: what is on the platform now, for anybody who looks."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from matchmaker.domain.listings import Listing, ListingKind, Revision, on_market
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor
from matchmaker.services.listing_views import ListingView
from matchmaker.services.projection import project
from matchmaker.services.readable import readable

NEWEST = 6
GOOD_GRADE = 2


@dataclass(frozen=True, slots=True)
class HomeView:
    """Counts of what is live now, and the newest of each kind. `good_matches` are pairs graded 较强 or better."""

    needs: int
    achievements: int
    organizations: int
    good_matches: int
    newest_needs: tuple[ListingView, ...]
    newest_achievements: tuple[ListingView, ...]


def home_view(session: Session, actor: Actor) -> HomeView:
    """Count and list what `actor` may read; listings for brokers only are neither shown nor counted to others."""
    return HomeView(
        needs=_count(session, actor, ListingKind.NEED),
        achievements=_count(session, actor, ListingKind.ACHIEVEMENT),
        organizations=_count_organizations(session),
        good_matches=_count_good_matches(session),
        newest_needs=_newest(session, actor, ListingKind.NEED),
        newest_achievements=_newest(session, actor, ListingKind.ACHIEVEMENT),
    )


def _readable(actor: Actor, kind: ListingKind) -> tuple[sa.ColumnElement[bool], ...]:
    return on_market(), Listing.kind == kind, readable(actor)


def _count(session: Session, actor: Actor, kind: ListingKind) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Listing).where(*_readable(actor, kind))) or 0


def _count_organizations(session: Session) -> int:
    active = (Organization.verified_at.is_not(None), Organization.suspended_at.is_(None))
    return session.scalar(sa.select(sa.func.count()).select_from(Organization).where(*active)) or 0


def _count_good_matches(session: Session) -> int:
    need, achievement = aliased(Listing), aliased(Listing)
    return (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(Match)
            .join(need, Match.need_id == need.id)
            .join(achievement, Match.achievement_id == achievement.id)
            .where(
                Match.grade >= GOOD_GRADE,
                on_market(need),
                on_market(achievement),
            )
        )
        or 0
    )


def _newest(session: Session, actor: Actor, kind: ListingKind) -> tuple[ListingView, ...]:
    rows = session.scalars(
        sa.select(Listing)
        .where(*_readable(actor, kind))
        .order_by(Listing.published_at.desc(), Listing.id.desc())
        .limit(NEWEST)
        .options(
            joinedload(Listing.organization),
            joinedload(Listing.published_revision).selectinload(Revision.indicators),
        )
    )
    return tuple(project(row, actor) for row in rows)
