"""Evidence and the report of a pair in a real browser: shown in place, readable on a phone, one page on paper."""

import io

from playwright.sync_api import expect
from pypdf import PdfReader

from matchmaker.services.engine import Engine
from matchmaker.services.evidence import EvidenceMaker
from tests.browser.conftest import Axe, Site, Visit


def test_evidence_appears_by_itself_once_the_worker_has_compared(visit: Visit, site: Site, axe: Axe) -> None:
    page = visit("/matches/1", "alice")
    expect(page.locator("#evidence")).to_contain_text("正在逐句比对")
    maker = EvidenceMaker(site.database, Engine(site.settings), "test/1/a")
    while maker.step():
        pass
    expect(page.locator("#evidence .evidence-row").first).to_be_visible(timeout=15_000)
    page.set_viewport_size({"width": 390, "height": 800})
    asked, said = (
        page.locator(f".evidence-row {part}").first.bounding_box() for part in (".evidence-need", ".evidence-answer")
    )
    assert asked is not None
    assert said is not None
    assert said["y"] >= asked["y"] + asked["height"]
    assert axe(page) == []


def test_report_is_chosen_downloaded_and_prints_on_one_page(visit: Visit) -> None:
    page = visit("/matches/1", "carol")
    page.get_by_role("link", name="匹配报告").click()
    expect(page.locator(".report-sheet")).to_contain_text("供双方阅读")
    page.get_by_role("link", name="仅供成果方阅读").click()
    expect(page.locator(".report-audience")).to_have_text("仅供成果方阅读")
    with page.expect_download() as started:
        page.get_by_role("link", name="下载 PDF").click()
    assert len(PdfReader(started.value.path()).pages) == 1
    printed = page.pdf(prefer_css_page_size=True)
    assert len(PdfReader(io.BytesIO(printed)).pages) == 1


def test_report_is_accessible_and_as_wide_as_the_screen(visit: Visit, axe: Axe) -> None:
    for width in (1440, 390):
        page = visit("/matches/1/report?for=both", "carol", width=width)
        assert (width, axe(page)) == (width, [])
        assert page.evaluate("document.documentElement.scrollWidth") == width
