"""The table of a campaign as a spreadsheet."""

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from matchmaker.domain.campaigns import Campaign
from matchmaker.domain.language import N_
from matchmaker.services.campaigns.following import BranchRow, CampaignProgress
from matchmaker.services.documents.text import plain

STAGE_NAMES = {
    "collected": N_("已报送"),
    "submitted": N_("已提交"),
    "screened_in": N_("入选"),
    "screened_out": N_("未入选"),
    "published": N_("已发布"),
}
LIGHT_NAMES = {
    "done": N_("已完成"),
    "on_way": N_("进度正常"),
    "behind": N_("落后"),
    "far_behind": N_("严重落后"),
    "none": N_("没有任务"),
}
_HEAD = PatternFill("solid", fgColor="E4F1F3")


def progress_xlsx(campaign: Campaign, progress: CampaignProgress) -> bytes:
    """Return the table of a campaign as an .xlsx file, one row per branch and the total below."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(N_("征集进度"))
    sheet.append([plain(campaign.title)])
    sheet.append([f"{campaign.opens_on.isoformat()} — {campaign.closes_on.isoformat()}"])
    sheet.append([])
    sheet.append([N_("分中心"), N_("任务"), *STAGE_NAMES.values(), N_("完成率"), N_("进度")])
    for row in (*progress.rows, progress.total):
        sheet.append(_cells(row))
    sheet["A1"].font = Font(bold=True, size=14)
    for cell in sheet[4]:
        cell.font, cell.fill, cell.alignment = Font(bold=True), _HEAD, Alignment(horizontal="center")
    for row_number in range(5, sheet.max_row + 1):
        sheet.cell(row_number, 8).number_format = "0%"
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
    for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)):
        cell.data_type = "s"  # a person's text that begins like a formula must not be one
    for column, width in enumerate((28, 10, 10, 10, 10, 10, 10, 10, 12), start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "B5"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cells(row: BranchRow) -> list[object]:
    numbers = [row.counts[stage] for stage in STAGE_NAMES]
    return [plain(row.name), row.quota, *numbers, row.share, LIGHT_NAMES[row.light]]
