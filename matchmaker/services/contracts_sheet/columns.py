"""The columns of the sheet, in their order: what the form asks, between what names a contract and what is computed."""

from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from matchmaker.domain.language import N_
from matchmaker.services.contracts.fields import FIELDS, ContractField

ID, VERSION, DEDUCTIONS, TRANSACTION = "id", "version", "deductions", "transaction_value"
SHEET = N_("技术合同登记")
YES, NO = N_("是"), N_("否")


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """One column: `field` where the form asks it; `is_shown` alone is not read."""

    name: str
    heading: str
    width: int = 18
    field: ContractField | None = None
    is_shown: bool = False


def _form() -> tuple[SheetColumn, ...]:
    columns: list[SheetColumn] = []
    for field in FIELDS:
        columns.append(
            SheetColumn(field.name, field.label, 30 if field.most > 200 or field.name == "name" else 18, field)
        )
        if field.name == "total_value":
            columns.append(SheetColumn(DEDUCTIONS, N_("扣除项（类别|名称|金额，多项用；隔开）"), 40))
            columns.append(SheetColumn(TRANSACTION, N_("技术交易额（元）= 总额 − 扣除项")))
    return tuple(columns)


COLUMNS: tuple[SheetColumn, ...] = (
    SheetColumn(ID, N_("平台编号"), 10),
    SheetColumn(VERSION, N_("版本"), 8),
    SheetColumn("state", N_("状态"), 10, is_shown=True),
    SheetColumn("seller", N_("卖方（技术提供方）"), 28, is_shown=True),
    SheetColumn("seller_code", N_("卖方统一社会信用代码"), 22, is_shown=True),
    SheetColumn("buyer", N_("买方（技术需求方）"), 28, is_shown=True),
    SheetColumn("buyer_code", N_("买方统一社会信用代码"), 22, is_shown=True),
    *_form(),
    SheetColumn("registration_number", N_("登记编号"), 20, is_shown=True),
    SheetColumn("registered_on", N_("登记日期"), 12, is_shown=True),
)
PLACES = {column.name: place for place, column in enumerate(COLUMNS, start=1)}


def address(name: str, row: int) -> str:
    """Return the address of a cell, AB12."""
    return f"{get_column_letter(PLACES.get(name, 1))}{row}"
