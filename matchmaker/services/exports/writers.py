"""The three kinds of file that an export is written to, a row at a time."""

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from openpyxl import Workbook
from openpyxl.cell import Cell as OpenpyxlCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from matchmaker.services.exports.cells import Cell

WIDEST = 48
HEADER_FONT = Font(bold=True, color="FFFFFF")
HEADER_FILL = PatternFill("solid", fgColor="0A5A6A")
DAY_FORMAT = "yyyy-mm-dd"


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """A column: the name that .jsonl uses, the heading that spreadsheets show, and its width there in characters."""

    name: str
    heading: str
    width: int = 16


class Writer(Protocol):
    """Writes rows to a file; leaving its context finishes the file."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def write(self, cells: Sequence[Cell], values: Mapping[str, Any]) -> None:
        """Add a row: `cells` in the order of the columns, `values` the same as plain JSON by name."""


class XlsxWriter:
    """A workbook of one sheet with a frozen header; rows go to disk as they come."""

    def __init__(self, path: Path, columns: Sequence[ExportColumn], title: str) -> None:
        self._path, self._book = path, Workbook(write_only=True)
        self._sheet = self._book.create_sheet(title)
        self._sheet.freeze_panes = "B2"
        for place, column in enumerate(columns, start=1):
            self._sheet.column_dimensions[get_column_letter(place)].width = min(column.width, WIDEST)
        self._sheet.append([self._header(column.heading) for column in columns])

    def __enter__(self) -> "XlsxWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._book.save(self._path)

    def write(self, cells: Sequence[Cell], values: Mapping[str, Any]) -> None:
        """Add a row."""
        self._sheet.append([self._day(cell) if isinstance(cell, date) else cell for cell in cells])

    def _header(self, text: str) -> OpenpyxlCell:
        cell = WriteOnlyCell(self._sheet, text)
        cell.font, cell.fill, cell.alignment = HEADER_FONT, HEADER_FILL, Alignment(vertical="center")
        return cell

    def _day(self, day: date) -> OpenpyxlCell:
        cell = WriteOnlyCell(self._sheet, datetime(day.year, day.month, day.day))  # noqa: DTZ001 - sheets know no zones
        cell.number_format = DAY_FORMAT
        return cell


class _TextWriter:
    """A text file that is closed on leaving."""

    def __init__(self, path: Path, encoding: str, newline: str | None = None) -> None:
        self._file = path.open("w", encoding=encoding, newline=newline)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


class CsvWriter(_TextWriter):
    """Separated values in UTF-8 with a mark, which spreadsheets open with Chinese intact."""

    def __init__(self, path: Path, columns: Sequence[ExportColumn], title: str) -> None:
        super().__init__(path, "utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        self._writer.writerow(column.heading for column in columns)

    def write(self, cells: Sequence[Cell], values: Mapping[str, Any]) -> None:
        """Add a row."""
        self._writer.writerow(cells)


class JsonlWriter(_TextWriter):
    """One JSON object a line, for programs."""

    def __init__(self, path: Path, columns: Sequence[ExportColumn], title: str) -> None:
        super().__init__(path, "utf-8")

    def write(self, cells: Sequence[Cell], values: Mapping[str, Any]) -> None:
        """Add a row, without what is empty."""
        filled = {name: value for name, value in values.items() if value not in (None, "", [], {})}
        self._file.write(json.dumps(filled, ensure_ascii=False) + "\n")


WRITERS: dict[str, Callable[[Path, Sequence[ExportColumn], str], Writer]] = {
    "xlsx": XlsxWriter,
    "csv": CsvWriter,
    "jsonl": JsonlWriter,
}
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "jsonl": "application/jsonl",
}
