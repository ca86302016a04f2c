"""Every module with tables, imported once, so that the metadata is complete for migrations."""

from matchmaker.domain import embeddings, journal, listings, mails, matches, notices, people
from matchmaker.domain.base import Base

metadata = Base.metadata

__all__ = ["embeddings", "journal", "listings", "mails", "matches", "metadata", "notices", "people"]
