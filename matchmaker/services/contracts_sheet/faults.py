"""What is wrong in a sheet, by the address of its cell."""

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.services.contracts_sheet.columns import address

MOST_FAULTS = 50


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


def wrong_cell(name: str, number: int, sentence: str) -> SheetFaults:
    """Return the error of one cell: the column's name, and the row as the spreadsheet counts it."""
    return SheetFaults([CellFault(address(name, number), sentence)])
