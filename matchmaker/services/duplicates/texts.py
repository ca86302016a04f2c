"""What of a listing is compared: all that it says now, as those read it who read everything."""

import sqlalchemy as sa

from matchmaker.domain.listings import Listing, ListingState, Revision
from matchmaker.services.projection import document, full_scope

SHOWN_STATES = (ListingState.SUBMITTED, ListingState.PUBLISHED)


def shown_revision_id() -> sa.ColumnElement[int | None]:
    """Return the id of a listing's newest revision that stands at the review desk or is published, as SQL."""
    submitted = (
        sa.select(Revision.id)
        .where(Revision.id == Listing.working_revision_id, Revision.state == ListingState.SUBMITTED)
        .correlate(Listing)
        .scalar_subquery()
    )
    return sa.func.coalesce(submitted, Listing.published_revision_id)


def shown_revision(listing: Listing) -> Revision | None:
    """The same of a listing that is loaded."""
    working = listing.working_revision
    return working if working is not None and working.state == ListingState.SUBMITTED else listing.published_revision


def full_text(listing: Listing, revision: Revision) -> str:
    """Return title and body as one text."""
    shown = document(listing, revision, full_scope(revision))
    return f"{shown.title}\n{shown.body}"
