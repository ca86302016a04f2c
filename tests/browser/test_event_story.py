"""The whole story of a session: invited by matches, wished, planned, repaired, held, and a deal; a roadshow beside it.

Seven people and two judges, each at his own pages; time alone is moved in the database, from the eve to the day.
"""

import re
from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
import vobject
from playwright.sync_api import expect

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.events import Event
from matchmaker.domain.notices import Notice, NoticeTopic
from matchmaker.domain.people import Role
from matchmaker.services.events.tickets import ticket_path
from matchmaker.services.reading.moments import written_moment
from matchmaker.services.secrets import load_secret_key
from matchmaker.web.qr import qr_picture
from tests.browser.conftest import PATIENCE_MS, Site, Visit
from tests.browser.event_stage import Stage, confirm, press, registrations_of
from tests.browser.roadshow_acts import WELD, judge, prepare_roadshow, show_interest
from tests.cast import Member, make_member, make_organization
from tests.pairs import publish
from tests.working import working

SESSION, ROADSHOW = "无损检测与传动装备对接会", "无损检测与传动装备路演"
PAIRS = (
    ("alice", "塔筒焊缝内部缺陷在线检测", "bob", WELD, ["焊缝", "缺陷", "检测"]),
    ("mallory", "轧机轴承早期故障诊断", "dil", "轧机轴承振动早期故障诊断系统", ["轴承", "故障", "诊断"]),
    ("nina", "减速机润滑油磨粒监测", "dil", "减速机润滑油磨粒在线监测传感器", ["润滑油", "磨粒", "监测"]),
)
STARTS = (utc_now() + timedelta(days=14)).replace(hour=2, minute=0, second=0, microsecond=0)
SLOT = timedelta(minutes=30)
PARTIES = ("alice", "mallory", "nina", "bob", "dil")
HERE = ("alice", "nina", "bob")
WISHES = (
    ("alice", "bob", "必须见"),
    ("alice", "dil", "想见"),
    ("mallory", "bob", "必须见"),
    ("dil", "mallory", "必须见"),
    ("nina", "bob", "想见"),
    ("dil", "nina", "必须见"),
    ("nina", "dil", "不见"),
)
FIRST = {("alice", "bob"), ("alice", "dil"), ("mallory", "bob"), ("mallory", "dil")}
REPAIRED = {("alice", "bob"), ("alice", "dil"), ("nina", "bob")}


@pytest.fixture
def people(site: Site) -> dict[str, Member]:
    """Give the cast company: one more enterprise, one more university, two judges; and all they look for."""
    with site.database.transaction() as session:
        foundry = make_organization(session, "enterprise", "精河铸造有限公司")
        college = make_organization(session, "university", "准噶尔工学院")
        fund = make_organization(session, "finance", "西域创业投资有限公司")
        made = {
            "nina": make_member(session, foundry, "nina", "倪娜", Role.ENTERPRISE, is_owner=True),
            "dil": make_member(session, college, "dil", "迪丽", Role.UNIVERSITY, is_owner=True),
            "zhao": make_member(session, fund, "zhao", "赵岚", Role.ENTERPRISE, is_owner=True),
            "qian": make_member(session, fund, "qian", "钱江", Role.ENTERPRISE),
        }
        everybody = made | {key: site.cast[key] for key in ("alice", "bob", "carol", "mallory")}
        for needs, need, offers, achievement, words in PAIRS:
            more = {"field": "manufacturing", "keywords": words}
            publish(session, everybody[needs], "need", need, problem=f"{need}，现有方法慢，漏检多。", **more)
            publish(session, everybody[offers], "achievement", achievement, **more)
    return everybody


def test_session_from_invitation_to_deal_with_a_roadshow_beside(
    site: Site, visit: Visit, people: dict[str, Member]
) -> None:
    with working(site.settings, site.database) as worker:
        stage = Stage(site, worker, visit, people, {})
        stage.work()
        session_id, roadshow_id = _plan(stage, "session", SESSION), _plan(stage, "roadshow", ROADSHOW)
        _invite(stage, session_id)
        _register(stage, session_id)
        _wish(stage, session_id)
        _schedule(stage, session_id)
        _repair_with_calendar(stage, session_id)
        prepare_roadshow(stage, roadshow_id)
        _come_to_the_day(stage, session_id, roadshow_id)
        _check_in(stage, session_id)
        show_interest(stage, roadshow_id)
        judge(stage, roadshow_id)
        _record(stage, session_id)
        _open_deal(stage, session_id)


