"""Proposing a pair in the browser: choose by links, send, and see both sides told."""

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.matches import Match
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.pairs import publish
from tests.working import work


def _publish_both(database: Database, cast: Cast) -> tuple[int, int]:
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "风电叶片除冰")
        return need.id, publish(session, cast.bob, "achievement", "骆驼奶冻干").id


def test_broker_proposes_a_pair_step_by_step(
    settings: Settings, database: Database, cast: Cast, client_of: ClientOf
) -> None:
    need, achievement = _publish_both(database, cast)
    work(settings, database)
    carol = client_of("carol")
    first = carol.get("/matches/propose?need_q=叶片").text
    assert f"need={need}" in first
    both = carol.get(f"/matches/propose?need={need}&achievement={achievement}").text
    assert ("风电叶片除冰" in both, "骆驼奶冻干" in both, "disabled" in both) == (True, True, False)
    sent = {"need": need, "achievement": achievement, "note": "试试看"}
    answer = carol.post("/matches/propose", data=sent)
    assert answer.status_code == 303
    again = carol.post("/matches/propose", data=sent)
    assert again.location == answer.location
    for who in ("alice", "bob"):
        assert "经纪人推荐" in client_of(who).get("/matches?grade=3").text
    assert "试试看" not in client_of("alice").get(answer.location).text
    with database.read() as session:
        assert session.query(Match).filter(Match.proposed_by_id.is_not(None)).count() == 1


def test_propose_page_is_for_brokers(client_of: ClientOf) -> None:
    statuses = {who: client_of(who).get("/matches/propose").status_code for who in ("alice", "dave", "carol")}
    assert statuses == {"alice": 403, "dave": 403, "carol": 200}


def test_propose_refuses_bad_input(database: Database, cast: Cast, client_of: ClientOf) -> None:
    need, achievement = _publish_both(database, cast)
    carol = client_of("carol")
    long = {"need": need, "achievement": achievement, "note": "长" * 1001}
    assert carol.post("/matches/propose", data=long).status_code == 422
    wrong = [{}, {"need": "x", "achievement": "<b>"}, {"need": achievement, "achievement": need}, {"need": 10**30}]
    assert [carol.post("/matches/propose", data=data).status_code for data in wrong] == [404] * 4
    for query in ("need=x", "need=999", f"need={10**30}", "need_q=" + "长" * 500):
        assert carol.get(f"/matches/propose?{query}").status_code == 200
