"""An office brings in two hundred achievements, twelve of them bad, in a real browser with a real worker."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from matchmaker.domain.listings import Listing
from matchmaker.services import job_runner
from tests.browser.conftest import Site, Visit
from tests.working import finish, working

WIDTHS = (1440, 390)
ROWS, HEADER_ROW = 200, 2
# Rows of the list that cannot be imported, from 1, and the column that each is wrong in.
BAD = {
    5: "技术领域", 17: "技术领域", 33: "技术领域", 48: "成果名称", 61: "成果名称", 75: "公开摘要",
    90: "成果所处阶段", 104: "转让价格（万元）", 119: "完成时间", 140: "成果编号", 166: "拟转化方式", 200: "密级",
}  # fmt: skip
WRONG = {
    "技术领域": "炼金术", "成果名称": "", "公开摘要": "", "成果所处阶段": "快好了", "转让价格（万元）": "两头牛",
    "完成时间": "2025-02-30", "成果编号": "KL-001", "拟转化方式": "随缘", "密级": "机密",
}  # fmt: skip


@pytest.mark.parametrize("key", ["bob", "carol"])
def test_import_is_offered_once_with_and_without_listings(visit: Visit, key: str) -> None:
    for width in WIDTHS:
        expect(visit("/listings", key, width=width).get_by_role("link", name="批量导入")).to_have_count(1)


def test_story_of_two_hundred_rows_with_twelve_bad_ones(
    site: Site, visit: Visit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_runner, "SLICE_SECONDS", 0.0)  # one transaction a step, however fast the machine is
    page = visit("/listings", "bob")
    page.get_by_role("link", name="批量导入").click()
    page.get_by_label("选择文件").set_input_files(_list(tmp_path))
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("排队中，马上开始……")).to_be_visible()
    with working(site.settings, site.database) as worker:
        finish(worker)
        expect(page.get_by_role("combobox", name="我们叫它什么")).to_have_value("")
        page.get_by_role("combobox", name="我们叫它什么").select_option("description")
        page.get_by_role("button", name="下一步：预览").click()
        finish(worker)
        _sees_preview(page)
        page.get_by_role("checkbox").check()
        page.get_by_role("button", name="导入 188 行").click()
        expect(page.get_by_text("可以离开这个页面")).to_be_visible()
        worker.step()
        worker.step()
        expect(page.get_by_text("10 / 200 行")).to_be_visible()
        page.goto("/listings")
        page.goto("/imports")
        page.get_by_role("link", name="成果汇总.xlsx").click()
        finish(worker)
    expect(page.get_by_text("导入完成")).to_be_visible()
    _has_report(page, tmp_path)
    with site.database.read() as session:
        imported = sa.select(sa.func.count(Listing.id)).where(Listing.external_id.startswith("KL-"))
        assert session.scalar(imported) == ROWS - len(BAD)


def _sees_preview(page: Page) -> None:
    expect(page.get_by_text("已检查全部 200 行，还没有写入任何内容。")).to_be_visible()
    expect(page.locator(".import-stats .stat-value")).to_have_text(["188", "12"])
    expect(page.locator(".problem-table tbody th")).to_have_text([str(row + HEADER_ROW) for row in BAD])
    expect(page.locator("details[open]", has_text="疏冰涂料第1代")).to_contain_text("以有机硅改性聚脲为基体")


def _has_report(page: Page, folder: Path) -> None:
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载问题清单 .xlsx").click()
    assert waiting.value.suggested_filename == "成果汇总 的问题行.xlsx"
    waiting.value.save_as(folder / "report.xlsx")
    header, *rows = load_workbook(folder / "report.xlsx").worksheets[0].iter_rows(values_only=True)
    assert header == ("行号", "列", "原因", "处理")
    assert [(row[0], row[1]) for row in rows] == [(row + HEADER_ROW, column) for row, column in BAD.items()]
    assert [row[2] for row in rows if row[0] == 140 + HEADER_ROW] == [f"与第 {1 + HEADER_ROW} 行重复。"]
    assert {row[3] for row in rows} == {"未导入"}


def _list(folder: Path) -> Path:
    """Write a list as an office keeps it: a caption above, columns of its own, one that nobody could guess."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["昆仑理工大学 2026 年科技成果汇总表"])
    for row in range(ROWS + 1):
        cells = _row(row)
        if row == 0:
            sheet.append(list(cells))
        else:
            sheet.append([WRONG[name] if BAD.get(row) == name else value for name, value in cells.items()])
    path = folder / "成果汇总.xlsx"
    book.save(path)
    return path


def _row(number: int) -> dict[str, object]:
    return {
        "成果编号": f"KL-{number:03}",
        "成果名称": f"疏冰涂料第{number}代",
        "公开摘要": "有机硅改性疏冰涂料，已在高海拔线路试用。",
        "我们叫它什么": "以有机硅改性聚脲为基体，加入疏水填料，可现场喷涂施工。",
        "技术领域": "新材料及其应用",
        "成果所处阶段": "中试",
        "拟转化方式": "技术转让、联合开发",
        "转让价格（万元）": 80 + number,
        "完成时间": "2025-03-01",
        "密级": "不涉密",
    }
