"""Coming in, in a real browser: registration, a forgotten password, an invitation."""

import re

import pytest
from playwright.sync_api import Page, expect

from matchmaker.domain.mails import Mail
from tests.browser.conftest import Axe, Site, Visit
from tests.cast import PASSWORD

NEW = "shapaozi 2027 xin"


def _link(site: Site, recipient: str) -> str:
    with site.database.read() as session:
        mail = session.query(Mail).where(Mail.recipient == recipient).order_by(Mail.id.desc()).first()
        assert mail is not None
        found = re.search(r"(/reset/\S+)", mail.body)
    assert found is not None
    return found[1]


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("width", [1440, 390])
def test_newcomer_registers_and_logs_in(visit: Visit, width: int) -> None:
    page = visit("/", width=width)
    page.get_by_role("link", name="注册", exact=True).first.click()
    page.get_by_role("link", name="技术转移机构").click()
    page.get_by_label("机构全称").or_(page.get_by_label("单位全称")).fill(f"远山事务所 {width}")
    page.get_by_label("您的姓名").fill("郭岚")
    page.get_by_label("邮箱").fill(f"guo-{width}@wind.example")
    page.get_by_label("密码").fill(NEW)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="注册").click()
    page.get_by_label("密码").fill(NEW)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/dashboard")
    page.goto("/account")
    expect(page.get_by_text("等待科技局确认")).to_be_visible()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("kind", ["enterprise", "broker"])
def test_registration_with_faults_is_accessible_and_leads_to_them(
    visit: Visit, axe: Axe, kind: str, width: int
) -> None:
    page = visit(f"/register?kind={kind}", width=width)
    assert axe(page) == []
    page.get_by_label("单位全称").fill("某单位")
    page.get_by_label("统一社会信用代码").fill("91650100MA7T0R0A18")
    page.get_by_label("您的姓名").fill("郭岚")
    page.get_by_label("邮箱").fill("guo@wind.example")
    page.get_by_label("密码").fill("password 1")
    page.get_by_role("button", name="注册").click()
    assert (axe(page), _fits(page)) == ([], True)
    page.get_by_role("link", name=re.compile("统一社会信用代码：")).click()
    expect(page.get_by_label("统一社会信用代码")).to_be_in_viewport()


@pytest.mark.parametrize("width", [1440, 390])
def test_forgotten_password_is_set_through_the_mailed_link(site: Site, visit: Visit, axe: Axe, width: int) -> None:
    page = visit("/login", width=width)
    page.get_by_role("link", name="忘记密码").click()
    page.get_by_label("邮箱或手机号").fill("mallory@cast.example")
    page.get_by_role("button", name="发送链接").click()
    link = _link(site, "mallory@cast.example")
    page.goto(link)
    assert axe(page) == []
    page.get_by_role("textbox", name="新密码").fill(f"{NEW} {width}")
    page.get_by_role("button", name="设置密码").click()
    page.get_by_label("密码").fill(f"{NEW} {width}")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/dashboard")
    page.goto(link)
    assert axe(page) == []
    expect(page.get_by_text("链接只能使用一次")).to_be_visible()


def test_colleague_is_invited_and_joins(site: Site, visit: Visit, axe: Axe) -> None:
    owner = visit(f"/organizations/{site.cast.bob.organization_id}/members", "bob")
    owner.get_by_placeholder("李明 liming@example.com").fill("古丽 gul@kunlun.example")
    owner.get_by_role("button", name="发送邀请").click()
    expect(owner.get_by_text("已邀请，等待对方接受")).to_be_visible()
    colleague = visit(_link(site, "gul@kunlun.example"), width=390)
    assert axe(colleague) == []
    colleague.get_by_role("textbox", name="新密码").fill(NEW)
    colleague.get_by_role("checkbox").check()
    colleague.get_by_role("button", name="设置密码并加入").click()
    owner.reload()
    owner.get_by_role("listitem").filter(has_text="古丽").get_by_text("移除", exact=True).click()
    assert axe(owner) == []


def test_bureau_is_asked_for_a_reason_before_it_refuses_a_broker(visit: Visit, axe: Axe) -> None:
    page = visit("/admin/brokers", "dave", width=390)
    page.get_by_role("listitem").filter(has_text="裴德").get_by_text("不予确认").click()
    assert (axe(page), _fits(page)) == ([], True)
    page.get_by_label("原因").first.fill("请补充资质证明。")
    page.get_by_role("button", name="退回").first.click()
    expect(page.get_by_text("已退回，对方会收到说明。")).to_be_visible()


def test_log_in_works_without_a_mouse(visit: Visit) -> None:
    page = visit("/login")
    page.get_by_label("邮箱或手机号").focus()
    page.keyboard.type("alice@cast.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/dashboard")
