"""Triage by keyboard in a real browser, and the page that a forwarded link opens."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from matchmaker.domain.mails import Mail
from matchmaker.domain.matches import MatchDecision
from tests.browser.conftest import PATIENCE_MS, Axe, Site, Visit
from tests.pairs import pair, publish


def _more_pairs(site: Site) -> None:
    with site.database.transaction() as session:
        coating = publish(session, site.cast.bob, "achievement", "石墨烯电热膜")
        for place, title in enumerate(("叶片防冰", "铁塔防冰", "道岔融雪")):
            need = publish(session, site.cast.alice, "need", title)
            pair(session, need, coating, achievement_side_score=9.0 - place)


def _looks_at(page: Page, title: str) -> None:
    expect(page.locator(".triage-title")).to_have_text(title, timeout=PATIENCE_MS)
    expect(page.locator(".queue-row[aria-current] .queue-title")).to_have_text(title)


def _decisions(site: Site) -> list[tuple[str, str | None]]:
    with site.database.read() as session:
        rows = session.query(MatchDecision).order_by(MatchDecision.id)
        return [(row.decision, row.reason) for row in rows]


def test_keys_decide_move_undo_and_forward(visit: Visit, site: Site) -> None:
    _more_pairs(site)
    page = visit("/triage", "bob")
    _looks_at(page, "叶片防冰")
    page.keyboard.press("j")
    _looks_at(page, "铁塔防冰")
    page.keyboard.press("k")
    _looks_at(page, "叶片防冰")
    page.keyboard.press("n")
    expect(page.locator(".triage-reasons")).to_be_visible()
    page.keyboard.press("7")
    _looks_at(page, "铁塔防冰")
    page.keyboard.press("s")
    _looks_at(page, "道岔融雪")
    expect(page.locator("#triage-progress")).to_contain_text("已处理 2 / ")
    page.keyboard.press("u")
    _looks_at(page, "铁塔防冰")
    page.keyboard.press("i")
    _looks_at(page, "道岔融雪")
    assert _decisions(site) == [("unsuitable", "price"), ("interested", None)]
    page.keyboard.press("f")
    page.keyboard.type("王工")
    page.fill("input[name=email]", "wang@uni.example")
    page.get_by_role("button", name="发送邮件").click()
    expect(page.locator(".forwarding-who")).to_contain_text("等待答复")
    expect(page.locator(".queue-row[aria-current]")).to_contain_text("王工")
    page.keyboard.press("?")
    expect(page.locator("#triage-help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#triage-help")).to_be_hidden()


def test_typing_is_no_command(visit: Visit, site: Site) -> None:
    page = visit("/triage?decided=all", "bob", width=390)
    expect(page.locator(".triage-title")).to_be_visible(timeout=PATIENCE_MS)
    before = _decisions(site)
    page.locator(".triage-drop summary", has_text="不合适").click()
    page.locator("#triage-note").type("i s n u")
    expect(page.locator("#triage-note")).to_have_value("i s n u")
    assert _decisions(site) == before


@pytest.mark.parametrize("width", [1440, 390])
def test_screen_and_forwarded_page_are_accessible_and_fit(visit: Visit, site: Site, axe: Axe, width: int) -> None:
    page = visit("/triage?decided=all", "bob", width=width)
    expect(page.locator(".triage-title")).to_be_visible(timeout=PATIENCE_MS)
    assert (axe(page), page.evaluate("document.documentElement.scrollWidth")) == ([], width)
    page.goto(page.locator(".queue-row").first.get_attribute("href") or "")
    assert (axe(page), page.evaluate("document.documentElement.scrollWidth")) == ([], width)
    page.locator(".forwarding-new summary").click()
    page.fill("input[name=name]", "李工")
    page.fill("input[name=email]", f"li{width}@uni.example")
    page.get_by_role("button", name="发送邮件").click()
    expect(page.locator(".forwarding-who").first).to_contain_text("李工")
    with site.database.read() as session:
        path = session.scalars(sa.select(Mail.path).order_by(Mail.id.desc())).first() or ""
    visitor = visit(path, None, width=width)
    expect(visitor.locator(".forwarded-title")).to_be_visible()
    assert (axe(visitor), visitor.evaluate("document.documentElement.scrollWidth")) == ([], width)
