"""Bringing in lists that exist already: .jsonl, .csv and .xlsx files of needs or achievements."""

from matchmaker.services.imports.importing import import_file
from matchmaker.services.imports.options import Arrival, ImportOptions
from matchmaker.services.imports.report import ImportReport, write_report
from matchmaker.services.imports.rows import Problem, RowOptions
from matchmaker.services.imports.writing import Outcome

__all__ = [
    "Arrival",
    "ImportOptions",
    "ImportReport",
    "Outcome",
    "Problem",
    "RowOptions",
    "import_file",
    "write_report",
]