def _plan(stage: Stage, kind: str, title: str) -> int:
    """Write an event of one morning with two slots, announce it, and open the registration."""
    page = stage.page("carol", f"/events/new?kind={kind}")
    page.get_by_label("活动名称").fill(title)
    page.get_by_label("活动介绍").fill("装备制造企业与高校面对面。")
    page.get_by_role("checkbox", name="先进制造").check()
    page.get_by_label("开始时间").fill(written_moment(STARTS))
    page.get_by_label("结束时间").fill(written_moment(STARTS + 2 * SLOT))
    page.get_by_label("地点", exact=True).fill("会展中心三楼")
    press(page, page.get_by_role("button", name="保存"))
    page.wait_for_url(re.compile(r"/events/\d+$"))
    event_id = int(page.url.rpartition("/")[2])
    for move in ("公布活动", "开放报名"):
        confirm(page, move)
    expect(page.locator(".event-life [aria-current=step]")).to_have_text("报名中")
    return event_id


def _invite(stage: Stage, event_id: int) -> None:
    """Pick a field and invite whom the matches name: first who needs what is shown, then who has what is needed."""
    for kind, keys in (("achievement", ("alice", "mallory", "nina")), ("need", ("bob", "dil"))):
        page = stage.page("carol", f"/events/{event_id}/invitations")
        page.get_by_label("活动展示").select_option(kind)
        page.get_by_label("技术领域").select_option(label="先进制造")
        press(page, page.get_by_role("button", name="查找"))
        found = page.locator(".invite-check")
        expect(found).to_have_count(len(keys))
        assert set(found.all_inner_texts()) == {f"选择 {stage.people[key].organization_name}" for key in keys}
        page.get_by_label("勾选本页全部可以邀请的单位").check()
        press(page, page.get_by_role("button", name="邀请勾选的单位"))
        expect(page.locator(".invite-act")).to_have_text(["已邀请"] * len(keys))


def _register(stage: Stage, event_id: int) -> None:
    """Everybody finds the invitation in his inbox, accepts it and registers; the organiser confirms them at once."""
    for key in PARTIES:
        page = stage.page(key, "/notices")
        press(page, page.get_by_role("link", name=SESSION).first)
        press(page, page.get_by_role("button", name="接受并报名"))
        press(page, page.get_by_role("button", name="提交报名"))
        expect(page.get_by_text("您已报名，等主办方确认。")).to_be_visible()
    page = stage.page("carol", f"/events/{event_id}")
    press(page, page.get_by_role("link", name="5 人等您确认"))
    for box in page.locator(".attendee-table tbody input[type=checkbox]").all():
        box.check()
    press(page, page.get_by_role("button", name="确认参会"))
    expect(page.get_by_text("已处理：确认 5 人。")).to_be_visible()


def _wish(stage: Stage, event_id: int) -> None:
    for key, other, kind in WISHES:
        page = stage.page(key, f"/events/{event_id}/wishes")
        card = page.locator(".wish-card", has_text=stage.people[other].organization_name)
        card.get_by_role("button", name=kind).click()
        pressed = card.get_by_role("button", name=kind)
        expect(pressed).to_have_attribute("aria-pressed", "true", timeout=PATIENCE_MS)


def _schedule(stage: Stage, event_id: int) -> None:
    """Give the session two tables, have the worker solve it and release it: who is refused learns nothing of it."""
    page = stage.page("carol", f"/events/{event_id}/tables")
    page.get_by_label("张数").fill("2")
    press(page, page.get_by_role("button", name="添加"))
    page = stage.page("carol", f"/events/{event_id}")
    confirm(page, "开始排期")
    page = stage.page("carol", f"/events/{event_id}/timetable")
    page.get_by_label("最多用时").select_option("10")
    press(page, page.get_by_role("button", name="开始自动排期"))
    before = _told(stage)
    _release(stage, event_id)
    assert _meetings(stage, event_id) == FIRST
    assert set(_told(stage) - before) == {"alice", "mallory", "bob", "dil"}
    page = stage.page("carol", f"/events/{event_id}")
    expect(page.locator(".event-life [aria-current=step]")).to_have_text("安排已定")
    for key, other in (("dil", "nina"), ("nina", "dil")):
        stage.page(key, f"/events/{event_id}/my-meetings")
        assert stage.people[other].name not in stage.pages[key].locator("main").inner_text()


