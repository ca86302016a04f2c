"""A broker sees the verdicts and asks, the other side answers, and the verdict changes before his eyes."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Axe, Site, Visit
from tests.pairs import pair
from tests.verdicts import judge, post_with

QUESTION = "贵方成果的除尘效率能达到多少？需求方要求 ≥ 99 %。"


@pytest.fixture
def match_id(site: Site) -> int:
    with site.database.transaction() as session:
        asked = [("除尘效率", "ge", "99", "%"), ("运行阻力", "le", "1200", "Pa"), ("噪声", "le", "80", "dB(A)")]
        need = post_with(
            session, site.cast.alice, "need", "锅炉烟气超低排放改造", *asked, problem="投资回收期不超过3年，运行稳定。"
        )
        offered = [("运行阻力", "eq", "1000", "Pa"), ("噪声", "eq", "85", "dB(A)")]
        achievement = post_with(
            session,
            site.cast.bob,
            "achievement",
            "电袋复合除尘器",
            *offered,
            description="已在三家电厂应用，投资回收期2.5年。",
        )
        match_id = pair(session, need, achievement).id
    judge(site.database)
    return match_id


def test_question_of_a_broker_is_answered_and_changes_the_verdict(
    site: Site, visit: Visit, axe: Axe, match_id: int
) -> None:
    broker = visit(f"/matches/{match_id}", "carol")
    card = broker.locator("#indicators")
    lines = card.locator(".verdict-line")
    expect(lines.locator(".verdict")).to_have_text(["未说明", "满足", "不满足", "满足"])
    expect(card.locator(".verdict-chips")).to_contain_text("2 满足")
    expect(lines.nth(3).locator("mark")).to_have_text(["投资回收期不超过3年", "投资回收期2.5年"])
    expect(lines.nth(0)).to_contain_text(QUESTION)
    assert axe(broker) == []
    lines.nth(0).get_by_role("button", name="向成果方提问").click()
    expect(lines.nth(0)).to_contain_text("等待对方答复")

    university = visit("/notices", "bob", width=390)
    university.get_by_role("link", name="有人就您的成果提问").first.click()
    expect(university.locator(".question-asked").first).to_have_text(
        "贵方成果的除尘效率能达到多少？需求方要求 ≥ 99 %。"
    )
    assert axe(university) == []
    university.get_by_label("除尘效率").fill("99.5")
    university.get_by_role("button", name="发送答复").click()
    expect(university.locator(".question-asked").nth(1)).to_have_text("99.5")

    broker.reload()
    expect(lines.nth(0).locator(".question-answer")).to_contain_text("据对方答复：99.5 %")
    expect(lines.nth(0).locator(".verdict").first).to_have_text("满足")
    expect(card.locator(".verdict-chips")).to_contain_text("3 满足")

    enterprise = visit(f"/matches/{match_id}", "alice")
    expect(enterprise.locator("#indicators .verdict").first).to_have_text("未说明")
    expect(enterprise.locator("#indicators")).not_to_contain_text("99.5")
