"""Acts of the story of a contract: a match that the worker made, its meeting, what comes of it, and the way back."""

import re
from datetime import timedelta

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from matchmaker.domain.base import utc_now
from matchmaker.domain.days import today
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Organization
from tests.appointments import an_hour_ago, make_appointment
from tests.browser.event_stage import Stage, press
from tests.events import make_event, make_registration
from tests.pairs import publish

NEED, ACHIEVEMENT = "风机叶片低温除冰涂层", "耐候疏冰涂层与叶片现场喷涂工艺"
CODES = {"alice": "91650100MA77CAST0A", "bob": "12650000CAST00000B"}
NUMBER = "2026650100000088"


def post_both_sides(stage: Stage) -> None:
    """Let alice need what bob has, and the worker find it; a contract will ask for particulars of both."""
    with stage.site.database.transaction() as session:
        more = {"field": "materials", "keywords": ["叶片", "除冰", "涂层"]}
        publish(session, stage.people["alice"], "need", NEED, problem="叶片覆冰停机，需要疏冰涂层。", **more)
        publish(session, stage.people["bob"], "achievement", ACHIEVEMENT, **more)
        for key, code in CODES.items():
            organization = session.get_one(Organization, stage.people[key].organization_id)
            organization.credit_code, organization.region = organization.credit_code or code, "650104"
            organization.industry, organization.size = "44", "large"
    stage.work()


def meet(stage: Stage) -> int:
    """Let the two sit at a table of carol's session about their match since an hour; return the session's id."""
    with stage.site.database.transaction() as session:
        sides = ((Match.need, NEED), (Match.achievement, ACHIEVEMENT))
        titled = (side.has(Listing.published_revision.has(Revision.title == title)) for side, title in sides)
        match = session.scalars(sa.select(Match).where(*titled)).one()
        begins = an_hour_ago()
        times = {"starts_at": begins, "ends_at": begins + timedelta(hours=4)}
        event = make_event(session, stage.people["carol"].actor, "session", "final", tables=1, **times)
        one, other = (make_registration(session, event, stage.people[key]) for key in ("alice", "bob"))
        make_appointment(session, event, one, other, table=event.tables[0], match=match)
        return event.id


def open_deal(stage: Stage, event_id: int) -> None:
    """Record that they met, and follow up what they agreed."""
    page = stage.page("carol", f"/events/{event_id}/outcomes")
    press(page, page.locator(".outcome-list li").get_by_role("button").first)
    press(page, page.get_by_role("link", name=_sides(stage)))
    page.get_by_label("下一步做什么").last.fill("起草委托开发合同")
    page.get_by_label("在哪一天之前").last.fill((utc_now() + timedelta(days=20)).date().isoformat())
    press(page, page.get_by_role("button", name="建立"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(_sides(stage))


def sign(stage: Stage) -> None:
    """Let the broker fill the form in and hand it in: what is no technology comes off the total."""
    page = stage.pages["carol"]
    press(page, page.get_by_role("link", name="录入合同"))
    if re.search(r"/contracts/new", page.url):
        press(page, page.get_by_role("button", name="为这个项目录入合同").first)
    day = today()
    page.get_by_label("合同名称").fill("叶片疏冰涂层委托开发合同")
    page.get_by_label("合同类型").select_option("commissioned_development")
    page.get_by_label("技术内容").fill("开发零下三十度可用的疏冰涂层并完成三台机组试挂。")
    for label, on in (("签订日期", day), ("开始日期", day), ("结束日期", day + timedelta(days=300))):
        page.get_by_label(label).fill(on.isoformat())
    page.get_by_label("合同成交总额").fill("1200000")
    page.get_by_label("第 1 项的名称").fill("喷涂设备")
    page.get_by_label("第 1 项的金额").fill("200000")
    expect(page.locator("#reckoning")).to_contain_text("1,000,000")
    choices = {"支付方式": "once", "知识产权": "invention", "计划来源": "unplanned", "社会经济目标": "goal_energy"}
    for label, code in choices.items():
        page.get_by_label(label).select_option(code)
    for label in ("卖方（技术提供方）联系人", "买方（技术需求方）联系人"):
        page.get_by_label(label).fill("王工 0991-0000001")
    page.get_by_label("双方签署的合同").set_input_files(
        {"name": "合同.txt", "mimeType": "text/plain", "buffer": "双方签字盖章。".encode()}
    )
    press(page, page.get_by_role("button", name="保存并提交登记"))
    expect(page.locator("main .tags").first).to_contain_text("待")


def register(stage: Stage) -> None:
    """Let the bureau find it at its desk and register it."""
    page = stage.page("dave", "/contracts")
    press(page, page.get_by_role("link", name="叶片疏冰涂层委托开发合同"))
    page.get_by_label("登记编号").fill(NUMBER)
    press(page, page.get_by_role("button", name="登记", exact=True))
    expect(page.locator("main")).to_contain_text(NUMBER)


def drill_down(stage: Stage) -> None:
    """Open the figure, its row, the contract, its deal, the match: both amounts are told apart on the way."""
    page = stage.page("dave", "/ledger")
    press(page, page.get_by_role("link", name="技术合同技术交易额"))
    _shows(page, "100 万元")
    page = stage.page("dave", "/ledger")
    press(page, page.get_by_role("link", name="技术合同成交额"))
    _shows(page, "120 万元")
    press(page, page.locator("#rows").get_by_role("link", name="叶片疏冰涂层委托开发合同"))
    expect(page.locator("main")).to_contain_text(NUMBER)
    press(page, page.get_by_role("link", name="查看跟进项目"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(stage.people["alice"].organization_name)
    press(page, page.locator(".definition", has_text="来自匹配").get_by_role("link"))
    for title in (NEED, ACHIEVEMENT):
        expect(page.locator("main")).to_contain_text(title)


def _shows(page: Page, amount: str) -> None:
    expect(page.locator(".ledger-number-large strong")).to_have_text(amount)


def _sides(stage: Stage) -> str:
    return " × ".join(stage.people[key].organization_name for key in ("alice", "bob"))
