"""The triage screen, with scripts and without, and its export."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from matchmaker.domain.base import Database
from matchmaker.domain.matches import MatchDecision
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.pairs import pair, publish
from tests.web.forms import flashed
from tests.web.html import Page

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ids(database: Database, cast: Cast) -> list[int]:
    """Three pairs of bob's achievement, the best first."""
    with database.transaction() as session:
        coating = publish(session, cast.bob, "achievement", "疏冰涂料")
        needs = [publish(session, cast.alice, "need", title) for title in ("甲需求", "乙需求", "丙需求")]
        return [pair(session, need, coating, achievement_side_score=9.0 - place).id for place, need in enumerate(needs)]


def decisions(database: Database) -> dict[int, str]:
    with database.read() as session:
        return {row.match_id: row.decision for row in session.query(MatchDecision)}


def test_screen_shows_queue_progress_and_the_first_pair(client_of: ClientOf, ids: list[int]) -> None:
    answer = client_of("bob").get("/triage")
    page = Page(answer.text)
    assert page.texts("queue-title") == ["甲需求", "乙需求", "丙需求"]
    assert (page.texts("triage-progress"), f'hx-get="/triage/{ids[0]}" hx-trigger="load"' in answer.text) == (
        ["已处理 0 / 3"],
        True,
    )


@pytest.mark.parametrize("key", ["carol", "dave", "erin", "peter"])
def test_screen_is_for_the_two_sides(client_of: ClientOf, ids: list[int], key: str) -> None:
    client = client_of(key)
    calls = [client.get("/triage"), client.get("/triage/export"), client.post("/triage/undo")]
    calls += [client.get(f"/triage/{ids[0]}"), client.post(f"/triage/{ids[0]}/decision")]
    assert {answer.status_code for answer in calls} == {403}


def test_pair_of_others_is_unknown(client_of: ClientOf, ids: list[int]) -> None:
    client = client_of("mallory")
    assert client.get(f"/triage/{ids[0]}").status_code == 404
    assert client.post(f"/triage/{ids[0]}/decision", data={"decision": "interested"}).status_code == 404


def test_without_scripts_one_pair_follows_the_other(database: Database, client_of: ClientOf, ids: list[int]) -> None:
    client = client_of("bob")
    page = client.get(f"/triage/{ids[0]}?grade=2")
    assert (page.status_code, f'href="/triage/{ids[1]}?grade=2"' in page.text) == (200, True)
    form = {"decision": "unsuitable", "reason": "price", "seen": ""}
    assert client.post(f"/triage/{ids[0]}/decision?grade=2", data=form).location == f"/triage/{ids[1]}?grade=2"
    client.post(f"/triage/{ids[1]}/decision", data={"decision": "shortlisted"})
    assert client.post(f"/triage/{ids[2]}/decision", data={"decision": "interested"}).location == "/triage"
    assert decisions(database) == dict(zip(ids, ("unsuitable", "shortlisted", "interested"), strict=True))
    assert client.post("/triage/undo").location == f"/triage/{ids[2]}"
    assert (flashed(client)[-1], len(decisions(database))) == ("已撤销上一个判断。", 2)


def test_with_scripts_the_next_pair_comes_with_row_and_progress(client_of: ClientOf, ids: list[int]) -> None:
    client = client_of("bob")
    form = {"decision": "shortlisted", "seen": "", "then": str(ids[2])}
    answer = client.post(f"/triage/{ids[0]}/decision", data=form, headers=HTMX)
    page = Page(answer.text)
    assert (page.texts("triage-title"), page.texts("triage-progress")) == (["丙需求"], ["已处理 1 / 3"])
    assert (f'id="row-{ids[0]}"' in answer.text, page.texts("queue-mark")) == (True, ["已加入候选"])
    last = client.post(f"/triage/{ids[2]}/decision", data=form | {"then": ""}, headers=HTMX)
    assert Page(last.text).texts("empty-state-title") == ["这一批处理完了"]
    assert Page(client.post("/triage/undo", headers=HTMX).text).texts("triage-title") == ["丙需求"]


def test_wrong_and_stale_decisions_are_answered_in_place(
    database: Database, client_of: ClientOf, ids: list[int]
) -> None:
    client = client_of("bob")
    wrong = client.post(f"/triage/{ids[0]}/decision", data={"decision": "unsuitable", "note": "记"}, headers=HTMX)
    assert (wrong.status_code, 'value="记"' in wrong.text) == (422, True)
    client.post(f"/triage/{ids[0]}/decision", data={"decision": "shortlisted", "seen": ""})
    stale = client.post(f"/triage/{ids[0]}/decision", data={"decision": "interested", "seen": ""}, headers=HTMX)
    assert (stale.status_code, "刚刚处理过这一对" in stale.text) == (409, True)
    assert decisions(database) == {ids[0]: "shortlisted"}


def test_unknown_filters_narrow_nothing(client_of: ClientOf, ids: list[int]) -> None:
    answer = client_of("bob").get("/triage?listing=x&grade=99&field=nonsense&decided=nonsense&page=-1")
    assert Page(answer.text).texts("queue-title") == ["甲需求", "乙需求", "丙需求"]
    assert Page(client_of("bob").get("/triage?listing=99999999999999999999").text).texts("queue-title") != []
    assert Page(client_of("bob").get("/triage?decided=interested").text).texts("empty-state-title") == [
        "没有符合条件的匹配"
    ]


def test_export_is_what_the_screen_shows(client_of: ClientOf, ids: list[int]) -> None:
    answer = client_of("bob").get("/triage/export?decided=none")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    sheet = load_workbook(BytesIO(answer.data)).active
    assert sheet is not None
    assert [row[3].value for row in sheet.iter_rows(min_row=2)] == ["甲需求", "乙需求", "丙需求"]