def _release(stage: Stage, event_id: int) -> None:
    stage.work()
    page = stage.page("carol", f"/events/{event_id}/timetable")
    confirm(page, "发布排期", "确认发布")
    expect(page.get_by_role("heading", level=2, name="已发布的排期")).to_be_visible()


def _meetings(stage: Stage, event_id: int) -> set[tuple[str, str]]:
    """Return who meets whom by the organiser's grid; who needs something first."""
    keys = {person.name: key for key, person in stage.people.items()}
    page = stage.page("carol", f"/events/{event_id}/timetable")
    pairs = [card.locator("small").all_inner_texts() for card in page.locator(".tt-meeting").all()]
    return {tuple(sorted((keys[name] for name in pair), key=PARTIES.index)) for pair in pairs}


def _told(stage: Stage) -> Counter[str]:
    """Return how many notices of events each person has had so far."""
    keys = {person.user_id: key for key, person in stage.people.items()}
    with stage.site.database.read() as session:
        rows = session.scalars(sa.select(Notice.user_id).where(Notice.topic == NoticeTopic.EVENT)).all()
    return Counter(keys[row] for row in rows if row in keys)


def _repair(stage: Stage, event_id: int) -> None:
    """One party cancels: her two partners are told; the proposed repair gives one a new one, and nobody else hears."""
    before, places = _told(stage), _places(stage, event_id)
    page = stage.page("mallory", f"/events/{event_id}")
    press(page, page.get_by_role("link", name="查看或修改报名"))
    confirm(page, "退出活动")
    assert _told(stage) - before == Counter({"carol": 1, "bob": 1, "dil": 1})
    stage.work()
    page = stage.page("carol", f"/events/{event_id}/timetable")
    expect(page.get_by_text("退出后，平台自动准备了这份修复草稿")).to_be_visible()
    expect(page.locator(".tt-changes li")).to_have_count(1)
    _release(stage, event_id)
    assert _meetings(stage, event_id) == REPAIRED
    assert _told(stage) - before == Counter({"carol": 2, "bob": 2, "dil": 1, "nina": 1})
    kept = {pair: place for pair, place in places.items() if pair in REPAIRED}
    assert {pair: _places(stage, event_id)[pair] for pair in kept} == kept
    page = stage.page("nina", f"/events/{event_id}/my-meetings")
    expect(page.locator(".meet-next .meet-whose")).to_have_text(stage.people["bob"].organization_name)


def _places(stage: Stage, event_id: int) -> dict[tuple[str, str], tuple[int, int | None]]:
    """Return slot and table of each meeting that stands."""
    with stage.site.database.read() as session:
        rows = sa.select(Appointment).where(Appointment.event_id == event_id, Appointment.state == "confirmed")
        keys = {person.user_id: key for key, person in stage.people.items()}
        return {
            tuple(sorted((keys[row.one.user_id or 0], keys[row.other.user_id or 0]), key=PARTIES.index)): (
                row.slot,
                row.table_id,
            )
            for row in session.scalars(rows)
        }


def _subscribe(stage: Stage) -> str:
    """Make a personal calendar's link and read it with another parser: the event, and both meetings in their slots."""
    page = stage.page("bob", "/calendars")
    press(page, page.get_by_role("button", name="生成我的日历链接"))
    link = urlsplit(page.get_by_label("我的日历链接").input_value()).path
    found = _entries(stage, link)
    assert [entry.status.value for entry in found.values()] == ["CONFIRMED"] * 3
    assert sorted(entry.dtstart.value for entry in found.values()) == [STARTS, STARTS, STARTS + SLOT]
    return link


def _entries(stage: Stage, link: str) -> dict[str, vobject.base.Component]:
    """Return what a phone reads that has subscribed, by the ids under which it keeps it."""
    answer = stage.pages["bob"].request.get(link)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    return {entry.uid.value: entry for entry in vobject.readOne(answer.body().decode()).vevent_list}


def _repair_with_calendar(stage: Stage, event_id: int) -> None:
    """What was cancelled stays in the feed under its id, as cancelled and newer; what came instead is new."""
    link = _subscribe(stage)
    before = _entries(stage, link)
    _repair(stage, event_id)
    found = _entries(stage, link)
    states = Counter((entry.status.value, uid in before) for uid, entry in found.items())
    assert states == {("CONFIRMED", True): 2, ("CANCELLED", True): 1, ("CONFIRMED", False): 1}
    (gone,) = (uid for uid, entry in found.items() if entry.status.value == "CANCELLED")
    assert found[gone].summary.value == f"洽谈：{stage.people['mallory'].organization_name}"
    assert int(found[gone].sequence.value) > int(before[gone].sequence.value)
    kept = before.keys() - {gone}
    assert {uid: found[uid].serialize() for uid in kept} == {uid: before[uid].serialize() for uid in kept}


