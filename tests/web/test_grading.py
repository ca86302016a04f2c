"""The grading desk, with scripts and without, and the pages of agreement."""

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database
from matchmaker.domain.jobs import Job
from matchmaker.domain.judgements import Judgement
from matchmaker.services.grading.queue import queue_of
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.grading import drawn_pairs, say
from tests.web.html import Page

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ids(database: Database, cast: Cast) -> tuple[int, ...]:
    """Three drawn pairs in the order in which carol finds them."""
    with database.transaction() as session:
        drawn_pairs(session, cast, 3)
        return queue_of(session, cast.carol.actor)


def seen(page: Page | str, **more: str) -> dict[str, str]:
    """Return what the desk's form sends of the texts that were read."""
    text = str(page)
    found = {name: text.split(f'name="{name}" value="')[1].split('"')[0] for name in ("need_text", "achievement_text")}
    return found | more


def grades(database: Database) -> list[tuple[int, int | None, str | None]]:
    with database.read() as session:
        rows = session.scalars(sa.select(Judgement).order_by(Judgement.id))
        return [(row.sampled_id, row.grade, row.not_judged) for row in rows]


def test_desk_shows_two_texts_four_keys_and_no_word_of_the_ranker(client_of: ClientOf, ids: tuple[int, ...]) -> None:
    answer = client_of("carol").get("/grading")
    page = Page(answer.text)
    assert (len(page.texts("desk-title")), [text[0] for text in page.texts("desk-grade")]) == (2, ["3", "2", "1", "0"])
    assert page.texts("desk-progress") == ["您已评 0 对，还有 3 对"]
    assert not any(word in answer.text for word in ("match-grade", "reason-bar", "匹配理由", 'href="/matches/'))


def test_without_scripts_one_pair_follows_the_other(
    database: Database, client_of: ClientOf, ids: tuple[int, ...]
) -> None:
    client = client_of("carol")
    first = client.get("/grading").text
    answer = client.post(f"/grading/{ids[0]}/grade", data=seen(first, grade="3", then=str(ids[1])))
    assert (answer.status_code, answer.location) == (303, f"/grading/{ids[1]}")
    second = client.get(answer.location).text
    answer = client.post(f"/grading/{ids[1]}/not-judged", data=seen(second, reason="unclear", then=""))
    assert answer.location == f"/grading/{ids[2]}"
    assert grades(database) == [(ids[0], 3, None), (ids[1], None, "unclear")]
    assert client.post("/grading/undo").location == f"/grading/{ids[1]}"
    assert grades(database) == [(ids[0], 3, None)]


def test_htmx_gets_the_next_pair_the_progress_and_a_word(client_of: ClientOf, ids: tuple[int, ...]) -> None:
    client = client_of("carol")
    form = seen(client.get(f"/grading/{ids[0]}", headers=HTMX).text, grade="0", then=str(ids[1]))
    page = Page(client.post(f"/grading/{ids[0]}/grade", data=form, headers=HTMX).text)
    assert (page.texts("desk-said"), page.texts("desk-progress")) == (["已评：无相关。"], ["您已评 1 对，还有 2 对"])


def test_a_changed_text_and_a_wrong_grade_are_told_on_the_pair(
    database: Database, client_of: ClientOf, ids: tuple[int, ...]
) -> None:
    client = client_of("carol")
    stale = {"grade": "3", "need_text": "1", "achievement_text": "", "note": "写过的备注"}
    answer = client.post(f"/grading/{ids[0]}/grade", data=stale)
    assert (answer.status_code, "文字有了改动" in answer.text, "写过的备注" in answer.text) == (409, True, True)
    wrong = [client.post(f"/grading/{ids[0]}/grade", data={"grade": each}) for each in ("9", "三", "", "1" * 30)]
    assert ({each.status_code for each in wrong}, grades(database)) == ({422}, [])


def test_desk_is_for_graders_and_drawing_for_the_bureau(client_of: ClientOf, ids: tuple[int, ...]) -> None:
    for key in ("alice", "bob", "mallory", "peter"):
        client = client_of(key)
        calls = [client.get(f"/grading{path}") for path in ("", f"/{ids[0]}", "/agreement", f"/disagreements/{ids[0]}")]
        assert {answer.status_code for answer in calls} == {403}
    assert client_of("carol").post("/grading/draw", data={"pairs": "5"}).status_code == 403
    assert client_of("erin").get("/grading").status_code == 200


def test_bureau_orders_a_batch(database: Database, client_of: ClientOf) -> None:
    client = client_of("dave")
    refused = client.post("/grading/draw", data={"pairs": "100000"})
    assert (refused.status_code, "1 至 500" in refused.text) == (422, True)
    assert client.post("/grading/draw", data={"pairs": "7"}).status_code == 303
    with database.read() as session:
        assert [(job.kind, job.arguments["pairs"]) for job in session.scalars(sa.select(Job))] == [("draw_pairs", 7)]
    assert client.get("/grading/drawing", headers=HTMX).status_code == 200


def test_a_disagreement_is_opened_talked_over_and_handed_to_a_third(
    database: Database, cast: Cast, client_of: ClientOf, ids: tuple[int, ...]
) -> None:
    with database.transaction() as session:
        pair = say(session, cast.carol, drawn_pairs(session, cast, 1)[0], 3).sampled
        say(session, cast.peter, pair, 0)
        pair_id = pair.id
    listed = Page(client_of("carol").get("/grading/agreement").text)
    assert listed.texts("agreement-state") == ["差 3 级"]
    assert client_of("erin").post(f"/grading/disagreements/{pair_id}/third").status_code == 303
    address = f"/grading/disagreements/{pair_id}"
    carol = client_of("carol")
    empty = carol.post(f"{address}/regrade", data={"grade": "1", "note": ""})
    assert (empty.status_code, "为什么改" in empty.text) == (422, True)
    assert carol.post(f"{address}/regrade", data={"grade": "1", "note": "低温下没有数据"}).status_code == 303
    opened = Page(carol.get(address).text)
    assert ("低温下没有数据" in str(opened.texts("opened-words")), len(opened.texts("opened-history"))) == (True, 1)
    assert client_of("dave").get(address).status_code == 404


def test_pages_hold_for_an_installation_without_any_grade(client_of: ClientOf) -> None:
    for key in ("carol", "dave", "erin"):
        for address in ("/grading", "/grading/agreement"):
            assert client_of(key).get(address).status_code == 200
