"""What openpyxl's quick reading passes over in a worksheet: merged cells, and formulas stored without their value."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import IO
from xml.etree import ElementTree

from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

_BLOCK = 1024 * 1024
_TELLTALE = re.compile(rb"<(?:\w+:)?(?:mergeCell|f)[\s/>]")
_LONGEST_MARK = 64


@dataclass(slots=True)
class Marks:
    """`merges` gives the last row by (first row, column) of every range of several rows; `valueless` the columns by
    row of formulas without a value. Rows count from 1, columns from 0."""

    merges: dict[tuple[int, int], int] = field(default_factory=dict)
    valueless: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))

    @property
    def rows(self) -> frozenset[int]:
        """The rows that are not empty although no value of theirs is there."""
        return frozenset(self.valueless)


def read_marks(part: IO[bytes]) -> Marks:
    """Read a worksheet's part of the archive. Most have nothing of the kind, which is told without parsing them."""
    marks = Marks()
    if not _has_telltale(part):
        return marks
    part.seek(0)
    for _event, element in ElementTree.iterparse(part):  # noqa: S314 - expat limits what entities expand to
        name = element.tag.rpartition("}")[2]
        if name == "c":
            _note_formula(marks, element)
            element.clear()
        elif name == "mergeCell":
            _note_merge(marks, element.get("ref", "A1"))
        elif name == "row":
            element.clear()
    return marks


def _has_telltale(part: IO[bytes]) -> bool:
    end = b""
    while block := part.read(_BLOCK):
        if _TELLTALE.search(end + block):
            return True
        end = block[-_LONGEST_MARK:]
    return False


def _note_formula(marks: Marks, cell: ElementTree.Element) -> None:
    names = {child.tag.rpartition("}")[2]: child for child in cell}
    value = names.get("v")
    if "f" in names and (value is None or not value.text) and cell.get("t") != "str":
        row, column = coordinate_to_tuple(cell.get("r", "A1"))
        marks.valueless[row].append(column - 1)


def _note_merge(marks: Marks, reference: str) -> None:
    left, top, _right, bottom = range_boundaries(reference)
    if left and top and bottom and bottom > top:
        marks.merges[top, left - 1] = bottom
