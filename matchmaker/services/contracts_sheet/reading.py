"""Reading the sheet in again: every row or none."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.contracts import Contract
from matchmaker.domain.errors import DomainError, Invalid
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.permissions import Actor, can_fill_contract
from matchmaker.services.contracts.amounts import is_equal_in_silence
from matchmaker.services.contracts.fields import FieldKind
from matchmaker.services.contracts.filling import save_contract
from matchmaker.services.contracts.loading import load_contract
from matchmaker.services.contracts.reading import DeductionRow
from matchmaker.services.contracts_sheet.columns import (
    COLUMNS,
    DEDUCTIONS,
    ID,
    TRANSACTION,
    VERSION,
    YES,
    SheetColumn,
    address,
)
from matchmaker.services.contracts_sheet.writing import MOST_CONTRACTS, PART, SEPARATOR, cell_of
from matchmaker.services.imports.formulas import live
from matchmaker.services.reading.money import read_money
from matchmaker.services.reading.text import Unreadable

MOST_BYTES = 4 * 1024 * 1024
MOST_UNPACKED = 60 * 1024 * 1024
MOST_FAULTS = 50
_ENTITY = re.compile(rb"<!(DOCTYPE|ENTITY)", re.I)
_WRITTEN = tuple(column for column in COLUMNS if not column.is_shown and column.name not in {ID, VERSION, TRANSACTION})


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong in a cell."""

    address: str
    sentence: str


class SheetFaults(Invalid):
    """Nothing of the sheet was taken; `faults` says why, cell by cell."""

    def __init__(self, faults: Sequence[CellFault]) -> None:
        self.faults = tuple(faults[:MOST_FAULTS])
        super().__init__(N_("表格没有导入，任何合同都没有改动。请按单元格修改后再导入。"))


def read_sheet(session: Session, actor: Actor, content: bytes) -> int:
    """Write what a sheet says into its contracts; return how many it changed.

    Raises:
        Invalid: it is no such sheet. SheetFaults: some cell is wrong; nothing was written.
    """
    faults: list[CellFault] = []
    changed, seen = 0, set[int]()
    with session.begin_nested():
        for number, cells in _rows(content):
            try:
                changed += _take(session, actor, number, cells, seen)
            except SheetFaults as found:
                faults += found.faults
        if faults:
            raise SheetFaults(faults)
    return changed


def _take(session: Session, actor: Actor, number: int, cells: Mapping[str, Any], seen: set[int]) -> bool:
    """Write one row where it says something new; return whether it does."""
    contract = _contract(session, actor, number, cells, seen)
    before = {column.name: cell_of(contract, column) for column in COLUMNS}
    changed = {column.name for column in _WRITTEN if not _same(cells[column.name], before[column.name])}
    if not changed:
        return False
    if not contract.is_open or not can_fill_contract(actor, contract):
        raise _wrong(
            next(iter(sorted(changed))),
            number,
            N_("这份合同现在不能修改：只有双方和负责的技术经纪人可以改草稿和退回的合同。"),
        )
    version = cells[VERSION]
    if version != contract.version:
        raise _wrong(VERSION, number, N_("这份合同在导出之后有人改过，请重新导出再填。"))
    typed = (
        (column.name, _typed(column, cells[column.name], number)) for column in _WRITTEN if column.field is not None
    )
    raw = {name: text for name, text in typed if text is not None}
    deductions = _deductions(cells, number)
    try:
        save_contract(session, actor, contract.id, raw, version=version, deductions=deductions)
    except Invalid as error:
        raise SheetFaults(
            [CellFault(address(name, number), text) for name, text in error.errors.items()]
            or [CellFault(address(ID, number), str(error))]
        ) from error
    except DomainError as error:
        raise _wrong(ID, number, str(error)) from error
    _check_amounts(contract, cells, number)
    return True


def _check_amounts(contract: Contract, cells: Mapping[str, Any], number: int) -> None:
    """The two amounts: the computed one is never overruled, and they are never equal without a word about why."""
    stated = cells[TRANSACTION]
    if stated is not None and _money(stated) != contract.transaction_value:
        raise _wrong(
            TRANSACTION,
            number,
            N_("技术交易额由总额减去扣除项算出，与这里填的不同：请改总额或扣除项，这一格可以留空。"),
        )
    if is_equal_in_silence(contract):
        raise _wrong("equal_reason", number, N_("技术交易额与成交总额相等：请填写扣除项，或写明没有扣除项的理由。"))


