"""What people do at a roadshow: propose and confirm projects, tap their interest, judge."""

from playwright.sync_api import expect

from tests.browser.conftest import PATIENCE_MS
from tests.browser.event_stage import Stage, press

WELD = "塔筒焊缝相控阵超声在线检测装置"
JUDGES = ("zhao", "qian")


def prepare_roadshow(stage: Stage, event_id: int) -> None:
    """Propose the projects that cover the field's demand, have them confirmed, invite judges, take one guest."""
    page = stage.page("carol", f"/events/{event_id}/line-up")
    page.get_by_label("项目个数").fill("2")
    page.get_by_label("每家单位最多").fill("1")
    press(page, page.get_by_role("button", name="推荐"))
    stage.work()
    page = stage.page("carol", f"/events/{event_id}/line-up")
    expect(page.locator(".line-up-picks li")).to_have_count(2)
    press(page, page.get_by_role("button", name="把勾选的加入节目单"))
    for key in ("bob", "dil"):
        page = stage.page(key, "/dashboard")
        press(page, page.get_by_role("link", name="请确认路演"))
        page.get_by_label("演讲人").first.fill(stage.people[key].name)
        press(page, page.get_by_role("button", name="确认路演"))
    for key in JUDGES:
        page = stage.page("carol", f"/events/{event_id}/judges")
        press(page, page.locator("#invite li", has_text=stage.people[key].name).get_by_role("button"))
        expect(page.locator(".judge-rows")).to_contain_text(stage.people[key].name)
    page = stage.page("alice", f"/events/{event_id}")
    press(page, page.get_by_role("link", name="我要报名"))
    press(page, page.get_by_role("button", name="提交报名"))
    page = stage.page("carol", f"/events/{event_id}/registrations")
    press(page, page.get_by_role("button", name="确认", exact=True))
    expect(page.get_by_text("已处理：确认 1 人。")).to_be_visible()


def show_interest(stage: Stage, event_id: int) -> None:
    """One tap counts; named for one of her needs it is interest in that match, and answered it is mutual."""
    page = stage.page("alice", f"/events/{event_id}/programme")
    row = page.locator(".programme-row", has_text=WELD)
    row.get_by_role("button", name="感兴趣").click()
    row.get_by_role("button", name="就这一项表示感兴趣").first.click()
    expect(page.get_by_text("已代表本单位对这个匹配表示感兴趣。")).to_be_visible()
    page = stage.page("bob", f"/events/{event_id}/programme")
    press(page, page.get_by_role("link", name=WELD))
    interested = page.locator(".interested li")
    expect(interested).to_have_count(1)
    expect(interested).to_contain_text([stage.people["alice"].organization_name])
    press(page, interested.get_by_role("link", name="查看匹配"))
    page.get_by_role("button", name="感兴趣").first.click()
    expect(page.locator(".decision-mutual")).to_be_visible()


def judge(stage: Stage, event_id: int) -> None:
    """Two judges sign their sheets on phones; the organiser's ranking follows without being loaded again."""
    ranking = stage.page("carol", f"/events/{event_id}/ranking")
    for key, weld, other in (("zhao", "9", "7"), ("qian", "8", "8")):
        for place in range(2):
            page = stage.page(key, f"/events/{event_id}/judging")
            link = page.locator(".judging-title").nth(place)
            mark = weld if link.inner_text() == WELD else other
            press(page, link)
            for box in page.locator(".sheet-mark").all():
                box.fill(mark)
            press(page, page.get_by_role("button", name="签名提交"))
            expect(page.get_by_text("评分表已签名。")).to_be_visible()
    expect(ranking.locator(".ranking-progress")).to_have_text("已签名 4 份，还有 0 份", timeout=PATIENCE_MS)
    expect(ranking.locator(".ranking-score strong")).to_have_text(["8.50", "7.50"])
    expect(ranking.locator(".ranking-title").first).to_have_text(WELD)
