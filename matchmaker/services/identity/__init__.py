"""Who posted it, told by the text itself: what of an anonymous listing's public text gives its poster away.

Recall matters more than precision: a finding asks for a second look and blocks nothing.
"""

from matchmaker.services.identity.finding import KIND_NAMES, Finding, IdentityKind
from matchmaker.services.identity.listings import (
    ListingFinding,
    findings_of_narrowing,
    identity_findings,
    narrowed_texts,
)
from matchmaker.services.identity.searching import Poster, find_identity

__all__ = [
    "KIND_NAMES",
    "Finding",
    "IdentityKind",
    "ListingFinding",
    "Poster",
    "find_identity",
    "findings_of_narrowing",
    "identity_findings",
    "narrowed_texts",
]
