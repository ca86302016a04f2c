"""The one process that writes the keyword index, and how it follows the change log."""

import logging
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.base import Database
from matchmaker.domain.listings import Listing, Revision, on_market
from matchmaker.search.keywords import (
    KeywordEntry,
    KeywordIndex,
    KeywordIndexError,
    KeywordWriter,
    delete_keyword_index,
)
from matchmaker.search.text import tokenize
from matchmaker.services.changes import ChangeReader, last_change
from matchmaker.services.projection import document, searched_scopes

KEYWORDS = "keywords"

LOG = logging.getLogger(__name__)


class KeywordFollower:
    """Holds the writer while it can be had: tantivy's own lock elects one process and is freed by its death."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writer: KeywordWriter | None = None
        self._changes = ChangeReader()

    def write(self, database: Database) -> int:
        """Bring the index up to the change log; return how many listings were read again (0 where another writes)."""
        with database.read() as session:
            if self._writer is None and not self._open(session):
                return 0
            return self._catch_up(session)

    def close(self) -> None:
        """Let another process write."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _open(self, session: Session) -> bool:
        index = self._open_index(session)
        if index is None:
            return False
        try:
            self._writer = index.writer()
        except KeywordIndexError:
            return False  # another process has it
        self._changes = ChangeReader(index.last_change)
        return True

    def _open_index(self, session: Session) -> KeywordIndex | None:
        try:
            index = KeywordIndex(self._folder)
            if index.last_change <= last_change(session):
                return index
            LOG.info("the keyword index is ahead of the database: building it again")
        except KeywordIndexError as error:
            LOG.info("building the keyword index again: %s", error)
        delete_keyword_index(self._folder)
        try:
            return KeywordIndex(self._folder)
        except KeywordIndexError:
            return None

    def _catch_up(self, session: Session) -> int:
        assert self._writer is not None, "opened by the caller"  # noqa: S101
        count = 0
        while changed := self._changes.read(session):
            for listing_id, entries in _entries(session, changed).items():
                self._writer.replace(listing_id, entries)
            self._writer.commit(self._changes.settled)
            count += len(changed)
        return count


def _entries(session: Session, listing_ids: Sequence[int]) -> dict[int, list[KeywordEntry]]:
    """Return the entries of each listing; none for one that is not live."""
    entries: dict[int, list[KeywordEntry]] = {listing_id: [] for listing_id in listing_ids}
    live = session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(listing_ids), on_market())
        .options(selectinload(Listing.published_revision).selectinload(Revision.indicators))
    )
    for listing in live:
        for scope in searched_scopes(listing.current):
            shown = document(listing, listing.current, scope)
            words = tokenize(shown.title), tokenize(shown.body)
            entries[listing.id].append(KeywordEntry(listing.id, scope, f"{listing.kind}/{scope}", *words))
    return entries
