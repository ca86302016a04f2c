"""Writing contracts to the sheet."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.contracts import Contract
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import STATE_NAMES
from matchmaker.services.contracts.fields import FieldKind
from matchmaker.services.contracts.lists import seen_contracts
from matchmaker.services.contracts.loading import contract_options
from matchmaker.services.contracts_sheet.columns import COLUMNS, DEDUCTIONS, NO, SHEET, YES, SheetColumn
from matchmaker.services.exports.cells import text_cell
from matchmaker.services.exports.writers import DAY_FORMAT, HEADER_FILL, HEADER_FONT

MOST_CONTRACTS = 2000
MONEY_FORMAT = "#,##0.00"
SEPARATOR, PART = "；", "|"


def write_sheet(session: Session, actor: Actor) -> bytes:
    """Return the contracts that the actor may see as a workbook, the newest first.

    Raises:
        Invalid: there are none, or more than MOST_CONTRACTS.
    """
    query = sa.select(Contract).join(Deal, Contract.deal_id == Deal.id).where(seen_contracts(actor))
    query = query.options(*contract_options()).order_by(Contract.id.desc()).limit(MOST_CONTRACTS + 1)
    contracts = session.scalars(query).unique().all()
    if not contracts:
        raise Invalid(N_("没有可以导出的合同。"))
    if len(contracts) > MOST_CONTRACTS:
        raise Invalid(N_("一次最多导出 %(most)s 份合同。"), most=MOST_CONTRACTS)
    return workbook(contracts)


def workbook(contracts: Sequence[Contract]) -> bytes:
    """Return contracts as a workbook of one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"  # noqa: S101
    sheet.title = SHEET
    sheet.append([column.heading for column in COLUMNS])
    for contract in contracts:
        sheet.append([cell_of(contract, column) for column in COLUMNS])
    for place, column in enumerate(COLUMNS, start=1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = column.width
        for (cell,) in sheet.iter_rows(min_row=2, min_col=place, max_col=place):
            if isinstance(cell.value, Decimal):
                cell.number_format = MONEY_FORMAT
            elif isinstance(cell.value, date):
                cell.number_format = DAY_FORMAT
    for cell in sheet[1]:
        cell.font, cell.fill = HEADER_FONT, HEADER_FILL
    sheet.freeze_panes = "C2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def cell_of(contract: Contract, column: SheetColumn) -> Any:
    """Return what stands in a contract's cell of a column."""
    match column.name:
        case "state":
            return STATE_NAMES.get(contract.state, contract.state)
        case "seller" | "buyer":
            return text_cell(getattr(contract, column.name).name)
        case "seller_code" | "buyer_code":
            return getattr(contract, column.name.removesuffix("_code")).credit_code
        case name if name == DEDUCTIONS:
            return text_cell(SEPARATOR.join(_deduction(row) for row in contract.deductions)) or None
        case "kind":
            return codes.table("contract_kinds").name(contract.sub_kind or contract.kind) or None
    value = getattr(contract, column.name)
    if column.field is not None and column.field.kind is FieldKind.FLAG:
        return YES if value else NO
    if column.field is not None and column.field.kind is FieldKind.CODE:
        return codes.table(column.field.table).name(value) or None
    return text_cell(value) if isinstance(value, str) else value


def _deduction(row: Any) -> str:
    kind = codes.table("contract_deductions").name(row.kind)
    name = row.name.replace(SEPARATOR, "、").replace(PART, "／")
    return PART.join((kind, name, f"{row.amount:.2f}".removesuffix(".00")))
