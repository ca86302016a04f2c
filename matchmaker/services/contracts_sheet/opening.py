"""Opening a sheet that somebody sends: its package is judged before anything is unpacked, and nothing of it is trusted.

A small file may unpack to gigabytes, name a million styles or hold a row of sixteen thousand cells; the libraries that
read it would take minutes and all memory. The limits are what MOST_ROWS long contracts need, with room to spare.
"""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openpyxl import load_workbook

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_, Sentence
from matchmaker.services.contracts_sheet.columns import COLUMNS, address
from matchmaker.services.contracts_sheet.faults import CellFault, SheetFaults
from matchmaker.services.contracts_sheet.writing import MOST_CONTRACTS
from matchmaker.services.packages import Oversized, declares_entities, parts_of

MOST_ROWS = MOST_CONTRACTS
MOST_BYTES = 4 * 1024 * 1024
MOST_UNPACKED = 16 * 1024 * 1024
MOST_BESIDE = 512 * 1024
"""Bytes of a part that is neither a sheet nor the text of cells: styles, theme, properties."""
MOST_PARTS = 100
MOST_CELLS = 2 * (MOST_ROWS + 1) * len(COLUMNS)
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_LONG = ("xl/worksheets/", "xl/sharedstrings")
DAMAGED = N_("这不是完好的 Excel 文件（.xlsx），请另存为 .xlsx 后再导入。")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row that says something: its number as the spreadsheet counts, its cells by the name of their column."""

    number: int
    cells: Mapping[str, Any]


def open_sheet(content: bytes) -> tuple[SheetRow, ...]:
    """Return the rows of a sheet; nothing is looked up yet, so no database is locked meanwhile.

    Raises:
        Invalid: it is no workbook, too large, or has too many rows. SheetFaults: other columns, or formulas.
    """
    _check_package(content)
    heads, found = _read(content)
    wrong = [
        CellFault(address(column.name, 1), Sentence(N_("这一列应为“%(heading)s”。"), heading=column.heading))
        for place, column in enumerate(COLUMNS)
        if place >= len(heads) or heads[place] != column.heading
    ]
    if wrong:
        raise SheetFaults(wrong)
    if len(found) > MOST_ROWS:
        raise Invalid(N_("一次最多导入 %(most)s 份合同。"), most=MOST_ROWS)
    rows = [row for number, values in enumerate(found, start=2) if (row := _row(number, values)) is not None]
    formulas = [
        CellFault(address(name, row.number), N_("这一格是公式，请粘贴为数值。"))
        for row in rows
        for name, value in row.cells.items()
        if isinstance(value, str) and value.startswith("=")
    ]
    if formulas:
        raise SheetFaults(formulas)
    return tuple(rows)


def _read(content: bytes) -> tuple[list[Any], list[tuple[Any, ...]]]:
    """Return the headings and the rows below them, one row more than is allowed at most."""
    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True, keep_links=False).worksheets[0]
        rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=len(COLUMNS), values_only=True)
        return list(next(rows, ())), list(rows)
    except Exception as error:  # a damaged workbook fails in any of three libraries, each in its own way
        raise Invalid(DAMAGED) from error


def _row(number: int, values: Sequence[Any]) -> SheetRow | None:
    if all(value is None for value in values):
        return None
    padded = [*values, *[None] * (len(COLUMNS) - len(values))]
    # A whole number that the spreadsheet keeps as a fraction is text without its point from here on (reading/text.py).
    days = [value.date() if isinstance(value, datetime) else value for value in padded]
    return SheetRow(number, {column.name: value for column, value in zip(COLUMNS, days, strict=True)})


def _check_package(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise Invalid(N_("表格文件太大，最多 %(most)s MB。"), most=MOST_BYTES // 1024 // 1024)
    try:
        for name, part in parts_of(content, most_parts=MOST_PARTS, most_unpacked=MOST_UNPACKED):
            _check_part(name, part)
    except Oversized as error:
        raise Invalid(N_("表格文件展开后太大。")) from error
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise Invalid(DAMAGED) from error


def _check_part(name: str, content: bytes) -> None:
    is_long = name.lower().startswith(_LONG)
    if (not is_long and len(content) > MOST_BESIDE) or len(_CELL.findall(content)) > MOST_CELLS:
        raise Invalid(N_("表格里的格式或单元格太多，请把要导入的行复制到新导出的表格里再导入。"))
    if declares_entities(content):
        raise Invalid(N_("表格不能含有实体声明，请用 Excel 或 WPS 另存后再导入。"))