def _contract(session: Session, actor: Actor, number: int, cells: Mapping[str, Any], seen: set[int]) -> Contract:
    found = cells[ID]
    if not isinstance(found, int) or isinstance(found, bool):
        raise _wrong(ID, number, N_("请保留平台编号；新合同请先在跟进项目中录入，没有项目的合同不能登记。"))
    if found in seen:
        raise _wrong(ID, number, N_("同一份合同在表里出现了两次。"))
    seen.add(found)
    try:
        return load_contract(session, actor, found)
    except DomainError as error:
        raise _wrong(ID, number, str(error)) from error


def _typed(column: SheetColumn, value: Any, number: int) -> str | None:
    """Return a cell as the form's reader takes it; None for a flag that is off."""
    assert column.field is not None, "asked of fields of the form only"  # noqa: S101
    if value is None:
        return None if column.field.kind is FieldKind.FLAG else ""
    if isinstance(value, date):
        return value.isoformat()
    text = _plain(value)
    if column.field.kind is FieldKind.FLAG:
        return YES if text == YES else None
    if column.field.kind is FieldKind.CODE:
        table = codes.table(column.field.table)
        code = text if text in table else table.find(text)
        if code is None:
            raise _wrong(column.name, number, Sentence(N_("“%(text)s”不在代码表里。"), text=text[:40]))
        return code
    return text


def _deductions(cells: Mapping[str, Any], number: int) -> list[DeductionRow]:
    rows: list[DeductionRow] = []
    for part in filter(None, (each.strip() for each in _plain(cells[DEDUCTIONS] or "").split(SEPARATOR))):
        pieces = [piece.strip() for piece in part.split(PART)]
        kind = codes.table("contract_deductions").find(pieces[0])
        if len(pieces) != 3 or kind is None:
            raise _wrong(DEDUCTIONS, number, Sentence(N_("“%(part)s”应写成：类别|名称|金额。"), part=part[:40]))
        rows.append(DeductionRow(kind, pieces[1], pieces[2]))
    return rows


def _same(cell: Any, written: Any) -> bool:
    if isinstance(written, Decimal):
        return _money(cell) == written
    return cell == written or (cell in (None, "") and written in (None, ""))


def _money(cell: Any) -> Decimal | None:
    try:
        return read_money(_plain(cell)) if cell is not None else None
    except Unreadable:
        return None


def _plain(value: Any) -> str:
    """Return a cell as text; numbers as they are written, never by way of binary fractions."""
    return live(value) if isinstance(value, str) else str(value)


def _rows(content: bytes) -> Iterator[tuple[int, dict[str, Any]]]:
    _check_package(content)
    try:
        sheet = load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
        rows = sheet.iter_rows(max_row=MOST_CONTRACTS + 2, max_col=len(COLUMNS))
        heads = [cell.value for cell in next(rows, ())]
        found = [(number, list(row)) for number, row in enumerate(rows, start=2)]
    except Exception as error:  # a damaged workbook fails in any of three libraries, each in its own way
        raise Invalid(N_("这不是完好的 Excel 文件（.xlsx），请另存为 .xlsx 后再导入。")) from error
    wrong = [
        CellFault(address(column.name, 1), Sentence(N_("这一列应为“%(heading)s”。"), heading=column.heading))
        for place, column in enumerate(COLUMNS)
        if place >= len(heads) or heads[place] != column.heading
    ]
    if wrong:
        raise SheetFaults(wrong)
    if len(found) > MOST_CONTRACTS:
        raise Invalid(N_("一次最多导入 %(most)s 份合同。"), most=MOST_CONTRACTS)
    for number, row in found:
        values = [cell.value for cell in row] + [None] * (len(COLUMNS) - len(row))
        if any(value is not None for value in values):
            yield (
                number,
                {column.name: _value(column, value, number) for column, value in zip(COLUMNS, values, strict=True)},
            )


def _value(column: SheetColumn, value: Any, number: int) -> Any:
    if isinstance(value, str) and value.startswith("="):
        raise _wrong(column.name, number, N_("这一格是公式，请粘贴为数值。"))
    if isinstance(value, datetime):
        return value.date()
    # A whole number that the spreadsheet keeps as a fraction is text without its point from here on (reading/text.py).
    return value


def _check_package(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise Invalid(N_("表格文件太大，最多 %(most)s MB。"), most=MOST_BYTES // 1024 // 1024)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            if sum(part.file_size for part in package.infolist()) > MOST_UNPACKED:
                raise Invalid(N_("表格文件展开后太大。"))
            hostile = any(_ENTITY.search(package.read(part)[:4096]) for part in package.infolist())
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise Invalid(N_("这不是完好的 Excel 文件（.xlsx），请另存为 .xlsx 后再导入。")) from error
    if hostile:
        raise Invalid(N_("表格不能含有实体声明，请用 Excel 或 WPS 另存后再导入。"))


def _wrong(name: str, number: int, sentence: str) -> SheetFaults:
    return SheetFaults([CellFault(address(name, number), sentence)])
