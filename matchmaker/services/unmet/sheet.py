"""The innovation list as a spreadsheet."""

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from matchmaker.domain.language import N_
from matchmaker.services.documents import InnovationList
from matchmaker.services.exports.cells import text_cell
from matchmaker.services.exports.writers import HEADER_FILL, HEADER_FONT

COLUMNS = (
    (N_("序号"), 6),
    (N_("技术创新事项"), 28),
    (N_("要解决的技术问题"), 60),
    (N_("技术指标"), 40),
    (N_("技术领域"), 18),
    (N_("所在地区"), 18),
    (N_("企业数"), 8),
    (N_("需求数"), 8),
)
LONGEST_CELL = 32_000
"""A cell of a spreadsheet holds 32,767 characters."""


def innovation_list_xlsx(drafted: InnovationList) -> bytes:
    """Return the list as a workbook of one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None, "a new workbook has a sheet"  # noqa: S101
    sheet.title = drafted.title
    sheet.append([heading for heading, _ in COLUMNS])
    for item in drafted.items:
        problems, indicators = (
            text_cell("\n".join(texts)[:LONGEST_CELL]) for texts in (item.problems, item.indicators)
        )
        names = [text_cell(text) for text in (item.name, item.field, item.region)]
        sheet.append([item.number, names[0], problems, indicators, *names[1:], item.enterprises, item.needs])
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
    for cell in sheet[1]:
        cell.font, cell.fill = HEADER_FONT, HEADER_FILL
    for place, (_, width) in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = "C2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
