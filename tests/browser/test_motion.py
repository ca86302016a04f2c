"""What a page looks like between two states: while a part is on its way, and to a reader who wants nothing to move."""

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Axe, Visit

DURATIONS = """[...document.querySelectorAll('*')].flatMap((each) => ['', '::before', '::after'].flatMap((part) => {
  const style = getComputedStyle(each, part);
  return [style.transitionDuration, style.animationName];
}))"""


def _hold(page: Page, address: str) -> list[Route]:
    """Keep what the page asks for at `address` waiting until the test goes on with it."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route))  # playwright takes no built-in
    return held


def test_pair_on_its_way_leaves_its_link_readable(visit: Visit, axe: Axe) -> None:
    page = visit("/", "bob")
    held = _hold(page, "**/triage/*")
    page.goto("/triage")
    expect(page.locator("#triage-pair.htmx-request")).to_be_visible()
    assert axe(page, settled=False) == []
    for request in held:
        request.continue_()
    assert axe(page) == []
    assert len(held) == 1


def test_decision_on_its_way_leaves_its_buttons_readable(visit: Visit, axe: Axe) -> None:
    page = visit("/matches", "alice")
    held = _hold(page, "**/decision")
    page.get_by_role("button", name="加入候选").first.click()
    expect(page.locator("form.htmx-request")).to_be_visible()
    assert axe(page, settled=False) == []
    for request in held:
        request.abort()
    assert len(held) == 1


def test_nothing_moves_for_a_reader_who_asked_for_that(visit: Visit) -> None:
    page = visit("/triage", "bob")
    page.locator(".btn-quiet").first.hover()
    assert set(page.evaluate(DURATIONS)) == {"0s", "none"}
    assert page.evaluate("document.getAnimations().length") == 0
