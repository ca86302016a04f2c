"""Deciding about matches and searching in a real browser, with scripts."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit


def _first(page: Page) -> tuple[Page, str]:
    return page, f"#{page.locator('.decision').first.get_attribute('id')}"


def test_decision_is_made_and_taken_back_in_place(visit: Visit) -> None:
    page, box = _first(visit("/matches", "alice"))
    address = page.url
    page.locator(box).get_by_role("button", name="加入候选").click()
    expect(page.locator(box)).to_contain_text("已加入候选")
    page.locator(box).get_by_role("button", name="撤销").click()
    expect(page.locator(box).get_by_role("button", name="加入候选")).to_be_visible()
    assert page.url == address


def test_decline_asks_for_a_reason_and_keeps_the_note(visit: Visit) -> None:
    page, box = _first(visit("/matches", "alice", width=390))
    decision = page.locator(box)
    decision.locator(".decline summary").click()
    decision.locator("select").select_option("price")
    decision.locator(".decline textarea").fill("超出预算")
    decision.get_by_role("button", name="确认不合适").click()
    expect(decision).to_contain_text("不合适（价格不合适）")
    expect(decision).to_contain_text("超出预算")
    decision.get_by_role("button", name="撤销").click()
    expect(decision.locator(".decline summary")).to_be_visible()


def test_search_keeps_its_address_and_goes_back_to_a_whole_page(visit: Visit) -> None:
    page = visit("/search")
    page.fill("#q", "没有这样的内容")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    page.go_back()
    page.wait_for_url("**/search")
    expect(page.locator("header.site-header")).to_be_visible()
    expect(page.locator("#q")).to_have_value("")
