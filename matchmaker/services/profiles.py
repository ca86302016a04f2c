"""The profile of an organization: its public listings with filters and pages, and how complete it is."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, Revision
from matchmaker.domain.people import Organization
from matchmaker.domain.sub_units import SubUnit
from matchmaker.services.organizations import on_show
from matchmaker.services.sub_units import with_children

PAGE_SIZE = 10
LARGEST_ID = 2**63 - 1

# What makes a profile useful to others, in the order in which it should be filled in.
WANTED = {
    "credit_code": N_("统一社会信用代码"),
    "region": N_("所在地区"),
    "industry": N_("所属行业"),
    "size": N_("单位规模"),
    "summary": N_("单位简介"),
    "website": N_("网址"),
    "address": N_("地址"),
    "verified_at": N_("通过核验"),
}


@dataclass(frozen=True, slots=True)
class ProfileListings:
    """One page of the listings that an organization shows to everybody under its name; nothing else is counted.

    `kinds`, `fields` and `sub_units` count what there is of each, whatever is chosen.
    """

    rows: tuple[Listing, ...]
    total: int
    number: int
    pages: int
    kinds: dict[str, int]
    fields: dict[str, int]
    sub_units: dict[int, int]

    @property
    def all(self) -> int:
        """How many there are without any filter."""
        return sum(self.kinds.values())


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of a profile is filled in: labels of what is there and of what is missing."""

    done: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return len(self.done) / (len(self.done) + len(self.missing))


@dataclass(frozen=True, slots=True)
class SubUnitName:
    """A sub-unit as everybody sees it; `depth` is 0 at the top and 1 below."""

    id: int
    name: str
    depth: int


def profile_listings(
    session: Session,
    organization: Organization,
    *,
    kind: str | None = None,
    field: str | None = None,
    sub_unit: str | None = None,
    page: int = 1,
) -> ProfileListings:
    """Return the newest public listings of one kind, field and sub-unit (with those below it), or of all."""
    shown = on_show(organization).join(Revision, Revision.id == Listing.published_revision_id)
    kinds, fields, units = (
        _counts(session, shown, column) for column in (Listing.kind, Revision.field, Listing.sub_unit_id)
    )
    if kind in set(ListingKind):
        shown = shown.where(Listing.kind == kind)
    if field:
        shown = shown.where(Revision.field == field)
    if sub_unit and sub_unit.isascii() and sub_unit.isdigit() and int(sub_unit[:19]) <= LARGEST_ID:
        shown = shown.where(Listing.sub_unit_id.in_(with_children(session, organization.id, int(sub_unit[:19]))))
    total = session.scalar(shown.with_only_columns(sa.func.count(), maintain_column_froms=True)) or 0
    pages = max(1, -(-total // PAGE_SIZE))
    number = min(max(1, page), pages)
    newest = shown.order_by(Listing.published_at.desc(), Listing.id.desc())
    loaded = joinedload(Listing.published_revision).selectinload(Revision.indicators), joinedload(Listing.organization)
    rows = session.scalars(newest.options(*loaded).limit(PAGE_SIZE).offset((number - 1) * PAGE_SIZE))
    return ProfileListings(tuple(rows), total, number, pages, kinds, fields, units)


def completeness(organization: Organization) -> Completeness:
    """Return what of a profile is there and what is missing."""
    done = {name for name in WANTED if getattr(organization, name)}
    return Completeness(
        tuple(label for name, label in WANTED.items() if name in done),
        tuple(label for name, label in WANTED.items() if name not in done),
    )


def sub_unit_names(session: Session, organization_id: int) -> tuple[SubUnitName, ...]:
    """Return the sub-units of an organization as everybody sees them, in the order of the tree."""
    query = sa.select(SubUnit).where(SubUnit.organization_id == organization_id).order_by(SubUnit.id)
    rows = session.scalars(query).all()
    tree: list[SubUnitName] = []
    for top in (row for row in rows if row.parent_id is None):
        tree.append(SubUnitName(top.id, top.name, 0))
        tree += [SubUnitName(row.id, row.name, 1) for row in rows if row.parent_id == top.id]
    return tuple(tree)


def _counts(session: Session, shown: sa.Select[Listing], column: Any) -> dict[Any, int]:
    query = shown.with_only_columns(column, sa.func.count(), maintain_column_froms=True).group_by(column)
    return {row[0]: row[1] for row in session.execute(query) if row[0] is not None}
