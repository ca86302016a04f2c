"""Events in a browser: registering on a phone, approving, the calendar under the site's policy."""

import pytest
from playwright.sync_api import Browser, expect

from matchmaker.domain.events import Event
from tests.browser.conftest import Axe, Site, Visit
from tests.events import make_event


@pytest.fixture(scope="module")
def event_id(site: Site) -> int:
    """Return a session of carol's next week at which nobody is registered yet."""
    with site.database.transaction() as session:
        return make_event(session, site.cast.carol.actor, capacity=20).id


def test_member_registers_on_a_phone_and_is_accepted_with_one_click(
    visit: Visit, axe: Axe, site: Site, event_id: int
) -> None:
    phone = visit(f"/events/{event_id}", "alice", width=390)
    phone.get_by_role("link", name="我要报名").click()
    expect(phone.get_by_text("其他参会人能看到您的单位、姓名和职务")).to_be_visible()
    phone.get_by_label("职务").fill("总工程师")
    phone.get_by_role("button", name="提交报名").click()
    expect(phone.get_by_text("您已报名，等主办方确认。")).to_be_visible()
    desk = visit(f"/events/{event_id}", "carol")
    desk.get_by_role("link", name="1 人等您确认").click()
    desk.get_by_role("button", name="确认", exact=True).click()
    expect(desk.get_by_text("已处理：确认 1 人。")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("您的报名已确认。")).to_be_visible()
    phone.get_by_role("link", name="参会名单").click()
    expect(phone.locator(".parties")).to_have_text("天山机械有限公司阿丽娅")
    assert (axe(phone), axe(desk)) == ([], [])


def test_kind_of_event_shows_what_it_needs(visit: Visit) -> None:
    page = visit("/events/new?kind=session", "carol")
    expect(page.get_by_label("每场洽谈")).to_be_visible()
    page.get_by_role("radio", name="培训").check()
    expect(page.get_by_label("每场洽谈")).to_be_hidden()


@pytest.mark.parametrize(("locale", "today"), [("zh-CN", "今天"), ("en", "Today"), ("ru", "Сегодня")])
def test_calendar_shows_events_in_the_readers_language(
    visit: Visit, axe: Axe, site: Site, event_id: int, locale: str, today: str
) -> None:
    page = visit("/events?view=month", None, locale=locale)
    expect(page.get_by_role("button", name=today)).to_be_visible()
    with site.database.read() as session:
        title = session.get_one(Event, event_id).title
    if page.get_by_text(title).count() == 0:  # next week may be next month
        page.locator(".fc-next-button").click()
    expect(page.get_by_text(title).first).to_be_visible()
    assert axe(page) == []
    page.get_by_text(title).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_calendar_is_a_list_on_a_phone_and_without_script(
    browser: Browser, visit: Visit, site: Site, event_id: int
) -> None:
    phone = visit("/events?view=month", None, width=390)
    expect(phone.locator(".fc-list")).to_be_visible()
    context = browser.new_context(base_url=site.address, java_script_enabled=False)
    page = context.new_page()
    page.goto("/events?view=month")
    assert page.locator(".event-card-title").all_inner_texts() == ["装备制造对接会"]
    context.close()
