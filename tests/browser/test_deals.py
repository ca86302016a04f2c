"""The board of deals in the browser: dragged and undone, lost with a reason, refused where somebody was quicker, moved
by keyboard and on a phone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from matchmaker.domain.deals import Deal
from matchmaker.services.deals import move_deal
from tests.browser.conftest import PATIENCE_MS, Axe, Site, Visit
from tests.deals import make_deal

MOST_NUDGES = 200


@pytest.fixture
def deal(site: Site, request: pytest.FixtureRequest) -> int:
    """A deal of the test's own, in talks."""
    with site.database.transaction() as session:
        return make_deal(session, site.cast, title=request.node.name).id


def _state(site: Site, deal: int) -> str:
    with site.database.read() as session:
        return session.get_one(Deal, deal).state


def _column(page: Page, state: str) -> Locator:
    return page.locator(f".board-cards[data-state={state}]")


def _drag(page: Page, deal: int, state: str) -> None:
    """Take up and put down as a hand does: the target is passed over before it is reached, and the card is let go once
    it hangs there. A script that is still busy with taking it up hears of no move meanwhile."""
    page.locator(f"#deal-{deal} .board-card-subject").hover()
    page.mouse.down()
    target = _column(page, state).bounding_box()
    assert target is not None
    middle, top = target["x"] + target["width"] / 2, target["y"] + 12
    page.mouse.move(middle, top + 8, steps=10)
    hanging = _column(page, state).locator(f"#deal-{deal}")
    for nudge in range(MOST_NUDGES):
        page.mouse.move(middle, top + nudge % 4, steps=3)
        if hanging.count():
            break
    page.mouse.up()


def test_card_is_dragged_saved_and_taken_back(visit: Visit, axe: Axe, site: Site, deal: int) -> None:
    page = visit("/deals", "carol")
    with page.expect_response(f"**/deals/{deal}/card") as answer:
        _drag(page, deal, "intent")
    assert (answer.value.status, _state(site, deal)) == (200, "intent")
    expect(_column(page, "intent").locator(f"#deal-{deal}")).to_have_count(1)
    expect(page.locator("#board-toast")).to_contain_text("已移到“意向”")
    with page.expect_response(f"**/deals/{deal}/card"):
        page.locator("#board-toast button").click()
    expect(_column(page, "talks").locator(f"#deal-{deal}")).to_have_count(1)
    assert _state(site, deal) == "talks"
    assert axe(page) == []


def test_losing_asks_for_its_reason_and_goes_back_without_one(visit: Visit, site: Site, deal: int) -> None:
    page = visit("/deals", "carol")
    _drag(page, deal, "lost")
    page.locator("#ask-lost").get_by_role("button", name="取消").click()
    expect(_column(page, "talks").locator(f"#deal-{deal}")).to_have_count(1)
    # The browser may still be ending the first drag, and would not see a second one begin.
    page.reload()
    _drag(page, deal, "lost")
    page.locator("#ask-lost select").select_option("price")
    with page.expect_response(f"**/deals/{deal}/card"):
        page.locator("#ask-lost").get_by_role("button", name="记为没有谈成").click()
    expect(page.locator(f"#deal-{deal}")).to_have_count(0)
    assert _state(site, deal) == "lost"
    with page.expect_response(f"**/deals/{deal}/card"):
        page.locator("#board-toast button").click()
    expect(_column(page, "talks").locator(f"#deal-{deal}")).to_have_count(1)


def test_stale_move_is_refused_and_the_card_goes_where_it_is_now(visit: Visit, site: Site, deal: int) -> None:
    page = visit("/deals", "carol")
    with site.database.transaction() as session:
        move_deal(session, site.cast.alice.actor, deal, "contract", version=1)
    _drag(page, deal, "intent")
    expect(page.locator("#board-toast")).to_contain_text("刚刚有人更新过")
    expect(_column(page, "contract").locator(f"#deal-{deal}")).to_have_count(1)
    _drag(page, deal, "registered")
    expect(page.locator("#board-toast")).to_contain_text("技术合同")
    expect(_column(page, "contract").locator(f"#deal-{deal}")).to_have_count(1)
    assert _state(site, deal) == "contract"


def test_card_is_moved_by_the_keyboard_alone(visit: Visit, site: Site, deal: int) -> None:
    page = visit("/deals", "carol")
    page.locator(f"#deal-{deal} h3 a").focus()
    with page.expect_response(f"**/deals/{deal}/card"):
        page.keyboard.press("Alt+ArrowRight")
    expect(_column(page, "intent").locator(f"#deal-{deal} h3 a")).to_be_focused()
    assert _state(site, deal) == "intent"


def test_card_is_put_to_sleep_from_its_menu_on_a_phone(visit: Visit, axe: Axe, site: Site, deal: int) -> None:
    page = visit("/deals", "carol", 390)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.locator(".board-jumps a", has_text="洽谈").click()
    page.locator(f"#deal-{deal} summary").click()
    page.locator(f"#deal-{deal} [data-ask=sleeping]").click()
    page.locator("#ask-sleeping input").fill("2027-06-30")
    with page.expect_response(f"**/deals/{deal}/card"):
        page.locator("#ask-sleeping").get_by_role("button", name="休眠").click()
    expect(page.locator("[data-count=sleeping]")).to_have_text(re.compile("[1-9]"), timeout=PATIENCE_MS)
    assert (_state(site, deal), axe(page)) == ("sleeping", [])
