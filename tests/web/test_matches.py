"""The pages of matches: who sees what, decisions with and without scripts, bad input."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from matchmaker.domain.base import Database
from matchmaker.domain.matches import MatchDecision
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.counting import counted_queries
from tests.pairs import pair, publish

HTMX = {"HX-Request": "true"}


@dataclass(frozen=True, slots=True)
class Made:
    """Ids of a pair: alice's need, bob's achievement."""

    need: int
    achievement: int
    match: int


def make_pair(database: Database, cast: Cast, title: str = "除冰", **columns: object) -> Made:
    """Write a pair; `visibility` is the need's, other columns the match's."""
    visibility = columns.pop("visibility", "public")
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", f"风电叶片{title}", visibility=visibility)
        achievement = publish(session, cast.bob, "achievement", f"叶片{title}涂层")
        match = pair(session, need, achievement, **columns)
        return Made(need.id, achievement.id, match.id)


def decisions(database: Database) -> list[tuple[str, str | None, str | None]]:
    """What is decided now."""
    with database.read() as session:
        return [(d.decision, d.reason, d.note) for d in session.query(MatchDecision)]


def status(client: FlaskClient, path: str) -> int:
    """The status of a page."""
    return client.get(path).status_code


def test_match_pages_open_for_all_who_may_see_the_pair(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made = make_pair(database, cast)
    for who in ("alice", "bob", "carol", "dave", "erin"):
        client, own = client_of(who), made.achievement if who == "bob" else made.need
        paths = ("/matches", f"/matches/{made.match}", f"/listings/{own}/matches")
        assert (who, [status(client, path) for path in paths]) == (who, [200, 200, 200])


def test_match_detail_is_not_found_for_an_outsider(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made, client = make_pair(database, cast), client_of("mallory")
    assert status(client, f"/matches/{made.match}") == 404
    assert client.post(f"/matches/{made.match}/decision", data={"decision": "interested"}).status_code == 404
    assert status(client, f"/listings/{made.need}/matches") == 403


def test_match_pages_ask_visitors_to_log_in(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made, client = make_pair(database, cast), client_of(None)
    assert [status(client, path) for path in ("/matches", f"/matches/{made.match}", "/dashboard")] == [303, 303, 303]


def test_university_cannot_open_the_pair_of_a_brokers_only_need(
    database: Database, cast: Cast, client_of: ClientOf
) -> None:
    made = make_pair(database, cast, visibility="brokers", achievement_side_score=None)
    bob = client_of("bob")
    assert status(bob, f"/matches/{made.match}") == 404
    pages = [bob.get(path).text for path in ("/matches", f"/listings/{made.achievement}/matches", "/dashboard")]
    assert [page.count("风电叶片除冰") for page in pages] == [0, 0, 0]


def test_anonymous_need_shows_no_organization_anywhere(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made = make_pair(database, cast, visibility="anonymous")
    client_of("alice").post(f"/matches/{made.match}/decision", data={"decision": "interested", "note": "天山机械"})
    bob = client_of("bob")
    paths = (
        "/matches",
        f"/matches/{made.match}",
        f"/listings/{made.achievement}/matches",
        "/dashboard",
        "/search?q=叶片",
    )
    pages = [bob.get(path).text for path in paths]
    assert [page.count("天山机械") for page in pages] == [0] * 5
    assert [("风电叶片除冰" in page) for page in pages[:4]] == [True] * 4


def test_decision_without_scripts_leads_back(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made, alice = make_pair(database, cast), client_of("alice")
    answer = alice.post(f"/matches/{made.match}/decision", data={"decision": "shortlisted", "next": "/matches?grade=2"})
    assert (answer.status_code, answer.location) == (303, "/matches?grade=2")
    assert decisions(database) == [("shortlisted", None, None)]


def test_decision_never_leads_to_another_site(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made, alice = make_pair(database, cast), client_of("alice")
    answer = alice.post(f"/matches/{made.match}/decision", data={"decision": "interested", "next": "//evil.example"})
    assert answer.location == f"/matches/{made.match}"


def test_decision_with_htmx_answers_with_the_box_alone(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made, alice = make_pair(database, cast), client_of("alice")
    answer = alice.post(f"/matches/{made.match}/decision", data={"decision": "interested"}, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.strip().startswith(f'<div class="decision" id="decision-{made.match}">')
    assert "撤销" in answer.text


def test_decision_on_the_pairs_own_page_shows_what_follows_from_it(
    database: Database, cast: Cast, client_of: ClientOf
) -> None:
    made, alice = make_pair(database, cast), client_of("alice")
    here = {**HTMX, "HX-Current-URL": f"http://localhost/matches/{made.match}?from=mail"}
    answer = alice.post(f"/matches/{made.match}/decision", data={"decision": "interested"}, headers=here)
    assert (answer.status_code, answer.headers.get("HX-Refresh")) == (200, "true")
    assert "已记录。" in alice.get(f"/matches/{made.match}").text


def test_decision_is_taken_back(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made, alice = make_pair(database, cast), client_of("alice")
    alice.post(f"/matches/{made.match}/decision", data={"decision": "unsuitable", "reason": "price", "note": "太贵"})
    assert decisions(database) == [("unsuitable", "price", "太贵")]
    answer = alice.post(f"/matches/{made.match}/decision/withdraw", headers=HTMX)
    assert (answer.status_code, "感兴趣" in answer.text, decisions(database)) == (200, True, [])


@pytest.mark.parametrize("headers", [HTMX, {}])
def test_refused_decision_keeps_what_was_typed(
    database: Database, cast: Cast, client_of: ClientOf, headers: dict[str, str]
) -> None:
    made, alice = make_pair(database, cast), client_of("alice")
    typed = {"decision": "unsuitable", "note": "<script>alert(1)</script>"}
    answer = alice.post(f"/matches/{made.match}/decision", data=typed, headers=headers)
    assert (answer.status_code, decisions(database)) == (422, [])
    assert "请选择一个原因" in answer.text
    assert "&lt;script&gt;alert(1)" in answer.text


def test_bureau_looks_on_without_buttons(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made, dave = make_pair(database, cast), client_of("dave")
    assert 'name="decision"' not in dave.get(f"/matches/{made.match}").text
    assert dave.post(f"/matches/{made.match}/decision", data={"decision": "interested"}).status_code == 403


def test_match_lists_survive_a_wrong_address(database: Database, cast: Cast, client_of: ClientOf) -> None:
    make_pair(database, cast)
    queries = ("grade=9", "grade=x", "field=nope", "decided=%00", "page=-3", "page=99999999999999999999", "kind=event")
    for client in (client_of("alice"), client_of("carol")):
        assert {query: status(client, f"/matches?{query}") for query in queries} == dict.fromkeys(queries, 200)


def test_match_of_an_unknown_id_is_not_found(client_of: ClientOf) -> None:
    carol = client_of("carol")
    assert [status(carol, f"/matches/{n}") for n in (999, 10**30)] == [404, 404]
    assert status(carol, "/listings/999/matches") == 404


def test_panel_for_htmx_is_a_fragment(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made = make_pair(database, cast)
    answer = client_of("alice").get(f"/listings/{made.need}/matches", headers=HTMX)
    assert ("<html" in answer.text, "叶片除冰涂层" in answer.text) == (False, True)


def test_detail_shows_reasons_that_add_up(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made = make_pair(database, cast)
    page = client_of("alice").get(f"/matches/{made.match}").text
    assert [value in page for value in ("+2.50", "+1.00", "-0.50", "-2.00", "86%")] == [True] * 5


def test_broker_sees_the_journal_and_the_parties_do_not(database: Database, cast: Cast, client_of: ClientOf) -> None:
    made = make_pair(database, cast)
    client_of("alice").post(f"/matches/{made.match}/decision", data={"decision": "interested"})
    shown = ["判断记录" in client_of(who).get(f"/matches/{made.match}").text for who in ("carol", "alice", "bob")]
    assert shown == [True, False, False]


@pytest.mark.parametrize("who", ["alice", "carol"])
def test_match_list_asks_as_much_for_three_rows_as_for_one(
    database: Database, cast: Cast, client_of: ClientOf, who: str
) -> None:
    client = client_of(who)

    def count() -> int:
        from matchmaker.web.platform import EXTENSION

        engine = client.application.extensions[EXTENSION].database.engine
        with counted_queries(engine) as statements:
            assert client.get("/matches").status_code == 200
        return len(statements)

    make_pair(database, cast)
    one = count()
    make_pair(database, cast, "降噪")
    make_pair(database, cast, "并网")
    assert count() == one
