"""Dashboards: what waits for the viewer and what is new, counted by the database in a fixed number of queries."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, ListingState, Revision, not_suspended
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_confirm_brokers, can_post_for_client, can_review
from matchmaker.services.brokers import brokers_to_confirm
from matchmaker.services.dashboard_views import (
    BrokerDashboard,
    BureauDashboard,
    Funnel,
    MatchTeaser,
    PartyDashboard,
    PendingBroker,
    ReviewQueue,
    StateCount,
    WaitingListing,
)
from matchmaker.services.grading.queue import queue_of
from matchmaker.services.ledger import figures
from matchmaker.services.match_queries import MatchFilter, Standing, live_ids
from matchmaker.services.matches import match_page
from matchmaker.services.merging import proposed_merges
from matchmaker.services.verification_desk import count_waiting

FEW = 5
NEW_DAYS = 7
GOOD_GRADE = 2
WAITING_STATES = (ListingState.DRAFT, ListingState.CONFIRMING, ListingState.RETURNED)


def party_dashboard(session: Session, actor: Actor) -> PartyDashboard:
    """Return what concerns the actor's own organization.

    Raises:
        Forbidden: he acts for no organization.
    """
    if actor.organization_id is None:
        raise Forbidden(N_("加入一个单位之后才有工作台。"))
    own = Listing.organization_id == actor.organization_id
    waiting = _waiting(session, own)
    since = utc_now() - timedelta(days=NEW_DAYS)
    return PartyDashboard(
        states=_states(session, own),
        returned=tuple(row for row in waiting if row.state == ListingState.RETURNED),
        confirming=tuple(row for row in waiting if row.state == ListingState.CONFIRMING),
        drafts=tuple(row for row in waiting if row.state == ListingState.DRAFT),
        new=_teaser(session, actor, MatchFilter(grade=GOOD_GRADE, decided=Standing.UNDECIDED, since=since)),
        wanted=_teaser(session, actor, MatchFilter(decided=Standing.WANTED)),
        mutual=_teaser(session, actor, MatchFilter(decided=Standing.MUTUAL)),
    )


def broker_dashboard(session: Session, actor: Actor) -> BrokerDashboard:
    """Return what a broker has to do.

    Raises:
        Forbidden: the actor is no broker.
    """
    if not can_post_for_client(actor):
        raise Forbidden(N_("只有技术经纪人可以查看这个工作台。"))
    return BrokerDashboard(
        review=_review_queue(session, actor),
        undecided=_teaser(session, actor, MatchFilter(grade=GOOD_GRADE, decided=Standing.UNDECIDED)),
        mutual=_teaser(session, actor, MatchFilter(decided=Standing.MUTUAL)),
        clients=_waiting(session, Listing.broker_id == actor.user_id),
        to_grade=len(queue_of(session, actor)),
    )


def bureau_dashboard(session: Session, actor: Actor) -> BureauDashboard:
    """Return the state of the whole market.

    Raises:
        Forbidden: the actor is neither of the bureau nor the administrator.
    """
    if not can_confirm_brokers(actor):
        raise Forbidden(N_("只有科技主管部门可以查看这个工作台。"))
    return BureauDashboard(
        funnels=_funnels(session),
        figures=figures(session, actor, today().year, compared=False),
        review=_review_queue(session, actor),
        brokers=_pending_brokers(session, actor),
        verifications=count_waiting(session),
        merges=len(proposed_merges(session, actor)),
        mutual=_teaser(session, actor, MatchFilter(decided=Standing.MUTUAL)),
        grades=_grades(session),
        organizations=_count_organizations(session),
    )


def _count_organizations(session: Session) -> int:
    kept = sa.select(sa.func.count()).select_from(Organization).where(Organization.merged_into_id.is_(None))
    return session.scalar(kept) or 0


def _teaser(session: Session, actor: Actor, chosen: MatchFilter) -> MatchTeaser:
    page = match_page(session, actor, chosen, size=FEW)
    return MatchTeaser(page.total, page.matches)


def _states(session: Session, condition: sa.ColumnElement[bool]) -> tuple[StateCount, ...]:
    query = sa.select(Listing.kind, Listing.state, sa.func.count()).where(condition)
    rows = session.execute(query.group_by(Listing.kind, Listing.state))
    return tuple(StateCount(kind, state, count) for kind, state, count in rows)


def _waiting(session: Session, condition: sa.ColumnElement[bool]) -> tuple[WaitingListing, ...]:
    """Listings whose working revision is a draft, waits for its client, or came back; the latest first."""
    columns: Any = (
        Listing.id,
        Listing.kind,
        Revision.title,
        Organization.name,
        Revision.state,
        Revision.updated_at,
        Revision.advice,
        Revision.advice_reasons,
    )
    rows = session.execute(
        sa.select(*columns)
        .join(Revision, Listing.working_revision_id == Revision.id)
        .join(Organization, Listing.organization_id == Organization.id)
        .where(condition, Listing.state != ListingState.CLOSED, Revision.state.in_(WAITING_STATES))
        .order_by(Revision.updated_at.desc(), Listing.id.desc())
    )
    return tuple(
        WaitingListing(listing_id, kind, title, name, state, at, advice, tuple(reasons or ()))
        for listing_id, kind, title, name, state, at, advice, reasons in rows
    )


def _review_queue(session: Session, actor: Actor) -> ReviewQueue:
    if not can_review(actor):
        return ReviewQueue(0, None)
    others = sa.or_(Listing.broker_id.is_(None), Listing.broker_id != actor.user_id)
    count, oldest = session.execute(
        sa.select(sa.func.count(), sa.func.min(Revision.submitted_at))
        .select_from(Revision)
        .join(Listing, Listing.working_revision_id == Revision.id)
        .where(Revision.state == ListingState.SUBMITTED, Listing.organization_id != actor.organization_id, others)
        .where(not_suspended())
    ).one()
    return ReviewQueue(count, oldest)


def _funnels(session: Session) -> tuple[Funnel, ...]:
    moved = sa.select(Listing.kind, JournalEntry.after, sa.func.count(sa.distinct(Listing.id)))
    moved = moved.join(Listing, JournalEntry.subject_id == Listing.id)
    moved = moved.where(JournalEntry.subject_kind == Listing.subject_kind, JournalEntry.action == "move")
    ever = {
        (kind, state): count for kind, state, count in session.execute(moved.group_by(Listing.kind, JournalEntry.after))
    }
    now = {(row.kind, row.state): row.count for row in _states(session, sa.true())}
    return tuple(_funnel(kind, ever, now) for kind in ListingKind)


def _funnel(kind: str, ever: dict[tuple[str, str | None], int], now: dict[tuple[str, str], int]) -> Funnel:
    return Funnel(
        kind=kind,
        collected=sum(count for (of_kind, _), count in now.items() if of_kind == kind),
        submitted=ever.get((kind, ListingState.SUBMITTED), 0),
        published=ever.get((kind, ListingState.PUBLISHED), 0),
        returned=ever.get((kind, ListingState.RETURNED), 0),
        waiting=now.get((kind, ListingState.SUBMITTED), 0),
        live=now.get((kind, ListingState.PUBLISHED), 0),
    )


def _pending_brokers(session: Session, actor: Actor) -> tuple[PendingBroker, ...]:
    return tuple(
        PendingBroker(row.id, row.user.name, row.organization_id, row.organization.name, row.created_at)
        for row in brokers_to_confirm(session, actor)
    )


def _grades(session: Session) -> dict[int, int]:
    query = sa.select(Match.grade, sa.func.count()).where(Match.id.in_(live_ids())).group_by(Match.grade)
    counts = {row[0]: row[1] for row in session.execute(query)}
    return {grade: counts.get(grade, 0) for grade in (3, 2, 1, 0)}
