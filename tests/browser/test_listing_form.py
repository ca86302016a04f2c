"""Writing a listing in a real browser: autosave, rows, conflicts, leaving with a save on its way."""

import re

import pytest
from playwright.sync_api import Page, expect

from matchmaker.domain.listings import Listing, Revision
from tests.browser.conftest import Axe, Site, Visit
from tests.drafts import make_draft, make_published, make_submitted

SAVED = re.compile(r"已保存 \d\d:\d\d")


@pytest.fixture
def draft_id(site: Site, request: pytest.FixtureRequest) -> int:
    # Two drafts of one title begun within minutes would be one.
    with site.database.transaction() as session:
        return make_draft(session, site.cast.alice, title=request.node.name[:80]).id


def stored(site: Site, listing_id: int) -> Revision:
    with site.database.read() as session:
        revision = session.get_one(Listing, listing_id).working_revision
        assert revision is not None
        _ = (revision.indicators, revision.budget)
        return revision


def saves(page: Page) -> None:
    expect(page.locator("#save-status")).to_have_text(SAVED)


def test_typing_is_saved_by_itself(site: Site, visit: Visit, draft_id: int) -> None:
    page = visit(f"/listings/{draft_id}/edit", "alice")
    page.get_by_role("textbox", name="已做过的尝试").fill("试过电加热 🚁 <b>无效</b>")
    saves(page)
    assert stored(site, draft_id).tried == "试过电加热 🚁 <b>无效</b>"


def test_an_amount_is_shown_as_understood_or_kept_as_typed(site: Site, visit: Visit, draft_id: int) -> None:
    page = visit(f"/listings/{draft_id}/edit", "alice")
    page.get_by_role("textbox", name="拟投入资金（元）").fill("50-80万")
    expect(page.locator("#field-budget-note")).to_have_text("即 80 万元")
    page.get_by_role("textbox", name="拟投入资金（元）").fill("五十万左右")
    expect(page.locator("#field-budget-note")).to_have_text("请填写金额，例如 1200000、120万 或 50-80万；面议请留空。")
    page.reload()
    expect(page.get_by_role("textbox", name="拟投入资金（元）")).to_have_value("五十万左右")


def test_rows_of_indicators_are_added_and_removed(site: Site, visit: Visit, draft_id: int) -> None:
    page = visit(f"/listings/{draft_id}/edit", "alice")
    page.get_by_role("button", name="再加一项").click()
    row = page.locator("[data-row]").last
    row.get_by_label("指标名称").fill("工作温度")
    expect(row.get_by_label("上限")).to_be_hidden()
    row.get_by_label("要求").select_option("between")
    row.get_by_label("数值").fill("-30")
    row.get_by_label("上限").fill("50")
    row.get_by_label("单位").fill("℃")
    page.get_by_role("button", name="删除这一项").first.click()
    saves(page)
    expect(page.locator("#field-indicators-note")).to_be_empty()
    rows = [(row.name, row.comparator, row.value, row.upper, row.unit) for row in stored(site, draft_id).indicators]
    assert rows == [("工作温度", "between", "-30", "50", "℃")]


def test_submitting_right_after_typing_takes_the_newest_text_along(site: Site, visit: Visit, draft_id: int) -> None:
    page = visit(f"/listings/{draft_id}/edit", "alice")
    page.get_by_role("textbox", name="已做过的尝试").fill("第一次")
    page.wait_for_timeout(0)
    page.get_by_role("textbox", name="背景与痛点").fill("最后写的字")
    page.get_by_role("button", name="保存并预览").click()
    page.wait_for_url("**/submit")
    assert (stored(site, draft_id).background, stored(site, draft_id).tried) == ("最后写的字", "第一次")


def test_two_windows_keep_both_texts(site: Site, visit: Visit, draft_id: int) -> None:
    first, second = (visit(f"/listings/{draft_id}/edit", "alice") for _ in range(2))
    first.get_by_role("textbox", name="已做过的尝试").fill("甲窗口")
    saves(first)
    second.get_by_role("textbox", name="已做过的尝试").fill("乙窗口")
    second.get_by_role("button", name="对照后保存").click()
    expect(second.get_by_role("textbox", name="已做过的尝试")).to_have_value("乙窗口")
    expect(second.locator(".field-stored-text")).to_have_text("甲窗口")
    second.get_by_role("button", name="保存", exact=True).click()
    second.wait_for_url("**/edit")
    assert stored(site, draft_id).tried == "乙窗口"


