"""Declining a field until it sinks, restoring it, and avoiding a rival, in a real browser."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE_MS, Axe, Site, Visit
from tests.pairs import pair, publish

SINKS = "“农业”领域的匹配排在后面，因为贵单位 3 次以“不在范围内”谢绝过。"


def _offers(site: Site) -> None:
    """Four of agriculture that score best, and one of the need's own field."""
    with site.database.transaction() as session:
        need = publish(session, site.cast.alice, "need", "棉田残膜回收")
        for place, title in enumerate(("残膜机甲", "残膜机乙", "残膜机丙", "残膜机丁")):
            achievement = publish(session, site.cast.bob, "achievement", title, field="agriculture")
            pair(session, need, achievement, need_side_score=9.0 - place)
        other = publish(session, site.cast.bob, "achievement", "薄膜热解")
        pair(session, need, other, need_side_score=5.0)


def _looks_at(page: Page, title: str) -> None:
    expect(page.locator(".triage-title")).to_have_text(title, timeout=PATIENCE_MS)


def _decline(page: Page, reason: str) -> None:
    page.locator(".triage-drop summary", has_text="不合适").click()
    page.get_by_role("button", name=reason).click()


def test_field_sinks_after_declines_and_comes_back(visit: Visit, site: Site, axe: Axe) -> None:
    _offers(site)
    page = visit("/triage", "alice")
    for title in ("残膜机甲", "残膜机乙", "残膜机丙"):
        _looks_at(page, title)
        _decline(page, "不在范围内")
    _looks_at(page, "残膜机丁")
    expect(page.locator(".shaping-line p")).to_have_text(SINKS)
    page.goto("/triage?grade=3")
    # The pair that the site began with is older by its place, and of the need's own field too.
    expect(page.locator(".queue-title").last).to_have_text("残膜机丁")
    assert axe(page) == []
    page.locator(".shaping-line").get_by_role("button", name="恢复排序").click()
    expect(page.locator(".shaping-line p")).to_have_text("“农业”领域已按贵单位的选择恢复正常排序。")
    expect(page.locator(".queue-title").first).to_have_text("残膜机丁")
    _looks_at(page, "残膜机丁")
    _decline(page, "对方是竞争对手")
    expect(page.locator("#triage-said")).to_have_text("已记录。")
    expect(page.locator("#triage-pair .rival-offer")).to_contain_text("今后不再与昆仑理工大学互相看到？对方不会知道。")
    page.get_by_role("button", name="回避这个单位").click()
    expect(page.locator(".avoided-name")).to_contain_text("昆仑理工大学")
    page.goto("/matches")
    expect(page.locator(".match-row")).to_have_count(0)
