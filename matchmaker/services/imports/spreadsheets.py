"""Tables from .xlsx workbooks: values only, merged cells filled downwards, hostile archives refused."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.services.imports.tables import IsHeader, Row, Table, cells_of, header_of

MOST_UNPACKED = 256 * 1024 * 1024
MOST_PARTS = 2_000
LAST_ROW, LAST_COLUMN = 1_048_576, 200
"""A sheet's last row by the format itself, and more columns than any list of ours has."""
HEADER_WITHIN = 20

_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
_MERGE = re.compile(r"\{.*\}mergeCell")

Numbered = tuple[int, tuple[Any, ...]]


def open_xlsx(path: Path, is_header: IsHeader) -> Table:
    """Read the first sheet that has a row of known column names, or else the first sheet that is not empty."""
    raw = path.read_bytes()
    _check_archive(path, raw)
    try:
        workbook = load_workbook(BytesIO(raw), read_only=True, data_only=True)
        sheets = [_Sheet(raw, sheet) for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
        chosen = next((sheet for sheet in sheets if sheet.header(is_header)), None)
        chosen = chosen or next((sheet for sheet in sheets if sheet.header(any)), None)
    except Exception as error:  # openpyxl passes on whatever its parsers raise
        raise _damaged(path) from error
    if chosen is None:
        raise Invalid(N_("“%(name)s”里没有任何内容。"), name=path.name)
    place, columns = chosen.header(is_header) or chosen.header(any) or (0, ())
    return Table(columns, _rows(path, chosen, place, columns), chosen.expected)


class _Sheet:
    """One worksheet, read from its beginning as often as needed."""

    def __init__(self, raw: bytes, sheet: Any) -> None:
        self._raw, self._sheet = raw, sheet
        self.expected = min(sheet.max_row or 0, LAST_ROW) or None
        # Sheets written by other programs claim sizes that are not theirs.
        sheet.reset_dimensions()

    def header(self, is_header: IsHeader) -> tuple[int, tuple[str, ...]] | None:
        """Return (row number, names) of the first row near the top that is a header."""
        for number, values in islice(self._plain(LAST_COLUMN), HEADER_WITHIN):
            names = header_of(values)
            if is_header(names):
                return number, names[: max(place for place, name in enumerate(names, start=1) if name)]
        return None

    def numbered(self, width: int) -> Iterator[Numbered]:
        """Yield (row number, `width` values) of every row that is not empty; a merged cell counts for each row."""
        merges = self._merges()
        held: dict[int, tuple[int, Any]] = {}
        for number, values in self._plain(width):
            yield number, _filled(number, values, merges, held)

    def _plain(self, width: int) -> Iterator[Numbered]:
        for number, values in enumerate(self._sheet.iter_rows(values_only=True, max_col=width), start=1):
            if number > LAST_ROW:
                return
            if not any(values) and values.count(None) == len(values):
                continue
            cells = tuple(_value(value) for value in values)
            if any(cell not in (None, "") for cell in cells):
                yield number, cells

    def _merges(self) -> dict[tuple[int, int], int]:
        """Return last row by (first row, column, both counted from 1 and 0) of every range of several rows."""
        found: dict[tuple[int, int], int] = {}
        with (
            zipfile.ZipFile(BytesIO(self._raw)) as archive,
            archive.open(self._sheet._worksheet_path.lstrip("/")) as part,
        ):
            for reference in _merged_references(part):
                left, top, _right, bottom = range_boundaries(reference)
                if left and top and bottom and bottom > top:
                    found[top, left - 1] = bottom
        return found


def _merged_references(part: IO[bytes]) -> Iterator[str]:
    for _event, element in ElementTree.iterparse(part):  # noqa: S314 - expat limits what entities expand to
        if _MERGE.fullmatch(element.tag):
            yield element.get("ref", "A1")
        element.clear()


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


def _rows(path: Path, sheet: _Sheet, header: int, columns: tuple[str, ...]) -> Iterator[Row]:
    try:
        for number, values in sheet.numbered(len(columns)):
            if number > header:
                yield Row(number, cells_of(columns, values))
    except Invalid:
        raise
    except Exception as error:
        raise _damaged(path) from error


def _check_archive(path: Path, raw: bytes) -> None:
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise _damaged(path) from error
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Invalid(N_("“%(name)s”解压后太大，请删去多余的内容或分成几个文件。"), name=path.name)
    if any(part.flag_bits & 1 for part in parts):
        raise Invalid(N_("“%(name)s”设有密码，请取消密码后再导入。"), name=path.name)


def _damaged(path: Path) -> Invalid:
    return Invalid(N_("“%(name)s”不是有效的 .xlsx 文件，或者已经损坏。"), name=path.name)
