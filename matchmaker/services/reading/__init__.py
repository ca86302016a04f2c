"""Reading of listings: raw text of forms and spreadsheets into typed values, into revisions, and back into forms."""

from matchmaker.services.reading.completeness import missing_for_submission
from matchmaker.services.reading.indicators import IndicatorRow
from matchmaker.services.reading.revisions import apply, form_values, typed_values
from matchmaker.services.reading.text import Unreadable
from matchmaker.services.reading.values import Reading, read_field, read_values

__all__ = [
    "IndicatorRow",
    "Reading",
    "Unreadable",
    "apply",
    "form_values",
    "missing_for_submission",
    "read_field",
    "read_values",
    "typed_values",
]
