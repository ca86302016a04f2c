"""The report of a run: every cell that somebody has to mend, with its row, column and reason."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper

import sqlalchemy as sa
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from sqlalchemy.orm import Session

from matchmaker.domain.imports import Import, ImportProblem
from matchmaker.domain.language import N_, unpack
from matchmaker.services.imports.report import HEADINGS, row_of
from matchmaker.services.imports.rows import Problem

REPORT_FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
SHEET = N_("问题行")
_WIDTHS = (8, 24, 70, 18)

Say = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ProblemPage:
    """The first problems of a run, in the order of the file, and how many there are."""

    problems: tuple[Problem, ...]
    total: int


def problems_of(session: Session, found: Import, most: int) -> ProblemPage:
    """Return the first problems of an import's run."""
    total = session.scalar(sa.select(sa.func.count()).where(ImportProblem.import_id == found.id)) or 0
    rows = session.scalars(_problems(found).limit(most))
    return ProblemPage(tuple(_problem(row) for row in rows), total)


def write_problems(session: Session, found: Import, file_format: str, target: BytesIO, say: Say) -> None:
    """Write all problems of an import's run to `target` as "xlsx" or "csv"."""
    problems = (_problem(row) for row in session.scalars(_problems(found).execution_options(yield_per=1000)))
    rows = (row_of(problem, say) for problem in problems)
    if file_format == "csv":
        text = TextIOWrapper(target, encoding="utf-8-sig", newline="")
        writer = csv.writer(text)
        writer.writerow(say(heading) for heading in HEADINGS)
        writer.writerows(rows)
        text.flush()
        text.detach()
        return
    book = Workbook(write_only=True)
    sheet = book.create_sheet(say(SHEET))
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCD", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    header = [WriteOnlyCell(sheet, say(heading)) for heading in HEADINGS]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    book.save(target)


def _problems(found: Import) -> sa.Select[ImportProblem]:
    return (
        sa.select(ImportProblem)
        .where(ImportProblem.import_id == found.id)
        .order_by(ImportProblem.row, ImportProblem.id)
    )


def _problem(row: ImportProblem) -> Problem:
    return Problem(row.row, row.column, unpack(row.reason), row.is_fatal)
