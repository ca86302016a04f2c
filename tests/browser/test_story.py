"""The whole journey in a real browser: a need is posted, reviewed, matched, and seen from every side."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Visit
from tests.working import work

PASSWORD = "gobi feng 2027"
NEED = "高寒风场叶片主动除冰系统"
PROBLEM = (
    "冬季零下三十度时叶片前缘结冰，停机损失大。需要能在运行中除冰的电热或气热系统，"
    "耐风沙冲蚀，可在现役机组上加装，单台改造时间不超过三天。"
)
ACHIEVEMENT = "叶片碳纤维电热除冰系统"


def test_story_from_registration_to_a_match_with_reasons(site: Site, visit: Visit) -> None:
    enterprise = _register(visit)
    need = _post(enterprise, "/needs/new", _need_fields)
    _publish(visit, need)
    university = visit("/dashboard", "bob")
    achievement = _post(university, "/achievements/new", _achievement_fields)
    _publish(visit, achievement)
    work(site.settings, site.database)
    _sees_match_with_reasons(enterprise, f"/needs/{need}", ACHIEVEMENT)
    _sees_match_with_reasons(university, f"/achievements/{achievement}", NEED)
    broker = visit("/matches?grade=0", "carol")
    expect(broker.get_by_role("link", name=NEED).first).to_be_visible()


def _register(visit: Visit) -> Page:
    page = visit("/register?kind=enterprise")
    page.get_by_label("单位全称").fill("博格达风电运维有限公司")
    page.get_by_label("统一社会信用代码").fill("91650100MA7T0R0A19")
    page.get_by_label("您的姓名").fill("郭岚")
    page.get_by_label("邮箱").fill("guolan@bogda.example")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="注册").click()
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/dashboard")
    return page


def _post(page: Page, address: str, fill: object) -> int:
    """Write and submit a listing; return its id."""
    page.goto(address)
    page.get_by_label(re.compile("(需求|成果)名称")).fill(NEED if "needs" in address else ACHIEVEMENT)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/edit")
    fill(page)
    page.get_by_role("button", name="保存并预览").click()
    page.wait_for_url("**/submit")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=re.compile("提交")).click()
    page.wait_for_url(re.compile(r"/(needs|achievements)/\d+$"))
    return int(page.url.rpartition("/")[2])


def _need_fields(page: Page) -> None:
    page.locator("main [name=abstract]").fill("寻求高寒地区现役风电机组叶片的主动除冰系统。")
    page.locator("main [name=problem]").fill(PROBLEM)
    page.locator("main [name=field]").select_option("energy")
    page.locator("main [name=cooperation][value=joint]").check()


def _achievement_fields(page: Page) -> None:
    page.locator("main [name=abstract]").fill("碳纤维电热膜叶片除冰系统，可加装于现役机组。")
    page.locator("main [name=description]").fill(
        "以碳纤维电热膜覆盖叶片前缘，分区控温，零下三十度可在运行中除冰，已在高寒风场试用。"
    )
    page.locator("main [name=field]").select_option("energy")
    page.locator("main [name=stage]").select_option("pilot")
    page.locator("main [name=cooperation][value=joint]").check()


def _publish(visit: Visit, listing_id: int) -> None:
    page = visit(f"/review/{listing_id}", "dave")
    page.get_by_role("button", name=re.compile("发布")).first.click()
    page.wait_for_url(re.compile(r"/review$"))


def _sees_match_with_reasons(page: Page, address: str, other: str) -> None:
    listing_id = address.rsplit("/", 1)[1]
    page.goto(f"/listings/{listing_id}/matches?grade=0")
    page.get_by_role("link", name=other).first.click()
    expect(page.get_by_role("heading", name=re.compile("为什么|理由")).first).to_be_visible()
    expect(page.locator("mark").first).to_be_visible()
    assert page.locator("mark", has_text="除冰").count() > 0
