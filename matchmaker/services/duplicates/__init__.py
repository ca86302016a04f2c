"""Near-duplicates: found by the worker among what is submitted and published, judged at the review desk."""

from matchmaker.services.duplicates.finding import find_batch
from matchmaker.services.duplicates.verdicts import call_different
from matchmaker.services.duplicates.views import DuplicateView, count_flagged, duplicates_of, suggested_advice

__all__ = [
    "DuplicateView",
    "call_different",
    "count_flagged",
    "duplicates_of",
    "find_batch",
    "suggested_advice",
]
