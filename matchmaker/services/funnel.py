"""The funnel: how far what was collected has come, and why it was returned; every count opens to its listings.

Counted is what was begun in a span of days (the cohort), and how much of it ever reached each stage by the journal, so
that a stage never holds more than the one before it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain import codes
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState, Revision
from matchmaker.domain.people import Organization, OrganizationKind
from matchmaker.domain.permissions import Actor, can_see_funnel
from matchmaker.services.readings import note_titled

PAGE = 20
NO_BRANCH, NO_FIELD, NO_DISTRICT = 0, "-", "-"
"""Stand for organizations that belong to no branch, for listings without a field and organizations without a region."""


class Stage(StrEnum):
    """How far a listing has come; `RETURNED` is a way round, not a step."""

    COLLECTED = "collected"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"


class Grouping(StrEnum):
    """By what the rows of the table are counted."""

    FIELD = "field"
    BRANCH = "branch"
    KIND = "kind"


STEPS = (Stage.COLLECTED, Stage.SUBMITTED, Stage.PUBLISHED)
_STATE = {
    Stage.SUBMITTED: ListingState.SUBMITTED,
    Stage.RETURNED: ListingState.RETURNED,
    Stage.PUBLISHED: ListingState.PUBLISHED,
}


@dataclass(frozen=True, slots=True)
class Cohort:
    """What is counted: listings begun from `since` to `until` (both included), of one kind, field, branch and
    district (the region in which an organization's entry says that it sits)."""

    kind: str | None = None
    field: str | None = None
    branch: int | None = None
    since: date | None = None
    until: date | None = None
    district: str | None = None


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """Counts by stage; `value` is what the row stands for: a code, a branch's id, NO_FIELD or NO_BRANCH."""

    value: str
    name: str
    counts: dict[Stage, int]

    def share(self, stage: Stage, of: Stage = Stage.COLLECTED) -> float | None:
        """Part of one stage that reached another, from 0 to 1; None where nothing was there."""
        return self.counts[stage] / self.counts[of] if self.counts[of] else None


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many listings were ever returned for a reason (table `return_reasons`)."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class FunnelPage:
    """The whole of a cohort, the same in rows, and the reasons for return, the most frequent first."""

    cohort: Cohort
    total: FunnelRow
    rows: tuple[FunnelRow, ...]
    reasons: tuple[ReasonCount, ...]


@dataclass(frozen=True, slots=True)
class FunnelListing:
    """One listing behind a count."""

    id: int
    kind: str
    title: str
    organization_name: str
    state: str
    created_at: datetime
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FunnelListings:
    """One page of the listings behind a count. `unread` have not been submitted: only who posts them may read them."""

    listings: tuple[FunnelListing, ...]
    total: int
    unread: int
    number: int
    pages: int


def funnel(session: Session, actor: Actor, cohort: Cohort, by: Grouping = Grouping.FIELD) -> FunnelPage:
    """Count a cohort.

    Raises:
        Forbidden: the actor is neither of the bureau nor the administrator.
    """
    _require(actor)
    rows = _rows(session, cohort, by)
    total = FunnelRow("", "", {stage: sum(row.counts[stage] for row in rows) for stage in Stage})
    return FunnelPage(cohort, total, rows, _reasons(session, cohort))


def funnel_listings(
    session: Session, actor: Actor, cohort: Cohort, stage: Stage, reason: str | None = None, page: int = 1
) -> FunnelListings:
    """Return the listings of a cohort that ever reached `stage`, or were ever returned for `reason`, the newest first.

    Raises:
        Forbidden: the actor is neither of the bureau nor the administrator.
    """
    _require(actor)
    ids = [listing_id for listing_id, given in _returns(session, cohort) if reason in given] if reason else None
    counted = cohort_query(cohort).where(_reached(stage) if ids is None else Listing.id.in_(ids))
    read = sa.or_(
        Listing.published_revision_id.is_not(None),
        Listing.state.in_((ListingState.SUBMITTED, ListingState.RETURNED)),
    )
    whole, total = session.execute(
        counted.with_only_columns(sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((read, 1), else_=0)), 0))
    ).one()
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    found = session.execute(
        counted.with_only_columns(*_columns())
        .where(read)
        .order_by(Listing.created_at.desc(), Listing.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    ).all()
    reasons = dict(_returns(session, cohort, [row[0].id for row in found]))
    for listing, _title, _organization in found:
        note_titled(actor, listing)
    listings = tuple(
        FunnelListing(row.id, row.kind, title, name, row.state, row.created_at, tuple(sorted(reasons.get(row.id, ()))))
        for row, title, name in found
    )
    return FunnelListings(listings, total, whole - total, page, pages)


def branches(session: Session) -> Sequence[tuple[int, str]]:
    """Return id and name of every branch, by name."""
    query = sa.select(Organization.id, Organization.name).where(Organization.kind == OrganizationKind.BRANCH)
    return [(row.id, row.name) for row in session.execute(query.order_by(Organization.name, Organization.id))]


def _require(actor: Actor) -> None:
    if not can_see_funnel(actor):
        raise Forbidden(N_("只有科技主管部门可以查看这个页面。"))


def _columns() -> tuple[Any, ...]:
    return (Listing, _SHOWN.title, Organization.name)


_SHOWN = aliased(Revision)


def cohort_query(cohort: Cohort) -> sa.Select[Any]:
    """Return the query of a cohort's listings, with the revision that stands for each and its organization."""
    revision_id = sa.func.coalesce(Listing.published_revision_id, Listing.working_revision_id)
    return (
        sa.select(Listing.id)
        .join(_SHOWN, _SHOWN.id == revision_id)
        .join(Organization, Organization.id == Listing.organization_id)
        .where(*_conditions(cohort))
    )


def _conditions(cohort: Cohort) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if cohort.kind is not None:
        conditions.append(Listing.kind == cohort.kind)
    if cohort.field is not None:
        conditions.append(_SHOWN.field.is_(None) if cohort.field == NO_FIELD else _SHOWN.field == cohort.field)
    if cohort.branch is not None:
        branch = Organization.branch_id
        conditions.append(branch.is_(None) if cohort.branch == NO_BRANCH else branch == cohort.branch)
    if cohort.district is not None:
        region = Organization.region
        conditions.append(region.is_(None) if cohort.district == NO_DISTRICT else region == cohort.district)
    if cohort.since is not None:
        conditions.append(Listing.created_at >= _midnight(cohort.since))
    if cohort.until is not None:
        conditions.append(Listing.created_at < _midnight(cohort.until + timedelta(days=1)))
    return conditions


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CITY_ZONE)


