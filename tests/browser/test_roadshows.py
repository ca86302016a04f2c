"""A roadshow in the browser: the order by dragging and by keyboard, a sheet on a phone, the ranking that follows."""

import re

import pytest
from playwright.sync_api import Page, expect

from matchmaker.domain.events import Event
from matchmaker.services.roadshows.sheets import sign_sheet
from tests.browser.conftest import PATIENCE_MS, Axe, Site, Visit
from tests.events import make_registration
from tests.roadshows import FULL, invite, make_pitch, make_roadshow

PHONE = 390


@pytest.fixture
def show(site: Site, request: pytest.FixtureRequest) -> tuple[int, list[int]]:
    """A roadshow of the test's own with three pitches, judged by carol, whom dave of the bureau watches."""
    titles = [f"{request.node.name}-{place}" for place in "甲乙丙"]
    with site.database.transaction() as session:
        event = make_roadshow(session, site.cast, "final", title=request.node.name)
        pitches = [make_pitch(session, site.cast, event, site.cast.bob, title[-90:]).id for title in titles]
        invite(session, site.cast, event, site.cast.carol)
        make_registration(session, event, site.cast.alice)
        return event.id, pitches


def order(page: Page) -> list[str]:
    return [text[-1] for text in page.locator(".programme-title").all_inner_texts()]


def test_programme_is_ordered_by_dragging_and_by_keyboard(visit: Visit, show: tuple[int, list[int]]) -> None:
    page = visit(f"/events/{show[0]}/programme", "dave")
    assert order(page) == ["甲", "乙", "丙"]
    grips = page.locator(".programme-grip")
    start, end = grips.nth(2).bounding_box(), grips.nth(0).bounding_box()
    assert start is not None and end is not None  # noqa: PT018
    page.mouse.move(start["x"] + 8, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 8, end["y"] + 20, steps=8)
    page.mouse.move(end["x"] + 8, end["y"] - 12, steps=4)
    with page.expect_response("**/programme/order") as answer:
        page.mouse.up()
    assert answer.value.status == 200
    dragged = order(page)
    page.reload()
    assert order(page) == dragged != ["甲", "乙", "丙"]
    page.get_by_role("button", name="下移 1").press("Enter")
    moved = [dragged[1], dragged[0], dragged[2]]
    expect(page.locator(".programme-title").first).to_have_text(re.compile(f"{moved[0]}$"), timeout=PATIENCE_MS)
    page.reload()
    assert order(page) == moved


def test_sheet_is_saved_while_it_is_written_and_signed_on_a_phone(
    visit: Visit, axe: Axe, show: tuple[int, list[int]]
) -> None:
    path = f"/events/{show[0]}/judging/{show[1][0]}"
    page = visit(path, "carol", PHONE)
    page.get_by_role("button", name="技术与产品 8 分").click()
    page.get_by_label("评语").fill("写到一半")
    expect(page.locator(".sheet-saved")).to_contain_text("已保存", timeout=PATIENCE_MS)
    page.goto(path)
    expect(page.locator("#d1")).to_have_value("8")
    expect(page.get_by_label("评语")).to_have_value("写到一半")
    for number, mark in ((2, "7.5"), (3, "9"), (4, "6")):
        page.locator(f"#d{number}").fill(mark)
    expect(page.locator(".sheet-points")).to_have_text("加权得分 7.73", timeout=PATIENCE_MS)
    assert axe(page, settled=False) == []
    page.get_by_role("button", name="签名提交").click()
    expect(page.locator(".judging-head")).to_contain_text("已签名 1 / 3", timeout=PATIENCE_MS)
    page.goto(path)
    expect(page.locator(".sheet-locked")).to_contain_text("已签名，不能再改")
    assert page.locator("#sheet").count() == 0


def test_what_is_typed_without_a_network_is_saved_when_it_is_back(visit: Visit, show: tuple[int, list[int]]) -> None:
    path = f"/events/{show[0]}/judging/{show[1][1]}"
    page = visit(path, "carol", PHONE)
    page.context.set_offline(True)
    page.get_by_label("评语").fill("信号不好")
    expect(page.locator(".sheet-saved")).to_contain_text("还没有保存", timeout=PATIENCE_MS)
    page.context.set_offline(False)
    expect(page.locator(".sheet-saved")).to_contain_text("已保存", timeout=PATIENCE_MS)
    page.goto(path)
    expect(page.get_by_label("评语")).to_have_value("信号不好")


def test_ranking_follows_a_signature_without_reloading(visit: Visit, site: Site, show: tuple[int, list[int]]) -> None:
    page = visit(f"/events/{show[0]}/ranking", "dave")
    expect(page.locator(".ranking-progress")).to_contain_text("已签名 0 份")
    with site.database.transaction() as session:
        event = session.get_one(Event, show[0])
        sign_sheet(session, site.cast.carol.actor, event, show[1][2], FULL, 0)
    expect(page.locator(".ranking-score strong")).to_have_text("7.73", timeout=PATIENCE_MS)
    expect(page.locator(".ranking-title").first).to_have_text(re.compile("丙$"))
    # What somebody reads or writes there outlives the next answer.
    page.locator(".ranking-sheets > summary").click()
    with page.expect_response("**/ranking/live"):
        pass
    expect(page.locator(".ranking-sheets[open]")).to_have_count(1)
    page.locator(".ranking-sheets .confirm > summary").click()
    page.locator(".ranking-sheets textarea").fill("写到一半")
    page.wait_for_timeout(5000)
    expect(page.locator(".ranking-sheets textarea")).to_have_value("写到一半")


def test_one_tap_on_the_programme_and_its_undoing(visit: Visit, show: tuple[int, list[int]]) -> None:
    page = visit(f"/events/{show[0]}/programme", "alice", PHONE)
    page.get_by_role("button", name="感兴趣").first.click()
    tapped = page.locator('.programme-tap [aria-pressed="true"]')
    expect(tapped).to_have_count(1, timeout=PATIENCE_MS)
    tapped.click()
    expect(tapped).to_have_count(0, timeout=PATIENCE_MS)
    page.reload()
    expect(tapped).to_have_count(0)