def _come_to_the_day(stage: Stage, *event_ids: int) -> None:
    """Move both events so that the second slot has just begun."""
    with stage.site.database.transaction() as session:
        later = utc_now() - SLOT * 1.5 - STARTS
        rows = sa.or_(Appointment.event_id.in_(event_ids))
        for row in (*session.scalars(sa.select(Event)), *session.scalars(sa.select(Appointment).where(rows))):
            row.starts_at, row.ends_at = row.starts_at + later, row.ends_at + later


def _check_in(stage: Stage, event_id: int) -> None:
    """The QR code on a phone is a signed link: nobody but the desk can use it, and nobody can make one himself."""
    secret, base = load_secret_key(stage.site.settings.data), stage.site.settings.base_url
    paths = {key: ticket_path(secret, row_id) for key, row_id in registrations_of(stage, event_id).items()}
    page = stage.page("alice", f"/events/{event_id}/ticket")
    assert page.locator(".ticket-code").get_attribute("src") == qr_picture(base + paths["alice"])
    page = stage.page("alice", paths["bob"])
    expect(page.get_by_role("button", name="签到")).to_have_count(0)
    assert page.goto(paths["alice"][:-1]).status == 404
    for key in HERE:
        page = stage.page("carol", paths[key])
        press(page, page.get_by_role("button", name="签到"))
        expect(page.locator(".ticket-done")).to_contain_text("已于")
    page = stage.page("carol", paths["mallory"])
    expect(page.get_by_role("button", name="签到")).to_have_count(0)
    page = stage.page("carol", f"/events/{event_id}/check-in")
    expect(page.locator(".desk-counts p")).to_have_text(["3 / 4人已签到", "3 / 4家单位到场"])


def _record(stage: Stage, event_id: int) -> None:
    """One side says how it was on her phone; the organiser records the rest, one of them a no-show."""
    page = stage.page("alice", f"/events/{event_id}/my-meetings")
    press(page, page.locator(".meet-day-title").get_by_role("link", name=stage.people["bob"].organization_name))
    page.get_by_label("双方见面了").check()
    page.get_by_label("5", exact=True).check()
    page.get_by_label("愿意继续对接").check()
    press(page, page.get_by_role("button", name="保存"))
    page = stage.page("carol", f"/events/{event_id}/outcomes")
    row = page.locator(".outcome-list li", has_text=stage.people["nina"].organization_name)
    press(page, row.get_by_role("button"))
    row = page.locator(".outcome-list li", has_text=stage.people["dil"].organization_name)
    press(page, row.get_by_role("link", name="没见面…"))
    page.get_by_label(f"{stage.people['dil'].organization_name} 没来").check()
    press(page, page.get_by_role("button", name="保存结果"))
    page = stage.page("carol", f"/events/{event_id}/outcomes")
    expect(page.locator(".outcome-list .tag")).to_have_text(["已见面", "未见面", "已见面"])
    expect(page.locator(".outcome-list li").nth(1)).to_contain_text(f"未到场：{stage.people['dil'].name}")


def _open_deal(stage: Stage, event_id: int) -> None:
    """One meeting becomes a deal, which both sides see, each its own name first; the event is held."""
    pair = [stage.people[key].organization_name for key in ("alice", "bob")]
    page = stage.page("carol", f"/events/{event_id}/outcomes")
    press(page, page.get_by_role("link", name=" × ".join(pair)))
    page.get_by_label("下一步做什么").last.fill("到焊接车间试测一节塔筒")
    page.get_by_label("在哪一天之前").last.fill((utc_now() + timedelta(days=20)).date().isoformat())
    press(page, page.get_by_role("button", name="建立"))
    expect(page.get_by_role("heading", level=1)).to_have_text(" × ".join(pair))
    for key, sides in (("alice", pair), ("bob", pair[::-1])):
        page = stage.page(key, "/deals")
        expect(page.locator(".board-card-title")).to_have_text([" × ".join(sides)])
    page = stage.page("carol", f"/events/{event_id}")
    confirm(page, "记为已举办")
    expect(page.locator(".event-life [aria-current=step]")).to_have_text("已举办")
