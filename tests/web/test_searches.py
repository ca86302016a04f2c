"""Saving from the search page, the list, and one search with what it has found."""

from matchmaker.domain.base import Database
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.counting import counted_queries
from tests.pairs import publish


def test_search_is_saved_from_the_search_page_changed_and_deleted(
    client_of: ClientOf, database: Database, cast: Cast
) -> None:
    with database.transaction() as session:
        publish(session, cast.bob, "achievement", "除冰涂层")
    client = client_of("alice")
    page = client.get("/search?q=除冰&field=energy").text
    assert ('action="/saved-searches"' in page, 'name="field" value="energy"' in page) == (True, True)
    saved = client.post("/saved-searches", data={"q": "除冰", "field": "energy", "name": "冬天"})
    assert (saved.status_code, saved.location) == (303, "/saved-searches/1")
    client.post("/saved-searches/1", data={"q": "防冰", "name": "", "stage": "nonsense"})
    assert "<h1>防冰</h1>" in client.get("/saved-searches/1").text
    assert client.post("/saved-searches/1/delete", follow_redirects=True).text.count("还没有订阅") == 1


def test_empty_search_is_refused_with_a_sentence_and_what_was_typed_stays(client_of: ClientOf) -> None:
    client = client_of("alice")
    assert client.post("/saved-searches", data={"name": "空"}).status_code == 422
    client.post("/saved-searches", data={"q": "除冰"})
    refused = client.post("/saved-searches/1", data={"name": "我打的名字", "q": " "})
    assert (refused.status_code, "我打的名字" in refused.text, "请填写搜索内容" in refused.text) == (422, True, True)


def test_field_is_followed_from_the_list_of_a_kind(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        publish(session, cast.bob, "achievement", "除冰涂层")
    client = client_of("alice")
    assert 'action="/saved-searches/fields"' in client.get("/achievements?field=energy").text
    assert client.post("/saved-searches/fields", data={"field": "energy", "kind": "achievement"}).status_code == 303
    assert client.post("/saved-searches/fields", data={"field": "alchemy"}).status_code == 422
    assert client.get("/saved-searches").text.count("search-row-title") == 1


def test_search_of_somebody_else_is_not_found(client_of: ClientOf) -> None:
    client_of("alice").post("/saved-searches", data={"q": "除冰"})
    other = client_of("mallory")
    answers = [other.get("/saved-searches/1"), other.post("/saved-searches/1/delete")]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_list_asks_as_much_for_three_searches_as_for_one(client_of: ClientOf, database: Database) -> None:
    client, counts = client_of("alice"), []
    for words in (["甲"], ["乙", "丙"]):
        for word in words:
            client.post("/saved-searches", data={"q": word})
        with counted_queries(database.engine) as queries:
            client.get("/saved-searches")
        counts.append(len(queries))
    assert counts[0] == counts[1]
