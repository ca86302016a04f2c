"""The page of what the ranking has learned: what happened last and why, charts with their data, and the switch."""

import io
import json

import openpyxl
import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.jobs import Job
from matchmaker.domain.language import Sentence, pack
from matchmaker.domain.refits import Refit, RefitSwitch
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.pairs import pair, publish
from tests.services.refits.market import say

FIGURES = {
    "sources": {"decisions": {"pairs": 20, "weight": 13.5}, "contracts": {"pairs": 1, "weight": 1.0}},
    "pairs": 21,
    "examination": {"eta": 0.8, "compared": 90, "lists": 1234},
    "before": {"ndcg_10": 0.7},
    "after": {"ndcg_10": 0.75},
    "months": [{"month": "2026-03", "needs": 3, "pairs": 12, "served": 0.71, "present": 0.76}],
}


@pytest.fixture
def learned(database: Database, cast: Cast) -> Cast:
    """A site that has learned once, and one decline."""
    with database.transaction() as session:
        why = pack(Sentence("已启用：在没有学过的需求上更好。"))
        row = {"state": "promoted", "cause": "night", "why": why, "figures": FIGURES, "model": "learned-0001"}
        session.add(Refit(started_at=utc_now(), ended_at=utc_now(), **row))
        need, other = publish(session, cast.alice, "need", "除冰"), publish(session, cast.bob, "achievement", "涂层")
        say(session, pair(session, need, other), cast.alice, "unsuitable", "too_early")
    return cast


def test_page_says_first_what_happened_last_and_why(client_of: ClientOf, learned: Cast) -> None:
    page = client_of("erin").get("/admin/learning").text
    assert page.index("已启用：在没有学过的需求上更好。") < page.index("列表排得怎么样")
    assert "按 1,234 份展示过的列表估计" in page
    assert "0.700 → 0.750" in page
    assert "环境变量 MATCHMAKER_REFIT=off 关闭了每晚的学习。" in page


def test_page_of_a_site_that_never_learned_says_so(client_of: ClientOf, cast: Cast) -> None:
    page = client_of("erin").get("/admin/learning").text
    assert page.count("排序还没有从本站的反馈里学习过。") == 1
    assert page.count("还没有学习过") >= 1


def test_charts_draw_and_export_the_same_figures(client_of: ClientOf, learned: Cast) -> None:
    client = client_of("erin")
    worth = json.loads(client.get("/admin/learning/charts/worth/data").text)
    assert [cell["text"] for cell in worth["lines"][0]["cells"]] == ["0.71", "0.76", "3", "12"]
    file = client.get("/admin/learning/charts/sources/file?format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(file.data)).active
    assert sheet is not None
    assert [tuple(row)[:3] for row in sheet.iter_rows(min_row=2, values_only=True)] == [
        ("合同与解决", 1, 1),
        ("感兴趣、候选与不合适", 20, 13.5),
    ]
    declines = json.loads(client.get("/admin/learning/charts/declines/data").text)
    assert (declines["columns"][0]["label"], declines["lines"][0]["cells"][0]["value"]) == ("太早期", 1)
    assert json.loads(client.get("/admin/learning/charts/graders/data").text)["lines"] == []
    assert client.get("/admin/learning/charts/nothing/data").status_code == 404
    assert client.get("/admin/learning/charts/worth/file?format=exe").status_code == 422


def test_refit_is_ordered_once_and_the_switch_is_turned(client_of: ClientOf, database: Database, cast: Cast) -> None:
    client = client_of("erin")
    for _ in range(2):
        assert client.post("/admin/learning/refit").status_code == 303
    assert client.post("/admin/learning/switch", data={"on": "0"}).status_code == 303
    with database.read() as session:
        job = session.scalars(sa.select(Job)).one()
        assert (job.kind, job.user_id, job.arguments) == ("refit", cast.erin.user_id, {"cause": "page"})
        assert session.scalars(sa.select(RefitSwitch.is_on)).all() == [False]
    assert "后台已经在排队或进行一次学习。" in client.get("/admin/learning").text


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "dave"])
def test_page_is_the_administrators(client_of: ClientOf, cast: Cast, name: str) -> None:
    assert client_of(name).get("/admin/learning").status_code == 403
    assert client_of(name).post("/admin/learning/refit").status_code == 403
