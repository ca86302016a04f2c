"""Tables from .xlsx workbooks: values only, merged cells filled downwards, formulas that have no value told apart."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.services.imports.archives import damaged
from matchmaker.services.imports.companions import companions
from matchmaker.services.imports.sheet_marks import Marks, read_marks
from matchmaker.services.imports.tables import (
    MOST_COLUMNS,
    IsHeader,
    Row,
    Source,
    Table,
    cells_of,
    header_of,
    read_header,
)

LAST_ROW = 1_048_576
"""A sheet's last row by the format itself."""
HEADER_WITHIN, FIRST_ROWS = 20, 1000
"""Rows that are not empty among which the column names are looked for, and how far down those are."""

_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})

Numbered = tuple[int, tuple[Any, ...]]


def open_xlsx(source: Source, is_header: IsHeader) -> Table:
    """Read the first sheet that has a row of known column names, or else the first sheet that is not empty."""
    raw = source.path.read_bytes()
    try:
        workbook = load_workbook(BytesIO(raw), read_only=True, data_only=True)
        sheets = [_Sheet(raw, sheet) for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        filled = [sheet for sheet in sheets if sheet.head]
    except Exception as error:  # openpyxl passes on whatever its parsers raise
        raise damaged(source) from error
    if not filled:
        raise Invalid(N_("“%(name)s”里没有任何内容。"), name=source.name)
    chosen = next((sheet for sheet in filled if sheet.knows(is_header)), filled[0])
    place, columns = read_header(source, [values for _, values in chosen.head], is_header)
    quiet = companions(workbook)
    left_out = tuple(sheet.title for sheet in filled if sheet is not chosen and sheet.title not in quiet)
    return Table(
        columns, _rows(source, chosen, chosen.head[place][0], columns), chosen.expected, chosen.title, left_out
    )


@dataclass(slots=True)
class _Sheet:
    """One worksheet, read from its beginning as often as needed; `head` are its first rows that are not empty."""

    raw: bytes
    sheet: Any
    expected: int | None = None
    head: list[Numbered] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.expected = min(self.sheet.max_row or 0, LAST_ROW) or None
        # Sheets written by other programs claim sizes that are not theirs.
        self.sheet.reset_dimensions()
        self.head = list(islice(self._plain(MOST_COLUMNS + 1, last=FIRST_ROWS), HEADER_WITHIN))

    @property
    def title(self) -> str:
        return str(self.sheet.title)

    def knows(self, is_header: IsHeader) -> bool:
        return any(is_header(header_of(values)) for _, values in self.head)

    def numbered(self, width: int) -> Iterator[tuple[int, tuple[Any, ...], list[int]]]:
        """Yield (row number, `width` values, columns of formulas without value) of every row that is not empty.

        A merged cell counts for each of its rows.
        """
        marks = self._marks()
        held: dict[int, tuple[int, Any]] = {}
        for number, values in self._plain(width, marks.rows):
            yield number, _filled(number, values, marks.merges, held), marks.valueless.get(number, [])

    def _plain(self, width: int, wanted: frozenset[int] = frozenset(), last: int = LAST_ROW) -> Iterator[Numbered]:
        for number, values in enumerate(self.sheet.iter_rows(values_only=True, max_col=width), start=1):
            if number > last:
                return
            if number not in wanted and not any(values) and values.count(None) == len(values):
                continue
            cells = tuple(_value(value) for value in values)
            if number in wanted or any(cell not in (None, "") for cell in cells):
                yield number, cells

    def _marks(self) -> Marks:
        with (
            zipfile.ZipFile(BytesIO(self.raw)) as archive,
            archive.open(self.sheet._worksheet_path.lstrip("/")) as part,
        ):
            return read_marks(part)


def _filled(
    number: int, values: tuple[Any, ...], merges: dict[tuple[int, int], int], held: dict[int, tuple[int, Any]]
) -> tuple[Any, ...]:
    if not merges:
        return values
    for column, value in enumerate(values):
        if (number, column) in merges:
            held[column] = merges[number, column], value
    filled = list(values)
    for column, (last, value) in held.items():
        if number <= last:
            filled.extend([None] * (column + 1 - len(filled)))
            filled[column] = value if filled[column] is None else filled[column]
    return tuple(filled)


def _value(value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
        return None if value in _ERRORS else value
    return value


def _rows(source: Source, sheet: _Sheet, header: int, columns: tuple[str, ...]) -> Iterator[Row]:
    try:
        for number, values, missing in sheet.numbered(len(columns)):
            if number > header:
                valueless = tuple(columns[place] for place in missing if place < len(columns))
                yield Row(number, cells_of(columns, values), None, valueless)
    except Invalid:
        raise
    except Exception as error:
        raise damaged(source) from error
