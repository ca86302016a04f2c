"""The grading desk by keyboard in a real browser: two graders, an undo, and a disagreement that they settle."""

from datetime import timedelta

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from matchmaker.domain.base import utc_now
from matchmaker.domain.judgements import Judgement
from matchmaker.services.grading.queue import queue_of
from tests.browser.conftest import PATIENCE_MS, UNSETTLED, Axe, Site, Visit
from tests.grading import drawn_pairs


def _lies_there(page: Page, pair_id: int) -> None:
    expect(page.locator(f"#desk-pair[data-pair='{pair_id}']")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(UNSETTLED)).to_have_count(0)


def _grades(site: Site, user_id: int) -> list[tuple[int, int | None, str | None]]:
    with site.database.read() as session:
        rows = session.scalars(sa.select(Judgement).where(Judgement.grader_id == user_id).order_by(Judgement.id))
        return [(row.sampled_id, row.grade, row.not_judged) for row in rows]


def _ten_minutes_pass(site: Site) -> None:
    with site.database.transaction() as session:
        session.execute(sa.update(Judgement).values(at=utc_now() - timedelta(minutes=11)))


def test_two_graders_grade_by_keys_and_settle_what_they_disagree_on(visit: Visit, site: Site, axe: Axe) -> None:
    cast = site.cast
    with site.database.transaction() as session:
        drawn_pairs(session, cast, 3)
        first, second, third = queue_of(session, cast.carol.actor)
    page = visit("/grading", "carol")
    _lies_there(page, first)
    page.keyboard.press("j")
    _lies_there(page, second)
    page.keyboard.press("k")
    _lies_there(page, first)
    page.keyboard.press("1")
    _lies_there(page, second)
    expect(page.locator("#desk-said")).to_have_text("已评：弱相关。")
    page.keyboard.press("u")
    _lies_there(page, first)
    page.keyboard.press("3")
    _lies_there(page, second)
    page.keyboard.press("n")
    expect(page.locator(".desk-reasons")).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("b")
    _lies_there(page, third)
    page.keyboard.press("2")
    expect(page.locator(".desk-finished")).to_be_visible()
    assert sorted(_grades(site, cast.carol.user_id)) == sorted(
        [(first, 3, None), (second, None, "foreign_field"), (third, 2, None)]
    )

    _ten_minutes_pass(site)
    page = visit("/grading", "dave", width=390)
    _lies_there(page, sorted((first, third), key=lambda each: each != _first_of(page))[0])
    while page.locator(".desk-pair:not(.desk-finished)").count():
        pair_id = _first_of(page)
        page.locator(".desk-grade", has_text="无相关").click()
        page.wait_for_selector(f"#desk-pair:not([data-pair='{pair_id}'])")
    assert {grade for _, grade, _ in _grades(site, cast.dave.user_id)} == {0}

    _ten_minutes_pass(site)
    page = visit("/grading/agreement", "carol")
    expect(page.locator(".agreement-row").first).to_contain_text("差 3 级")
    assert axe(page) == []
    page.locator(".agreement-titles").first.click()
    expect(page.locator(".opened-words li")).to_have_count(2)
    page.locator(".opened-choice", has_text="弱相关").click()
    page.fill("#note", "没有看到低温下的数据")
    page.get_by_role("button", name="重评").click()
    expect(page.locator(".opened-words")).to_contain_text("没有看到低温下的数据")
    expect(page.locator(".opened-history li")).to_have_count(5)
    assert (axe(page), page.evaluate("document.documentElement.scrollWidth")) == ([], 1440)


def _first_of(page: Page) -> int:
    return int(page.locator("#desk-pair").get_attribute("data-pair") or 0)
