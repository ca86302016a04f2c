"""A table of rows, whatever file it came from: the first thing that is made of a file to be imported."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_

MOST_BYTES = 64 * 1024 * 1024
"""Largest file that is read."""
MOST_ROWS = 200_000

IsHeader = Callable[[tuple[str, ...]], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file (from 1, as an editor or a spreadsheet counts), and its cells by column.

    `fault` is a sentence where the row could not be taken apart at all.
    """

    number: int
    cells: Mapping[str, Any]
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` as the file writes them (empty where each row names its own), `rows` in order, read as they are asked
    for. `expected` estimates their number, for showing progress."""

    columns: tuple[str, ...]
    rows: Iterator[Row]
    expected: int | None = None


def open_table(path: Path, is_header: IsHeader) -> Table:
    """Open a .jsonl, .csv, .tsv or .xlsx file.

    Lists that people keep often begin with a heading of their own, so the row of column names is the first one that
    `is_header` knows; without one, the first row that is not empty.

    Raises:
        Invalid: no such file, not of these kinds, empty, too large, damaged: the sentence says which.
    """
    from matchmaker.services.imports import spreadsheets, text_files

    readers: dict[str, Callable[[Path, IsHeader], Table]] = {
        ".jsonl": text_files.open_jsonl,
        ".csv": text_files.open_csv,
        ".tsv": text_files.open_csv,
        ".xlsx": spreadsheets.open_xlsx,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise Invalid(N_("“%(name)s”不是 .jsonl、.csv 或 .xlsx 文件，请另存为其中一种。"), name=path.name)
    _check_file(path)
    return reader(path, is_header)


def header_of(cells: tuple[Any, ...]) -> tuple[str, ...]:
    """Return a row of column names as text."""
    return tuple("" if cell is None else str(cell).strip() for cell in cells)


def cells_of(columns: tuple[str, ...], values: tuple[Any, ...]) -> dict[str, Any]:
    """Pair columns with values; of two columns of one name the first that holds something counts."""
    cells: dict[str, Any] = {}
    for column, value in zip(columns, values, strict=False):
        if column and cells.get(column) in (None, ""):
            cells[column] = value
    return cells


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise Invalid(N_("“%(name)s”是文件夹，请给出一个文件。"), name=path.name)
    if not path.is_file():
        raise Invalid(N_("找不到文件“%(name)s”。"), name=path.name)
    size = path.stat().st_size
    if size == 0:
        raise Invalid(N_("“%(name)s”是空文件。"), name=path.name)
    if size > MOST_BYTES:
        raise Invalid(N_("“%(name)s”超过 %(most)d MB，请分成几个文件。"), name=path.name, most=MOST_BYTES // 2**20)