def test_logging_out_elsewhere_leaves_the_text_on_the_page(site: Site, visit: Visit, draft_id: int) -> None:
    page = visit(f"/listings/{draft_id}/edit", "alice")
    page.context.clear_cookies()
    page.get_by_role("textbox", name="已做过的尝试").fill("还在这里")
    expect(page.locator("#save-status")).to_contain_text("您已退出登录")
    expect(page.get_by_role("textbox", name="已做过的尝试")).to_have_value("还在这里")


def test_a_megabyte_is_not_sent_and_not_lost(site: Site, visit: Visit, draft_id: int) -> None:
    page = visit(f"/listings/{draft_id}/edit", "alice")
    page.get_by_role("textbox", name="已做过的尝试").evaluate("(area) => { area.value = '字'.repeat(1000000); }")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#save-status")).to_contain_text("内容太长")
    assert page.get_by_role("textbox", name="已做过的尝试").evaluate("(area) => area.value.length") == 1_000_000
    assert stored(site, draft_id).tried is None


def test_a_need_goes_from_the_first_word_to_publication(site: Site, visit: Visit) -> None:
    page = visit("/needs/new", "alice")
    page.get_by_label("需求名称").fill("绝缘子防污闪涂层")
    page.get_by_role("radio", name="匿名发布").check()
    page.get_by_role("button", name="开始填写").click()
    page.get_by_label("公开摘要").fill("寻求耐候的防污闪涂层。")
    page.get_by_role("textbox", name="要解决的技术问题").fill("盐碱粉尘环境下绝缘子污闪频繁。")
    page.get_by_label("技术领域").select_option("materials")
    page.get_by_role("checkbox", name="委托开发").check()
    page.get_by_role("button", name="保存并预览").click()
    expect(page.locator(".preview")).not_to_contain_text("盐碱粉尘")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="提交审核").click()
    expect(page.get_by_role("status").first).to_contain_text("已提交审核")
    desk = visit("/review", "dave")
    desk.get_by_role("link", name="绝缘子防污闪涂层").click()
    desk.get_by_role("button", name="通过并发布").click()
    expect(desk.get_by_role("status").first).to_contain_text("已发布")
    outside = visit("/needs", None)
    outside.get_by_role("link", name="绝缘子防污闪涂层").click()
    expect(outside.locator("main")).to_contain_text("匿名需求方")
    expect(outside.locator("main")).not_to_contain_text("盐碱粉尘")


def test_pages_are_accessible_on_a_wide_screen(site: Site, visit: Visit, axe: Axe) -> None:
    with site.database.transaction() as session:
        draft = make_draft(session, site.cast.alice, title="甲", budget="很多").id
        waiting = make_submitted(session, site.cast.alice, "achievement", title="乙").id
        published = make_published(session, site.cast.alice, site.cast.dave, title="丙").id
    paths = [
        ("alice", "/needs/new"),
        ("carol", "/achievements/new"),
        ("alice", "/listings"),
        ("alice", f"/listings/{draft}/edit?check=1"),
        ("alice", f"/listings/{draft}/submit"),
        ("alice", f"/needs/{published}"),
        (None, f"/needs/{published}"),
        (None, "/achievements"),
        ("dave", "/review"),
        ("dave", f"/review/{waiting}"),
    ]
    for key, path in paths:
        assert axe(visit(path, key)) == [], path


def test_what_tells_the_poster_is_shown_while_writing_and_one_click_leads_to_it(
    site: Site, visit: Visit, draft_id: int
) -> None:
    page = visit(f"/listings/{draft_id}/edit", "alice")
    page.get_by_label("公开摘要").fill("🚁 寻求除冰涂层，请拨 0991-3812345 联系。")
    saves(page)
    expect(page.locator(".identity-passage")).to_have_count(0)
    page.get_by_role("radio", name="匿名发布").check()
    expect(page.locator(".identity-passage mark")).to_have_text("0991-3812345")
    page.get_by_role("link", name="到原文处修改").click()
    chosen = "a => a.value.slice(a.selectionStart, a.selectionEnd)"
    assert page.get_by_label("公开摘要").evaluate(chosen) == "0991-3812345"
    page.get_by_role("button", name="保存并预览").click()
    page.get_by_role("link", name="到原文处修改").click()
    expect(page.get_by_label("公开摘要")).to_be_focused()
    assert page.get_by_label("公开摘要").evaluate(chosen) == "0991-3812345"
