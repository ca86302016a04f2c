"""Meetings on a phone: the next one counts down, one says how it was, a stale save of minutes loses nothing."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from matchmaker.domain.base import utc_now
from tests.appointments import make_meeting
from tests.browser.conftest import Site, Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PHONE = {"width": 390, "height": 844}


def test_next_meeting_stands_on_the_first_screen_of_a_phone_and_counts_down(site: Site, visit: Visit) -> None:
    starts = utc_now() + timedelta(minutes=130)
    with site.database.transaction() as session:
        meeting = make_meeting(session, site.cast, starts_at=starts, ends_at=starts + timedelta(hours=4))
        event_id = meeting.event_id
    page = visit(f"/events/{event_id}/my-meetings", "alice")
    page.set_viewport_size(PHONE)
    expect(page.locator(".meet-countdown")).to_have_text("还有 2 小时 10 分钟")
    page.clock.install()
    page.reload()
    page.clock.fast_forward("01:15:00")
    expect(page.locator(".meet-countdown")).to_have_text("还有 55 分钟")
    box = page.locator(".meet-table").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < PHONE["height"]


def test_one_says_how_it_was_and_two_who_write_minutes_keep_both_texts(site: Site, visit: Visit) -> None:
    with site.database.transaction() as session:
        meeting_id = make_meeting(session, site.cast).id
    alice = visit(f"/appointments/{meeting_id}", "alice")
    alice.set_viewport_size(PHONE)
    alice.get_by_label("双方见面了").check()
    alice.locator("label.choice-card", has_text="4").click()
    alice.get_by_label("愿意继续对接").check()
    alice.get_by_role("button", name="保存").click()
    expect(alice.locator("#messages")).to_contain_text("已记录")
    expect(alice.get_by_label("愿意继续对接")).to_be_checked()
    address = f"/appointments/{meeting_id}/minutes"
    alice.goto(site.address + address)
    bob = visit(address, "bob")
    for page, text in ((alice, "三月启动中试。"), (bob, "四月启动中试。")):
        page.locator("#text").fill(text)
        page.get_by_role("button", name="保存纪要").click()
    expect(bob.locator("del")).to_have_text("三月")
    expect(bob.locator("#text")).to_have_value("四月启动中试。")
    bob.get_by_role("button", name="保存我写的").click()
    expect(bob.locator(".revision-list li")).to_have_count(2)
