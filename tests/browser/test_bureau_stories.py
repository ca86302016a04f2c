"""The bureau's own pages: a report made, a paper drafted, the gaps of the market, a rule, the journal."""

import io
from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

from docx import Document
from openpyxl import load_workbook
from playwright.sync_api import Locator, Page, expect

from matchmaker.domain.days import today
from tests.browser.conftest import Site, Visit
from tests.browser.event_stage import press
from tests.contracts import make_registered
from tests.pairs import publish
from tests.running import run_jobs
from tests.working import work

NAME = "叶片电热除冰涂层委托开发合同"
GAP = "棉秆 · 液压系统 · 密封"


def test_report_is_made_and_a_contract_drafted(site: Site, visit: Visit) -> None:
    with site.database.transaction() as session:
        make_registered(session, site.cast, name=NAME)
    page = visit("/reports", "dave")
    month = f"{today().year}-month-{today().month}"
    page.get_by_label("时段").select_option(month)
    press(page, page.get_by_role("button", name="生成"))
    run_jobs(site.settings, site.database)
    page.wait_for_url("**/reports")
    words = Document(_taken(page, page.get_by_role("link", name="Word").first))
    assert "月报" in words.paragraphs[0].text + words.paragraphs[1].text
    figures = load_workbook(_taken(page, page.get_by_role("link", name="Excel").first))
    assert NAME in {cell.value for sheet in figures for row in sheet for cell in row}
    page.goto("/contracts")
    press(page, page.get_by_role("link", name=NAME))
    press(page, page.get_by_role("link", name="起草合同文本"))
    expect(page.get_by_role("heading", level=1)).to_have_text("合同文本草稿")
    drafted = _taken(page, page.locator("a[href$='/papers/development']"))
    assert NAME in ZipFile(drafted).read("word/document.xml").decode()


def test_gap_is_exported_a_rule_superseded_and_the_journal_verified(site: Site, visit: Visit) -> None:
    with site.database.transaction() as session:
        for title in ("棉秆打捆机低温液压密封", "棉秆打捆机低温液压油封"):
            publish(session, site.cast["alice"], "need", title, problem="零下三十度密封失效。", field="agriculture")
    work(site.settings, site.database)
    page = visit("/unmet-needs", "dave")
    listed = load_workbook(_taken(page, page.get_by_role("link", name="Excel")))
    assert GAP in {cell.value for sheet in listed for row in sheet for cell in row}
    press(page, page.locator(".unmet-table").get_by_role("link", name=GAP))
    expect(page.locator("main")).to_contain_text("棉秆打捆机低温液压油封")
    posting = Document(_taken(page, page.get_by_role("link", name="揭榜榜单草稿")))
    assert "密封失效" in " ".join(each.text for each in posting.paragraphs)

    page.goto("/rules")
    press(page, page.locator("main a[href*='contract_decision_days']").first)
    page.get_by_label("新的值").fill("12")
    page.get_by_label("从哪一天起").fill((today() + timedelta(days=30)).isoformat())
    page.get_by_label("依据").fill("乌科规〔2026〕3号第五条")
    press(page, page.get_by_role("button", name="写入"))
    expect(page.locator(".rule", has_text="乌科规〔2026〕3号第五条")).to_contain_text("尚未执行")

    page.goto("/journal")
    press(page, page.get_by_role("button", name="核对全部日志"))
    run_jobs(site.settings, site.database)
    page.reload()
    expect(page.locator("main")).to_contain_text("条全部完好")


def _taken(page: Page, link: Locator) -> io.BytesIO:
    """Press what hands out a file and return it."""
    with page.expect_download() as waiting:
        link.click()
    return io.BytesIO(Path(waiting.value.path()).read_bytes())
