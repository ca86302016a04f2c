"""Roadshows on the site: programme, answering, judging, ranking, interest, slides, papers, follow-ups."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from pptx import Presentation
from pypdf import PdfReader

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.follow_ups import FollowUp
from matchmaker.domain.judges import ScoreSheet
from matchmaker.domain.matches import MatchDecision
from matchmaker.domain.pitches import Pitch, PitchInterest
from matchmaker.domain.roadshows import Roadshow
from matchmaker.services.follow_ups.making import make_follow_ups
from matchmaker.services.roadshows.interest import tap
from matchmaker.services.roadshows.sheets import sign_sheet
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.counting import counted_queries
from tests.events import make_registration
from tests.pairs import pair, publish
from tests.roadshows import FULL, invite, make_pitch, make_roadshow
from tests.web.html import Page

HTMX = {"HX-Request": "true"}
MARKS = {"d1": "8", "d2": "7.5", "d3": "9", "d4": "6", "comment": "扎实"}
PDF = b"%PDF-1.4\n" + b"x" * 100


@pytest.fixture
def event_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        event = make_roadshow(session, cast, "final")
        for title in ("疏冰涂料", "除尘机器人"):
            make_pitch(session, cast, event, cast.bob, title)
        return event.id


@pytest.fixture
def pitch_ids(database: Database, event_id: int) -> list[int]:
    with database.read() as session:
        return list(session.scalars(sa.select(Pitch.id).order_by(Pitch.position)))


def rows(database: Database, table: type) -> list[object]:
    with database.read() as session:
        return list(session.scalars(sa.select(table).order_by(table.id)))


def status(client_of: ClientOf, key: str, path: str) -> int:
    """Return the status of a download, read to its end."""
    with client_of(key).get(path) as answer:
        return answer.status_code


def titles(client_of: ClientOf, key: str | None, event_id: int) -> list[str]:
    return Page(client_of(key).get(f"/events/{event_id}/programme").text).texts("programme-title")


def test_presenter_confirms_what_the_organiser_puts_on_the_programme(
    client_of: ClientOf, database: Database, cast: Cast, event_id: int
) -> None:
    with database.transaction() as session:
        listing_id = publish(session, cast.alice, "need", "企业的难题", visibility="anonymous").id
    carol, alice = client_of("carol"), client_of("alice")
    assert carol.post(f"/events/{event_id}/programme/new", data={"listing_id": listing_id}).status_code == 303
    assert "企业的难题" not in titles(client_of, None, event_id)
    pitch = rows(database, Pitch)[-1]
    path = f"/events/{event_id}/programme/{pitch.id}"
    assert client_of(None).get(path).status_code == 404
    assert alice.post(f"{path}/confirm", data={"speakers": "阿丽娅"}).status_code == 303
    assert titles(client_of, None, event_id)[-1] == "企业的难题"
    page = client_of(None).get(path).text
    assert ("阿丽娅" in page, "天山机械" in page, "匿名需求方" in page) == (False, False, True)


def test_programme_is_ordered_by_buttons_and_by_dragging(
    client_of: ClientOf, event_id: int, pitch_ids: list[int]
) -> None:
    carol, path = client_of("carol"), f"/events/{event_id}/programme"
    assert carol.post(f"{path}/{pitch_ids[0]}/shift", data={"by": "down"}).status_code == 303
    assert titles(client_of, None, event_id) == ["除尘机器人", "疏冰涂料"]
    dragged = carol.post(f"{path}/order", data={"pitch": pitch_ids}, headers=HTMX)
    assert Page(dragged.text).texts("programme-title") == ["疏冰涂料", "除尘机器人"]
    stale = carol.post(f"{path}/order", data={"pitch": pitch_ids[:1]}, headers=HTMX)
    assert (stale.status_code, stale.headers["HX-Retarget"]) == (409, "#messages")
    assert client_of("bob").post(f"{path}/order", data={"pitch": pitch_ids}).status_code == 403


def test_rules_are_shown_again_as_typed_where_they_are_refused(client_of: ClientOf, event_id: int) -> None:
    typed = {"version": "1", "present_minutes": "8", "question_minutes": "999", "dimension_name": "技术"}
    answer = client_of("carol").post(
        f"/events/{event_id}/programme/rules", data={**typed, "dimension_weight": "1", "score_most": "5"}
    )
    assert (answer.status_code, 'value="999"' in answer.text, "请填写分钟数" in answer.text) == (422, True, True)


def test_usual_dimensions_stay_the_same_in_whatever_language_they_are_saved(
    client_of: ClientOf, database: Database, event_id: int
) -> None:
    carol, path = client_of("carol"), f"/events/{event_id}/programme/rules"
    assert 'value="Business model and plan"' in carol.get(path, headers={"Accept-Language": "en"}).text
    typed = {"version": "1", "present_minutes": "8", "question_minutes": "7", "score_least": "0", "score_most": "10"}
    dimensions = {"dimension_name": ["Team", "Extra"], "dimension_weight": ["3", "1"], "ranked_by": "mean"}
    carol.post(path, data={**typed, **dimensions}, headers={"Accept-Language": "en"})
    (roadshow,) = rows(database, Roadshow)
    assert [each["name"] for each in roadshow.dimensions] == ["团队", "Extra"]


def test_judge_saves_while_typing_and_signs(
    client_of: ClientOf, database: Database, cast: Cast, event_id: int, pitch_ids: list[int]
) -> None:
    with database.transaction() as session:
        event = make_roadshow(session, cast, "final")
        pitch_id, event_id = make_pitch(session, cast, event, cast.bob, "疏冰涂料").id, event.id
        invite(session, cast, event, cast.carol)
    carol, path = client_of("carol"), f"/events/{event_id}/judging/{pitch_id}"
    saved = carol.post(f"{path}/save", data={"d1": "8", "comment": "写到一半", "version": "0"})
    assert (saved.status_code, 'name="version" value="1"' in saved.text) == (200, True)
    stale = carol.post(f"{path}/save", data={"d1": "3", "version": "0"})
    assert (stale.status_code, "您在另一处改过" in stale.text) == (409, True)
    refused = carol.post(path, data={"d1": "8", "d2": "x", "comment": "不能丢", "version": "1", "do": "sign"})
    assert (refused.status_code, "不能丢" in refused.text, 'value="x"' in refused.text) == (422, True, True)
    assert carol.post(path, data={**MARKS, "version": "1", "do": "sign"}).status_code == 303
    assert "已签名，不能再改" in carol.get(path).text
    assert carol.post(path, data={**MARKS, "d1": "1", "version": "2", "do": "sign"}).status_code == 409
    assert [(row.state, row.scores["d1"]) for row in rows(database, ScoreSheet)] == [("signed", 8)]
    assert client_of("bob").get(f"/events/{event_id}/judging").status_code == 403


def test_ranking_is_the_organisers_until_it_is_published(
    client_of: ClientOf, database: Database, cast: Cast, event_id: int, pitch_ids: list[int]
) -> None:
    with database.transaction() as session:
        event = make_roadshow(session, cast, "final")
        pitch, event_id = make_pitch(session, cast, event, cast.bob, "疏冰涂料"), event.id
        invite(session, cast, event, cast.carol)
        sheet_id = sign_sheet(session, cast.carol.actor, event, pitch.id, FULL, 0).id
    path = f"/events/{event_id}/ranking"
    dave, bob = client_of("dave"), client_of("bob")
    assert Page(dave.get(f"{path}/live").text).texts("ranking-title") == ["疏冰涂料"]
    assert [bob.get(path).status_code, bob.get(f"{path}/live").status_code] == [403, 403]
    assert dave.post(f"{path}/{sheet_id}/reopen", data={"reason": ""}).status_code == 422
    assert dave.post(f"{path}/publish").status_code == 303
    page = Page(bob.get(path).text)
    assert (page.texts("ranking-title"), page.texts("ranking-comments")) == (
        ["疏冰涂料"],
        ["技术扎实，市场分析不足。"],
    )
    assert client_of("mallory").get(path).status_code == 403
    record = dave.get(f"{path}/record")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(record.data)).pages)
    assert ("疏冰涂料" in text, "7.73" in text, cast.carol.name in text) == (True, True, True)
    assert bob.get(f"{path}/record").status_code == 403


def test_one_tap_and_what_may_follow(
    client_of: ClientOf, database: Database, cast: Cast, event_id: int, pitch_ids: list[int]
) -> None:
    with database.transaction() as session:
        event = make_roadshow(session, cast, "registration")
        pitch = make_pitch(session, cast, event, cast.bob, "疏冰涂料")
        make_registration(session, event, cast.alice)
        need = publish(session, cast.alice, "need", "匿名的难题", visibility="anonymous")
        match_id = pair(session, need, pitch.listing).id
        path = f"/events/{event.id}/programme/{pitch.id}/interest"
    alice = client_of("alice")
    shown = alice.post(path, headers=HTMX)
    assert ("匿名的难题" in shown.text, rows(database, MatchDecision)) == (True, [])
    warned = alice.post(f"{path}/match", data={"match_id": match_id, "seen": ""}, headers=HTMX)
    assert ("请先看清说明并勾选确认" in warned.text, rows(database, MatchDecision)) == (True, [])
    assert alice.post(f"{path}/match", data={"match_id": match_id, "seen": "", "agreed": "1"}).status_code == 303
    assert [row.decision for row in rows(database, MatchDecision)] == ["interested"]
    alice.post(f"{path}/undo", headers=HTMX)
    assert (rows(database, PitchInterest), rows(database, MatchDecision)) == ([], [])
    assert client_of("mallory").post(path).status_code == 403


def test_slides_are_for_those_concerned(
    client_of: ClientOf, cast: Cast, event_id: int, pitch_ids: list[int], database: Database
) -> None:
    path = f"/events/{event_id}/programme/{pitch_ids[0]}"
    bad = client_of("bob").post(
        f"{path}/slides", data={"file": (io.BytesIO(b"MZ"), "病毒.exe")}, content_type="multipart/form-data"
    )
    assert bad.status_code == 422
    sent = {"file": (io.BytesIO(PDF), "演示.pdf")}
    assert client_of("bob").post(f"{path}/slides", data=sent, content_type="multipart/form-data").status_code == 303
    found = [status(client_of, key, f"/events/{event_id}/slides/1") for key in ("bob", "carol", "alice")]
    assert found == [200, 200, 404]
    with database.transaction() as session:
        event = session.scalars(sa.select(Pitch)).first().event
        make_registration(session, event, cast.alice)
    sent = {"file": (io.BytesIO(PDF), "演示.pdf"), "shared": "1"}
    client_of("bob").post(f"{path}/slides", data=sent, content_type="multipart/form-data")
    found = [status(client_of, key, f"/events/{event_id}/slides/1") for key in ("alice", "mallory")]
    assert found == [200, 404]


def test_template_has_a_slide_for_each_heading(client_of: ClientOf, event_id: int) -> None:
    deck = Presentation(io.BytesIO(client_of(None).get(f"/events/{event_id}/programme/template").data))
    assert [slide.shapes.title.text for slide in deck.slides] == [
        "项目名称",
        "技术与产品",
        "商业模式与计划",
        "行业与市场",
        "团队",
        "寻求什么",
    ]


def test_printed_programme_holds_what_its_reader_may_know(client_of: ClientOf, event_id: int) -> None:
    printed = client_of(None).get(f"/events/{event_id}/programme/pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printed.data)).pages)
    assert ("疏冰涂料" in text, "10:15" in text, "昆仑理工大学" in text) == (True, True, True)


def test_programme_asks_the_database_as_often_for_three_pitches_as_for_one(
    app: Flask, database: Database, cast: Cast, client_of: ClientOf
) -> None:
    counts = []
    for number in (1, 3):
        with database.transaction() as session:
            event = make_roadshow(session, cast)
            for place in range(number):
                make_pitch(session, cast, event, cast.bob, f"成果{place}")
            path = f"/events/{event.id}/programme"
        client_of("carol").get(path)
        with counted_queries(app.extensions["matchmaker"].database.engine) as queries:
            assert client_of("carol").get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] > 0


def test_follow_up_is_answered_from_the_list(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        event = make_roadshow(session, cast, "final")
        pitch = make_pitch(session, cast, event, cast.bob, "疏冰涂料")
        make_registration(session, event, cast.alice)
        tap(session, cast.alice.actor, event, pitch)
        event.state, event.ends_at = "held", utc_now() - timedelta(days=31)
        make_follow_ups(session, event)
    carol = client_of("carol")
    assert Page(carol.get("/follow-ups").text).texts("follow-up-title") == ["疏冰涂料"] * 3
    first = rows(database, FollowUp)[0]
    refused = carol.post(f"/follow-ups/{first.id}/answer", data={"note": "不能丢"})
    assert (refused.status_code, "不能丢" in refused.text) == (422, True)
    carol.post(f"/follow-ups/{first.id}/answer", data={"answer": "talking", "note": "在谈"})
    assert Page(carol.get("/follow-ups").text).texts("follow-up-title") == ["疏冰涂料"] * 2
    assert client_of("alice").get("/follow-ups").status_code == 403
