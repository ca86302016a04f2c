"""The organiser's grid in a real browser: by mouse, by keyboard, on a phone; and wishes said with one click."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from matchmaker.domain.events import Event
from matchmaker.domain.timetables import Placement, Timetable, Wish
from tests.browser.conftest import PATIENCE_MS, Axe, Site, Visit
from tests.browser.test_every_page import CUT, WIDTHS
from tests.timetables import Meeting, make_meeting, solved, wish

PAGES = (("timetable", "carol"), ("wishes", "alice"), ("slots", "alice"))


@pytest.fixture
def meeting(site: Site) -> Meeting:
    """Write a session with a draft of two meetings."""
    with site.database.transaction() as session:
        made = make_meeting(session, site.cast, tables=4)
        wish(session, made.event, made.alice, made.bob)
        wish(session, made.event, made.mallory, made.bob)
        solved(session, made.organizer, made.event)
    return made


def _draft(visit: Visit, meeting: Meeting, width: int = 1440) -> Page:
    return visit(f"/events/{meeting.event.id}/timetable", "carol", width)


def _places(site: Site, meeting: Meeting) -> list[tuple[int, int, bool]]:
    with site.database.read() as session:
        tables = {table.id: table.number for table in session.get_one(Event, meeting.event.id).tables}
        rows = session.scalars(
            sa.select(Placement)
            .join(Timetable)
            .where(Timetable.event_id == meeting.event.id)
            .order_by(Placement.one_id, Placement.other_id)
        )
        return [(row.slot, tables[row.table_id or 0], row.locked) for row in rows]


def _cell(page: Page, slot: int, number: int) -> str:
    return f".tt-grid tbody tr:nth-child({slot + 1}) td:nth-child({number + 1})"


def _drag(page: Page, source: str, target: str) -> None:
    """Take up and put down as a hand does: the target must be in sight, and is passed over before it is reached."""
    page.locator(".tt-scroll").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.tt-scroll').scrollIntoView({block: 'start'})")
    page.locator(source).hover()
    page.mouse.down()
    page.locator(target).hover()
    page.locator(target).hover()
    page.mouse.up()


def test_meeting_is_dragged_to_a_free_place_and_refused_where_somebody_is_taken(
    visit: Visit, site: Site, meeting: Meeting
) -> None:
    page = _draft(visit, meeting)
    first, other = _places(site, meeting)
    _drag(page, f"{_cell(page, first[0], first[1])} .tt-meeting", _cell(page, 6, 4))
    expect(page.locator(f"{_cell(page, 6, 4)} .tt-meeting")).to_be_visible(timeout=PATIENCE_MS)
    assert _places(site, meeting) == [(6, 4, False), other]
    _drag(page, f"{_cell(page, 6, 4)} .tt-meeting", _cell(page, other[0], 4))
    expect(page.locator("#messages .notice")).to_contain_text("同时有", timeout=PATIENCE_MS)
    assert _places(site, meeting) == [(6, 4, False), other]


def test_meeting_is_moved_and_locked_by_keyboard(visit: Visit, site: Site, meeting: Meeting) -> None:
    page = _draft(visit, meeting)
    page.locator(".tt-names").first.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#tt-dialog")
    expect(dialog).to_be_visible()
    dialog.locator("select[name=slot]").select_option("6")
    dialog.locator("select[name=table]").select_option(index=3)
    dialog.get_by_role("button", name="移动").press("Enter")
    expect(page.locator(f"{_cell(page, 6, 4)} .tt-meeting")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(f"{_cell(page, 6, 4)} .tt-names")).to_be_focused()
    page.keyboard.press("Enter")
    page.locator("#tt-dialog").get_by_role("button", name="锁定").click()
    expect(page.locator(f"{_cell(page, 6, 4)} .tt-locked")).to_be_visible(timeout=PATIENCE_MS)
    assert (6, 4, True) in _places(site, meeting)


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_of_meetings_are_accessible_and_fit(visit: Visit, axe: Axe, meeting: Meeting, width: int) -> None:
    for path, key in PAGES:
        page = visit(f"/events/{meeting.event.id}/{path}", key, width)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize("language", ["en", "ru"])
def test_pages_of_meetings_fit_in_longer_languages(visit: Visit, meeting: Meeting, language: str) -> None:
    for path, key in PAGES:
        page = visit(f"/events/{meeting.event.id}/{path}", key, locale=language)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") == width
            assert page.evaluate(CUT) == []


def test_wish_is_said_and_taken_back_with_one_click(visit: Visit, site: Site, meeting: Meeting) -> None:
    page = visit(f"/events/{meeting.event.id}/wishes", "bob")
    card = page.locator(f"#person-{meeting.alice.id}")
    card.get_by_role("button", name="必须见").click()
    expect(card.get_by_role("button", name="必须见")).to_have_attribute("aria-pressed", "true", timeout=PATIENCE_MS)
    expect(page.locator("#wish-quota")).to_contain_text("1 / 10")
    card.get_by_role("button", name="必须见").click()
    expect(card.get_by_role("button", name="必须见")).to_have_attribute("aria-pressed", "false", timeout=PATIENCE_MS)
    with site.database.read() as session:
        said = sa.select(Wish.kind).where(Wish.registration_id == meeting.bob.id)
        assert session.scalars(said).all() == []
