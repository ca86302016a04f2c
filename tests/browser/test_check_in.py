"""The desk on a phone, and whom to invite on a screen: scanning, one tap, taking it back, ticking all."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from matchmaker.domain.base import utc_now
from matchmaker.services.events.tickets import ticket_path
from matchmaker.services.secrets import load_secret_key
from tests.browser.conftest import Axe, Site, Visit
from tests.events import make_event, make_registration

PHONE = 390


@pytest.fixture
def event_id(site: Site) -> int:
    now = utc_now()
    with site.database.transaction() as session:
        event = make_event(
            session, site.cast.carol.actor, state="final", starts_at=now, ends_at=now + timedelta(minutes=30)
        )
        for member in (site.cast.alice, site.cast.bob):
            make_registration(session, event, member)
        return event.id


def test_scan_and_one_tap_check_in_on_a_phone(visit: Visit, site: Site, event_id: int, axe: Axe) -> None:
    with site.database.transaction() as session:
        registration = make_registration(session, make_event(session, site.cast.carol.actor), site.cast.mallory)
        registration.event_id = event_id
        path = ticket_path(load_secret_key(site.settings.data), registration.id)
    page = visit(path, "carol", width=PHONE)
    page.get_by_role("button", name="签到").click()
    expect(page.get_by_role("status").or_(page.locator(".ticket-done"))).to_contain_text(["已于"])
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE


def test_desk_finds_checks_in_and_takes_back_without_leaving_the_page(
    visit: Visit, site: Site, event_id: int, axe: Axe
) -> None:
    page = visit(f"/events/{event_id}/check-in", "carol", width=PHONE)
    page.get_by_role("searchbox").press_sequentially("阿丽")
    expect(page.locator(".desk-rows li")).to_have_count(1)
    page.locator(".desk-rows").get_by_role("button", name="签到").click()
    expect(page.locator(".desk-counts p").first).to_contain_text("1 / 2")
    page.locator(".desk-rows").get_by_role("button", name="撤销").click()
    expect(page.locator(".desk-counts p").first).to_contain_text("0 / 2")
    expect(page.locator(".desk-rows li")).to_have_count(1)
    assert axe(page) == []


def test_walk_in_is_suggested_an_organization_and_counted(visit: Visit, event_id: int) -> None:
    page = visit(f"/events/{event_id}/check-in", "carol", width=PHONE)
    page.get_by_text("没有报名的人：现场登记").click()
    page.locator("#walk-in-name").fill("赵工")
    page.locator("#walk-in-organization").press_sequentially("理工")
    expect(page.locator("#walk-in-organizations option")).to_have_count(1)
    page.locator("#walk-in-organization").fill("昆仑理工大学")
    page.get_by_role("button", name="登记并签到").click()
    expect(page.locator(".desk-counts p").first).to_contain_text("1 / 3")


def test_one_box_ticks_all_who_can_be_invited(visit: Visit, site: Site) -> None:
    with site.database.transaction() as session:
        event = make_event(session, site.cast.carol.actor, kind="roadshow", title="除冰路演")
        address = f"/events/{event.id}/invitations?kind=need&field=&q=&grade=1"
    page = visit(f"{address}&listing=1", "carol")
    page.get_by_label("勾选本页全部可以邀请的单位").check()
    expect(page.locator('input[name="organization"]:checked')).to_have_count(1)
    page.get_by_role("button", name="邀请勾选的单位").click()
    expect(page.locator(".invite-act")).to_contain_text(["已邀请"])
