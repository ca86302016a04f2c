"""Every module with tables, imported once, so that the metadata is complete for migrations."""

from matchmaker.domain import (
    agreements,
    avoidances,
    disclosures,
    embeddings,
    forwardings,
    handovers,
    imports,
    inventors,
    jobs,
    journal,
    listings,
    mails,
    matches,
    merges,
    notices,
    people,
    sub_units,
    validity,
    verifications,
    visits,
)
from matchmaker.domain.base import Base

metadata = Base.metadata

__all__ = [
    "agreements",
    "avoidances",
    "disclosures",
    "embeddings",
    "forwardings",
    "handovers",
    "imports",
    "inventors",
    "jobs",
    "journal",
    "listings",
    "mails",
    "matches",
    "merges",
    "metadata",
    "notices",
    "people",
    "sub_units",
    "validity",
    "verifications",
    "visits",
]
