"""The public pages in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Axe, Visit

WIDTHS = (1440, 1024, 768, 390, 320)


@pytest.mark.parametrize("address", ["/", "/about", "/privacy", "/nowhere"])
def test_public_page_has_no_accessibility_violation(visit: Visit, axe: Axe, address: str) -> None:
    page = visit(address, width=1440)
    assert axe(page) == []
    page.set_viewport_size({"width": 390, "height": 900})
    assert axe(page) == []


@pytest.mark.parametrize("key", ["alice", "bob", "carol", "dave", "erin", "peter"])
def test_home_of_each_role_has_no_accessibility_violation(visit: Visit, axe: Axe, key: str) -> None:
    assert axe(visit("/", key)) == []


@pytest.mark.parametrize("key", [None, "carol"])
def test_open_menus_have_no_accessibility_violation(visit: Visit, axe: Axe, key: str | None) -> None:
    page = visit("/", key, width=390)
    page.get_by_label("菜单", exact=True).click()
    assert axe(page) == []


@pytest.mark.parametrize("address", ["/", "/about", "/privacy"])
def test_nothing_sticks_out_sideways(visit: Visit, address: str) -> None:
    page = visit(address, "carol")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_styles_and_icons_arrive(visit: Visit) -> None:
    page = visit("/")
    assert page.locator(".btn-accent").first.evaluate("element => getComputedStyle(element).backgroundColor") == (
        "rgb(184, 80, 12)"
    )
    icon = page.locator(".stat-icon .icon").first.bounding_box()
    assert (round(icon["width"]), round(icon["height"])) == (26, 26)
    paths = page.evaluate("fetch(document.querySelector('use').getAttribute('href')).then(answer => answer.status)")
    assert paths == 200


def test_menu_closes_by_escape_and_by_a_click_elsewhere(visit: Visit) -> None:
    page = visit("/", "alice")
    menu = page.locator(".menu-person")
    summary = menu.locator("summary")
    summary.click()
    expect(menu.get_by_role("link", name="账号与隐私")).to_be_visible()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="账号与隐私")).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    page.locator("h1").click()
    expect(menu.get_by_role("link", name="账号与隐私")).to_be_hidden()


def test_keyboard_reaches_the_content_first(visit: Visit) -> None:
    page = visit("/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


def test_chinese_is_drawn_with_a_glyph_for_each_letter(visit: Visit) -> None:
    page = visit("/")
    drawings = page.evaluate(
        """() => [...'需求成果匹配'].map(letter => {
            const canvas = Object.assign(document.createElement('canvas'), {width: 40, height: 40});
            const drawn = canvas.getContext('2d');
            drawn.font = '32px ' + getComputedStyle(document.body).fontFamily;
            drawn.fillText(letter, 4, 34);
            return canvas.toDataURL();
        })"""
    )
    assert len(set(drawings)) == 6  # without a Chinese font all of them are the same empty box


def test_signs_of_indicators_are_drawn(visit: Visit) -> None:
    """Some fonts have an empty glyph for a sign, which leaves a hole in 冰点 -41 ℃."""
    empty = """async (signs) => {
      const canvas = Object.assign(document.createElement('canvas'), {width: 40, height: 40});
      const pen = canvas.getContext('2d', {willReadFrequently: true});
      const font = `24px ${getComputedStyle(document.body).fontFamily}`;
      await document.fonts.load(font, signs);
      return [...signs].filter((sign) => {
        pen.reset();
        pen.font = font;
        pen.fillText(sign, 4, 30);
        return !pen.getImageData(0, 0, 40, 40).data.some(Boolean);
      });
    }"""
    assert visit("/").evaluate(empty, "℃℉Å∼ⅤⅩ≥≤±～×·°′Ωμ‰㎡㎥①中") == []


def test_error_of_a_fragment_is_shown_above_the_page(visit: Visit) -> None:
    page = visit("/")
    page.evaluate("htmx.ajax('GET', '/nowhere', {target: 'h1', select: '#something-else'})")
    expect(page.locator("#messages [role=alert]")).to_contain_text("这个页面不存在")
    expect(page.locator("h1")).to_contain_text("科技成果")
