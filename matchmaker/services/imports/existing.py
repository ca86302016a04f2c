"""Which listings an import brought in before, and what it said then."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.listings import Listing, ListingState, Revision

ACTION = "import"
OWN_ID = "matchmaker:"
"""Prefix of the external id that an export gives to a listing which has none: its own id here."""

_OWN_ID = re.compile(rf"{OWN_ID}(\d{{1,18}})")

Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Existing:
    """A listing that a row is about; `content` is the hash of what was imported last, into revision `number`."""

    listing: Listing
    content: str | None
    number: int | None

    @property
    def is_untouched_draft(self) -> bool:
        """Whether its working revision is a draft as an import left it, written on by nobody."""
        working = self.listing.working_revision
        return (
            working is not None
            and working.state == ListingState.DRAFT
            and working.number == self.number
            and working.version == 1
        )


def existing_listings(session: Session, kind: str, keys: Iterable[Key]) -> dict[Key, Existing]:
    """Return the listings that are there already, by (organization id, external id)."""
    wanted = set(keys)
    found = _by_external_id(session, kind, wanted) | _by_own_id(session, kind, wanted)
    imported = _imported(session, [listing.id for listing in found.values()])
    return {key: Existing(listing, *imported.get(listing.id, (None, None))) for key, listing in found.items()}


def external_id_of(listing: Listing) -> str:
    """Return the id under which an export names a listing, so that the same list brings it up to date again."""
    return listing.external_id or f"{OWN_ID}{listing.id}"


def _by_external_id(session: Session, kind: str, wanted: set[Key]) -> dict[Key, Listing]:
    query = _listings(kind, wanted).where(Listing.external_id.in_({external_id for _, external_id in wanted}))
    return {(listing.organization_id, listing.external_id or ""): listing for listing in session.scalars(query)}


def _by_own_id(session: Session, kind: str, wanted: set[Key]) -> dict[Key, Listing]:
    named = {int(found[1]) for _, external_id in wanted if (found := _OWN_ID.fullmatch(external_id))}
    if not named:
        return {}
    query = _listings(kind, wanted).where(Listing.id.in_(named), Listing.external_id.is_(None))
    return {(listing.organization_id, external_id_of(listing)): listing for listing in session.scalars(query)}


def _listings(kind: str, wanted: set[Key]) -> sa.Select[Listing]:
    return (
        sa.select(Listing)
        .where(Listing.kind == kind, Listing.organization_id.in_({organization_id for organization_id, _ in wanted}))
        .options(
            joinedload(Listing.organization),
            selectinload(Listing.published_revision).selectinload(Revision.indicators),
            selectinload(Listing.working_revision).selectinload(Revision.indicators),
        )
    )


def _imported(session: Session, listing_ids: list[int]) -> dict[int, tuple[str | None, int | None]]:
    if not listing_ids:
        return {}
    rows = session.execute(
        sa.select(JournalEntry.subject_id, JournalEntry.data)
        .where(
            JournalEntry.subject_kind == Listing.subject_kind,
            JournalEntry.subject_id.in_(listing_ids),
            JournalEntry.action == ACTION,
        )
        .order_by(JournalEntry.id)
    )
    return {listing_id: (data.get("content"), data.get("revision")) for listing_id, data in rows}
