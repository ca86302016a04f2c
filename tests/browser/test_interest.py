"""An anonymous need, seen in its abstract only until both sides are interested; then contact, and who has read it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site, Visit
from tests.drafts import make_published
from tests.pairs import publish
from tests.working import work

NEED = "高寒管道内壁结蜡清除"
ABSTRACT = "寻求在线清除结蜡的方法。"
PROBLEM = "零下三十度的集输管道内壁结蜡，停输清管代价大，需要在线清除的方法，单次清除长度不少于两公里。"
COMPANY, PERSON, PHONE = "天山机械有限公司", "古丽巴哈尔", "13999000011"


@pytest.fixture
def achievement(site: Site) -> int:
    with site.database.transaction() as session:
        return make_published(
            session, site.cast.bob, site.cast.dave, "achievement", title="管道在线清蜡机器人", contact_name="鲍老师"
        ).id


def test_anonymous_need_becomes_a_contact_by_mutual_interest(site: Site, visit: Visit, achievement: int) -> None:
    enterprise = visit("/dashboard", "alice")
    need = _post_anonymously(enterprise)
    _publish(visit, need)
    work(site.settings, site.database)

    university = visit(f"/needs/{need}", "bob")
    expect(university.get_by_role("heading", level=1)).to_have_text(NEED)
    _reads(university, rest=False)
    university.goto(f"/listings/{achievement}/matches?grade=0")
    university.get_by_role("link", name=NEED).click()
    _reads(university, rest=False)
    university.get_by_role("button", name="感兴趣").click()
    expect(university.locator(".decision-mine")).to_contain_text("感兴趣")
    university.reload()
    _reads(university, rest=False)

    enterprise.goto(university.url)
    enterprise.locator(".interest > summary").click()
    offer = enterprise.locator(".interest-offer")
    for label in ("单位名称", "要解决的技术问题", "联系人", "联系电话"):
        expect(offer).to_contain_text(label)
    offer.get_by_role("button", name="表示感兴趣").click()
    expect(enterprise.locator(".decision-mutual")).to_be_visible()

    university.reload()
    contact = university.locator("#contact")
    for text in (COMPANY, PERSON, PHONE):
        expect(contact).to_contain_text(text)
    contact.get_by_role("link", name="查看对方打开的全部内容").click()
    _reads(university, rest=True)

    enterprise.goto(f"/listings/{need}/readers")
    expect(enterprise.locator(".opening-who")).to_contain_text("昆仑理工大学")
    readers = enterprise.locator(".readings tbody tr", has_text="鲍博")
    expect(readers.first).to_be_visible()
    assert {row.split()[-1] for row in readers.locator(".reading-way").all_inner_texts()} == {"匹配对照页", "详情页"}


def test_visitor_reads_the_abstract_of_the_anonymous_need_only(site: Site, visit: Visit) -> None:
    with site.database.transaction() as session:
        hidden = {"abstract": ABSTRACT, "problem": PROBLEM, "contact_name": PERSON}
        need = publish(
            session, site.cast.alice, "need", "戈壁温室冬季除湿", visibility="anonymous", contact_phone=PHONE, **hidden
        ).id
    _reads(visit(f"/needs/{need}"), rest=False)


def _post_anonymously(page: Page) -> int:
    page.goto("/needs/new")
    page.get_by_label(re.compile("需求名称")).fill(NEED)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/edit")
    page.locator("main [name=visibility][value=anonymous]").check()
    page.locator("main [name=abstract]").fill(ABSTRACT)
    page.locator("main [name=problem]").fill(PROBLEM)
    page.locator("main [name=field]").select_option("energy")
    page.locator("main [name=cooperation][value=joint]").check()
    page.locator("main [name=contact_name]").fill(PERSON)
    page.locator("main [name=contact_phone]").fill(PHONE)
    page.get_by_role("button", name="保存并预览").click()
    page.wait_for_url("**/submit")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=re.compile("提交")).click()
    page.wait_for_url(re.compile(r"/needs/\d+$"))
    return int(page.url.rpartition("/")[2])


def _publish(visit: Visit, listing_id: int) -> None:
    bureau = visit(f"/review/{listing_id}", "dave")
    bureau.get_by_role("button", name="通过并发布").click()
    bureau.wait_for_url(re.compile(r"/review$"))


def _reads(page: Page, *, rest: bool) -> None:
    text, hidden = page.locator("body").text_content(), (COMPANY, PERSON, PHONE, PROBLEM)
    assert ABSTRACT in text
    assert {word: word in text for word in hidden} == dict.fromkeys(hidden, rest)
