"""The demo listings as the search floor sees them, read by the site's own code from a database made for the moment."""

import tempfile
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa

from matchmaker.domain.base import Base, Database
from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.search.document import Document
from matchmaker.services.demo import load_demo
from matchmaker.services.projection import document, full_scope


def demo_documents() -> tuple[list[Document], list[Document]]:
    """Return all published needs and achievements of the demo data, in full."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'demo.db'}")
        Base.metadata.create_all(database.engine)
        with database.transaction() as session:
            load_demo(session, Path(folder))
            rows = session.scalars(sa.select(Listing).where(Listing.published_revision_id.is_not(None))).all()
            found = [(row.kind, document(row, row.current, full_scope(row.current))) for row in rows]
        database.dispose()
    sides = {kind: [shown for its, shown in found if its == kind] for kind in ListingKind}
    return sides[ListingKind.NEED], sides[ListingKind.ACHIEVEMENT]


def shortened(document: Document, characters: int) -> Document:
    """Return a document with at most so many characters of body."""
    return replace(document, body=document.body[:characters])
