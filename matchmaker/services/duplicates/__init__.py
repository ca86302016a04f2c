"""Near-duplicates: found by the worker among what is submitted and published, judged at the review desk."""

from matchmaker.services.duplicates.finding import find_batch
from matchmaker.services.duplicates.verdicts import call_different, settle
from matchmaker.services.duplicates.views import (
    DuplicateView,
    PairPage,
    PairView,
    count_flagged,
    count_open,
    duplicates_of,
    open_pairs,
    suggested_advice,
)

__all__ = [
    "DuplicateView",
    "PairPage",
    "PairView",
    "call_different",
    "count_flagged",
    "count_open",
    "duplicates_of",
    "find_batch",
    "open_pairs",
    "settle",
    "suggested_advice",
]
