"""Listings, by their first publication in the journal: an edited or reopened one counts no second time."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from matchmaker.domain.indicators import Definition
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.listings import Listing, ListingState, Revision
from matchmaker.domain.people import Organization
from matchmaker.services.ledger.rules.reading import ONE, Reading, Row, city_day


def published_listings(reading: Reading, definition: Definition) -> Iterable[Row]:
    """Listings of the kind `kind` that were published for the first time."""
    return reading.shared(publications).get(definition.parameters["kind"], ())


def publications(reading: Reading) -> dict[str, list[Row]]:
    """Return the span's first publications of every kind of listing, in one query for all of them."""
    earlier = aliased(JournalEntry)
    # Wrapped so that no index over states is used here: it would be searched through for each listing.
    before = sa.exists().where(
        earlier.subject_kind == Listing.subject_kind,
        earlier.subject_id == JournalEntry.subject_id,
        sa.func.coalesce(earlier.after, "") == ListingState.PUBLISHED,
        earlier.action == "move",
        earlier.at < reading.starts_at,
    )
    first = (
        sa.select(JournalEntry.subject_id, sa.func.min(JournalEntry.at).label("at"))
        .where(*_published(JournalEntry), reading.within(JournalEntry.at), ~before)
        .group_by(JournalEntry.subject_id)
        .subquery()
    )
    shown = sa.func.coalesce(Listing.published_revision_id, Listing.working_revision_id)
    rows = reading.session.execute(
        sa.select(Listing.kind, Listing.id, first.c.at, Organization.branch_id, Revision.field, Organization.id)
        .join(first, first.c.subject_id == Listing.id)
        .join(Organization, Organization.id == Listing.organization_id)
        .join(Revision, Revision.id == shown)
    )
    found: dict[str, list[Row]] = {}
    for kind, listing_id, at, branch_id, field, organization_id in rows:
        row = Row(Listing.subject_kind, listing_id, city_day(at), ONE, branch_id, field, organization_id)
        found.setdefault(kind, []).append(row)
    return found


def _published(entry: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        entry.subject_kind == Listing.subject_kind,
        entry.action == "move",
        entry.after == ListingState.PUBLISHED,
    )
