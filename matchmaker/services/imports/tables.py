"""A table of rows, whatever file it came from: the first thing that is made of a file to be imported."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.services.imports.formulas import live

MOST_BYTES = 64 * 1024 * 1024
"""Largest file that is read."""
MOST_ROWS = 200_000
SUFFIXES = (".xlsx", ".csv", ".tsv", ".jsonl")

MOST_COLUMNS = 200
"""More columns than any list of ours has."""

IsHeader = Callable[[tuple[str, ...]], bool]


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read: where it lies, and the person's own name for it, whose ending says what it is."""

    path: Path
    name: str

    @classmethod
    def at(cls, path: Path) -> "Source":
        """A file that goes by its own name."""
        return cls(path, path.name)

    @property
    def suffix(self) -> str:
        """The name's ending, in lower case."""
        return PurePath(self.name).suffix.lower()


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in the file (from 1, as an editor or a spreadsheet counts), and its cells by column.

    `fault` is a sentence where the row could not be taken apart at all; `valueless` are the columns whose cell is a
    formula that was stored without its value.
    """

    number: int
    cells: Mapping[str, Any]
    fault: str | None = None
    valueless: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """`columns` as the file writes them (empty where each row names its own), `rows` in order, read as they are asked
    for. `expected` estimates their number, for showing progress. Of a workbook, `sheet` was read and `left_out` were
    not, although they are not empty."""

    columns: tuple[str, ...]
    rows: Iterator[Row]
    expected: int | None = None
    sheet: str = ""
    left_out: tuple[str, ...] = ()


def open_table(source: Source, is_header: IsHeader) -> Table:
    """Open a .jsonl, .csv, .tsv or .xlsx file.

    Lists that people keep often begin with a heading of their own, so the row of column names is the first one that
    `is_header` knows; without one, the first that is about as wide as the table.

    Raises:
        Invalid: no such file, not of these kinds, empty, too large, damaged: the sentence says which.
    """
    from matchmaker.services.imports import spreadsheets, text_files

    readers: dict[str, Callable[[Source, IsHeader], Table]] = {
        ".jsonl": text_files.open_jsonl,
        ".csv": text_files.open_csv,
        ".tsv": text_files.open_csv,
        ".xlsx": spreadsheets.open_xlsx,
    }
    check_file(source)
    return readers[source.suffix](source, is_header)


def check_file(source: Source) -> None:
    """Refuse at a glance, without reading it, what no reader could read.

    Raises:
        Invalid: see `open_table`.
    """
    from matchmaker.services.imports.archives import check_archive

    if source.suffix not in SUFFIXES:
        raise Invalid(N_("“%(name)s”不是 .jsonl、.csv 或 .xlsx 文件，请另存为其中一种。"), name=source.name)
    if source.path.is_dir():
        raise Invalid(N_("“%(name)s”是文件夹，请给出一个文件。"), name=source.name)
    if not source.path.is_file():
        raise Invalid(N_("找不到文件“%(name)s”。"), name=source.name)
    size = source.path.stat().st_size
    if size == 0:
        raise Invalid(N_("“%(name)s”是空文件。"), name=source.name)
    if size > MOST_BYTES:
        raise Invalid(N_("“%(name)s”超过 %(most)d MB，请分成几个文件。"), name=source.name, most=MOST_BYTES // 2**20)
    if source.suffix == ".xlsx":
        check_archive(source)


def read_header(source: Source, head: Sequence[tuple[Any, ...]], is_header: IsHeader) -> tuple[int, tuple[str, ...]]:
    """Return the place of the row of column names among the first rows of a table, and those names.

    Raises:
        Invalid: more columns than anybody could assign.
    """
    place = find_header(head, is_header) or 0
    columns = header_of(head[place])
    if len(columns) > MOST_COLUMNS:
        raise Invalid(
            N_("“%(name)s”的列太多，最多读 %(most)d 列，请删去多余的列。"), name=source.name, most=MOST_COLUMNS
        )
    return place, columns


def find_header(rows: Sequence[tuple[Any, ...]], is_header: IsHeader) -> int | None:
    """Return the place of the row of column names among the first rows of a table, None where all are empty."""
    names = [header_of(row) for row in rows]
    known = next((place for place, row in enumerate(names) if is_header(row)), None)
    if known is not None:
        return known
    # A caption stands alone in its row; the row of names is about as wide as what it names.
    widths = [sum(map(bool, row)) for row in names]
    return next((place for place, width in enumerate(widths) if width and width * 10 >= max(widths) * 6), None)


def header_of(cells: tuple[Any, ...]) -> tuple[str, ...]:
    """Return a row of column names as text, as far as there are any."""
    names = ["" if cell is None else str(cell).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def cells_of(columns: tuple[str, ...], values: tuple[Any, ...]) -> dict[str, Any]:
    """Pair columns with values; of two columns of one name the first that holds something counts.

    Texts that were kept from running as formulas (see `inert`) are read as they were.
    """
    cells: dict[str, Any] = {}
    for column, value in zip(columns, values, strict=False):
        if column and cells.get(column) in (None, ""):
            cells[column] = live(value) if isinstance(value, str) else value
    return cells
