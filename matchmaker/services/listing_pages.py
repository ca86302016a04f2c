"""Lists of listings for the people who work on them: my own, and those that wait at the review desk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState, Revision, not_suspended
from matchmaker.domain.people import Organization, User
from matchmaker.domain.permissions import Actor, can_review, can_review_listing
from matchmaker.domain.validity import REMINDER_DAYS
from matchmaker.services.listing_actions import actions
from matchmaker.services.sub_units import with_children

PAGE_SIZE = 20
ENDING = "ending"
"""What stands in place of a state for published listings whose last valid day is near."""


@dataclass(frozen=True, slots=True)
class ListingRow:
    """One listing in a list. `title` and `saved_at` are the working revision's where there is one.

    `waiting` is the state of a new revision of a published listing, None where there is none.
    """

    id: int
    kind: str
    title: str
    state: str
    waiting: str | None
    visibility: str
    organization_name: str
    owner_name: str
    broker_name: str
    sub_unit: str
    saved_at: datetime
    submitted_at: datetime | None
    published_at: datetime | None
    valid_until: date | None
    advice: str
    close_reason: str | None
    actions: frozenset[str]


@dataclass(frozen=True, slots=True)
class ListingPage:
    """One page of rows; `counts` by state over all of them, whatever the page shows, and `ending` of those that end
    soon."""

    rows: tuple[ListingRow, ...]
    total: int
    number: int
    pages: int
    counts: dict[str, int]
    ending: int = 0


def my_listings(
    session: Session,
    actor: Actor,
    *,
    state: str | None = None,
    kind: str | None = None,
    text: str = "",
    sub_unit_id: int | None = None,
    page: int = 1,
) -> ListingPage:
    """Return what the actor's organization posted, or he for his clients, last saved first.

    `state` may be `ENDING`: what is published and ends within the days of the first reminder, the first to end first.
    """
    mine = [sa.or_(Listing.organization_id == actor.organization_id, Listing.broker_id == actor.user_id)]
    if kind is not None:
        mine.append(Listing.kind == kind)
    if sub_unit_id is not None and actor.organization_id is not None:
        mine.append(Listing.sub_unit_id.in_(with_children(session, actor.organization_id, sub_unit_id)))
    working = aliased(Revision)
    if text.strip():
        mine.append(working.title.icontains(text.strip()[:100], autoescape=True))
    joined = sa.select(Listing).join(working, working.id == _shown_revision())
    counts = _counts(session, joined.where(*mine))
    ending = _count(session, joined.where(*mine, *ends_soon()))
    if state == ENDING:
        ordered = joined.where(*mine, *ends_soon()).order_by(Listing.valid_until, Listing.id)
        return replace(_page(session, actor, ordered, ending, page, counts), ending=ending)
    wanted = joined.where(*mine) if state is None else joined.where(*mine, Listing.state == state)
    total = counts.get(state, 0) if state else sum(counts.values())
    ordered = wanted.order_by(working.updated_at.desc(), Listing.id.desc())
    return replace(_page(session, actor, ordered, total, page, counts), ending=ending)


def ends_soon() -> tuple[sa.ColumnElement[bool], ...]:
    """The conditions of a published listing whose owner has been, or is to be, reminded that it ends."""
    first = timedelta(days=max(REMINDER_DAYS))
    return Listing.state == ListingState.PUBLISHED, Listing.valid_until <= today() + first


def review_queue(
    session: Session,
    actor: Actor,
    *,
    kind: str | None = None,
    field: str | None = None,
    is_update: bool | None = None,
    page: int = 1,
) -> ListingPage:
    """Return what waits for review, the longest waiting first; `counts` are by kind.

    `is_update` keeps new revisions of published listings only (True) or first ones only (False). What the actor may not
    review himself is in the list, without "review" among its actions.

    Raises:
        Forbidden: the actor does not sit at the review desk.
    """
    _require_desk(actor)
    working = aliased(Revision)
    joined = sa.select(Listing).join(working, working.id == Listing.working_revision_id)
    wanted = [
        working.state == ListingState.SUBMITTED,
        Listing.state != ListingState.CLOSED,
        not_suspended(),
        Listing.organization_id.not_in(actor.avoided),
    ]
    if field is not None:
        wanted.append(working.field == field)
    if is_update is not None:
        wanted.append(
            Listing.published_revision_id.is_not(None) if is_update else Listing.published_revision_id.is_(None)
        )
    counts = _counts(session, joined.where(*wanted), Listing.kind)
    if kind is not None:
        wanted.append(Listing.kind == kind)
    total = counts.get(kind, 0) if kind else sum(counts.values())
    ordered = joined.where(*wanted).order_by(working.submitted_at, Listing.id)
    return _page(session, actor, ordered, total, page, counts)


def next_to_review(session: Session, actor: Actor, after: int = 0) -> int | None:
    """Return the listing that waits longest among those that the actor may review, other than `after`."""
    _require_desk(actor)
    waiting = session.scalars(
        sa.select(Listing)
        .join(Revision, Revision.id == Listing.working_revision_id)
        .where(
            Revision.state == ListingState.SUBMITTED,
            Listing.state != ListingState.CLOSED,
            Listing.id != after,
            not_suspended(),
        )
        .order_by(Revision.submitted_at, Listing.id)
        .limit(PAGE_SIZE)
    )
    return next((listing.id for listing in waiting if can_review_listing(actor, listing)), None)


def _require_desk(actor: Actor) -> None:
    if not can_review(actor):
        raise Forbidden(N_("只有科技局和技术经纪人可以审核。"))


def _shown_revision() -> sa.ColumnElement[int | None]:
    return sa.func.coalesce(Listing.working_revision_id, Listing.published_revision_id)


def _counts(
    session: Session, query: sa.Select[Listing], by: sa.orm.InstrumentedAttribute[str] = Listing.state
) -> dict[str, int]:
    rows = session.execute(query.with_only_columns(by, sa.func.count()).group_by(by))
    return {row[0]: row[1] for row in rows}


def _count(session: Session, query: sa.Select[Listing]) -> int:
    return session.scalar(query.with_only_columns(sa.func.count())) or 0


def _page(
    session: Session,
    actor: Actor,
    query: sa.Select[Listing],
    total: int,
    page: int,
    counts: dict[str, int],
) -> ListingPage:
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, page), pages)
    found = session.scalars(
        query.options(
            joinedload(Listing.organization).load_only(Organization.name),
            joinedload(Listing.owner).load_only(User.name),
            joinedload(Listing.broker).load_only(User.name),
            joinedload(Listing.working_revision),
            joinedload(Listing.published_revision),
        )
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    ).all()
    return ListingPage(_rows(actor, found), total, page, pages, counts)


def _rows(actor: Actor, listings: Sequence[Listing]) -> tuple[ListingRow, ...]:
    return tuple(_row(actor, listing) for listing in listings)


def _row(actor: Actor, listing: Listing) -> ListingRow:
    shown = listing.working_revision or listing.current
    return ListingRow(
        id=listing.id,
        kind=listing.kind,
        title=shown.title,
        state=listing.state,
        waiting=shown.state if listing.is_live and listing.working_revision else None,
        visibility=shown.visibility,
        organization_name=listing.organization.name,
        owner_name=listing.owner.name if listing.owner else "",
        broker_name=listing.broker.name if listing.broker else "",
        sub_unit=listing.sub_unit.name if listing.sub_unit else "",
        saved_at=shown.updated_at,
        submitted_at=shown.submitted_at,
        published_at=listing.published_at,
        valid_until=listing.valid_until,
        advice=(shown.advice or "") if shown.state in {ListingState.RETURNED, ListingState.DRAFT} else "",
        close_reason=listing.close_reason,
        actions=actions(actor, listing),
    )