def _moved() -> tuple[sa.ColumnElement[bool], ...]:
    return (JournalEntry.subject_kind == Listing.subject_kind, JournalEntry.action == "move")


def _reached(stage: Stage) -> sa.ColumnElement[bool]:
    if stage is Stage.COLLECTED:
        return sa.true()
    entry = sa.exists().where(*_moved(), JournalEntry.subject_id == Listing.id, JournalEntry.after == _STATE[stage])
    return entry.correlate(Listing)


def _rows(session: Session, cohort: Cohort, by: Grouping) -> tuple[FunnelRow, ...]:
    value: Any = {Grouping.KIND: Listing.kind, Grouping.FIELD: _SHOWN.field, Grouping.BRANCH: Organization.branch_id}[
        by
    ]
    counts = [sa.func.sum(sa.case((_reached(stage), 1), else_=0)) for stage in Stage]
    query = cohort_query(cohort).with_only_columns(value, *counts).group_by(value)
    names = dict(branches(session)) if by is Grouping.BRANCH else {}
    rows = [
        FunnelRow(_value(by, row[0]), _name(by, row[0], names), dict(zip(Stage, map(int, row[1:]), strict=True)))
        for row in session.execute(query)
    ]
    return tuple(sorted(rows, key=lambda row: (-row.counts[Stage.COLLECTED], row.name)))


def _value(by: Grouping, value: Any) -> str:
    return str(value or {Grouping.BRANCH: NO_BRANCH, Grouping.FIELD: NO_FIELD}[by])


def _name(by: Grouping, value: Any, branch_names: dict[int, str]) -> str:
    if by is Grouping.BRANCH:
        return branch_names.get(value, N_("不属于任何分中心"))
    if by is Grouping.KIND:
        return {"need": N_("技术需求"), "achievement": N_("科技成果")}[value]
    return codes.table("contract_fields").name(value) if value else N_("没有选择领域")


def _reasons(session: Session, cohort: Cohort) -> tuple[ReasonCount, ...]:
    counts = Counter(reason for _, given in _returns(session, cohort) for reason in given)
    return tuple(ReasonCount(code, count) for code, count in sorted(counts.items(), key=lambda row: (-row[1], row[0])))


def _returns(session: Session, cohort: Cohort, ids: Sequence[int] | None = None) -> list[tuple[int, frozenset[str]]]:
    """Return the codes for which each listing was ever returned."""
    query = (
        cohort_query(cohort)
        .join(JournalEntry, JournalEntry.subject_id == Listing.id)
        .where(*_moved(), JournalEntry.after == ListingState.RETURNED)
        .with_only_columns(Listing.id, JournalEntry.reason)
    )
    if ids is not None:
        query = query.where(Listing.id.in_(ids))
    given: dict[int, set[str]] = {}
    for listing_id, reason in session.execute(query):
        given.setdefault(listing_id, set()).update(filter(None, (reason or "").split(",")))
    return [(listing_id, frozenset(reasons)) for listing_id, reasons in given.items()]
