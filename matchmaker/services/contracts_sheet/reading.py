"""Reading the sheet in again: every row or none."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.contracts import Contract
from matchmaker.domain.errors import DomainError, Invalid
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.permissions import Actor, can_fill_contract
from matchmaker.services.contracts.amounts import is_equal_in_silence
from matchmaker.services.contracts.fields import FieldKind
from matchmaker.services.contracts.filling import save_contract
from matchmaker.services.contracts.loading import contract_options, load_contract
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
from matchmaker.services.contracts_sheet.faults import CellFault, SheetFaults, wrong_cell
from matchmaker.services.contracts_sheet.opening import SheetRow
from matchmaker.services.contracts_sheet.writing import PART, SEPARATOR, cell_of
from matchmaker.services.imports.formulas import live
from matchmaker.services.matches import LARGEST_ID
from matchmaker.services.reading.money import read_money
from matchmaker.services.reading.text import Unreadable

MOST_CHANGED = 200
"""Contracts that one sheet may change: the database is not locked for longer than a second."""
LOADED_AT_ONCE = 400
_WRITTEN = tuple(column for column in COLUMNS if not column.is_shown and column.name not in {ID, VERSION, TRANSACTION})


def take_sheet(session: Session, actor: Actor, rows: Sequence[SheetRow]) -> int:
    """Write what an opened sheet says into its contracts; return how many it changed.

    Raises:
        SheetFaults: some cell is wrong; nothing was written. Invalid: it changes more than MOST_CHANGED.
    """
    faults: list[CellFault] = []
    changed, seen = 0, set[int]()
    held = _load(session, rows)
    with session.begin_nested():
        for row in rows:
            try:
                changed += _take(session, actor, row.number, row.cells, seen)
            except SheetFaults as found:
                faults += found.faults
            if changed > MOST_CHANGED:
                raise Invalid(N_("一次最多修改 %(most)s 份合同，请分几次导入。"), most=MOST_CHANGED)
        held.clear()  # until here: the session forgets what nobody holds
        if faults:
            raise SheetFaults(faults)
    return changed


def _load(session: Session, rows: Sequence[SheetRow]) -> list[Contract]:
    """Load the contracts that the rows name by a few queries: as long as they are held, none is asked for by itself."""
    found: list[Contract] = []
    named = [row.cells[ID] for row in rows if isinstance(row.cells[ID], int) and 0 < row.cells[ID] <= LARGEST_ID]
    for start in range(0, len(named), LOADED_AT_ONCE):
        chosen = Contract.id.in_(named[start : start + LOADED_AT_ONCE])
        found += session.scalars(sa.select(Contract).where(chosen).options(*contract_options())).unique()
    return found


def _take(session: Session, actor: Actor, number: int, cells: Mapping[str, Any], seen: set[int]) -> bool:
    """Write one row where it says something new; return whether it does."""
    contract = _contract(session, actor, number, cells, seen)
    before = {column.name: cell_of(contract, column) for column in COLUMNS}
    changed = {column.name for column in _WRITTEN if not _same(cells[column.name], before[column.name])}
    if not changed:
        return False
    if not contract.is_open or not can_fill_contract(actor, contract):
        raise wrong_cell(
            next(iter(sorted(changed))),
            number,
            N_("这份合同现在不能修改：只有双方和负责的技术经纪人可以改草稿和退回的合同。"),
        )
    version = cells[VERSION]
    if version != contract.version:
        raise wrong_cell(VERSION, number, N_("这份合同在导出之后有人改过，请重新导出再填。"))
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
        raise wrong_cell(ID, number, str(error)) from error
    _check_amounts(contract, cells, number)
    return True


def _check_amounts(contract: Contract, cells: Mapping[str, Any], number: int) -> None:
    """The two amounts: the computed one is never overruled, and they are never equal without a word about why."""
    stated = cells[TRANSACTION]
    if stated is not None and _money(stated) != contract.transaction_value:
        raise wrong_cell(
            TRANSACTION,
            number,
            N_("技术交易额由总额减去扣除项算出，与这里填的不同：请改总额或扣除项，这一格可以留空。"),
        )
    if is_equal_in_silence(contract):
        raise wrong_cell("equal_reason", number, N_("技术交易额与成交总额相等：请填写扣除项，或写明没有扣除项的理由。"))


def _contract(session: Session, actor: Actor, number: int, cells: Mapping[str, Any], seen: set[int]) -> Contract:
    found = cells[ID]
    if not isinstance(found, int) or isinstance(found, bool):
        raise wrong_cell(ID, number, N_("请保留平台编号；新合同请先在跟进项目中录入，没有项目的合同不能登记。"))
    if found in seen:
        raise wrong_cell(ID, number, N_("同一份合同在表里出现了两次。"))
    seen.add(found)
    try:
        return load_contract(session, actor, found)
    except DomainError as error:
        raise wrong_cell(ID, number, str(error)) from error


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
            raise wrong_cell(column.name, number, Sentence(N_("“%(text)s”不在代码表里。"), text=text[:40]))
        return code
    return text


def _deductions(cells: Mapping[str, Any], number: int) -> list[DeductionRow]:
    rows: list[DeductionRow] = []
    for part in filter(None, (each.strip() for each in _plain(cells[DEDUCTIONS] or "").split(SEPARATOR))):
        pieces = [piece.strip() for piece in part.split(PART)]
        kind = codes.table("contract_deductions").find(pieces[0])
        if len(pieces) != 3 or kind is None:
            raise wrong_cell(DEDUCTIONS, number, Sentence(N_("“%(part)s”应写成：类别|名称|金额。"), part=part[:40]))
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
