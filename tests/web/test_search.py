"""The search page: what is found, by whom, and that no query breaks it."""

import pytest

from matchmaker.domain.base import Database
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.pairs import publish

HTMX = {"HX-Request": "true"}
HOSTILE = (
    "q=" + "长" * 3000,
    "q=%00%00",
    "q=%ff%fe",
    "q=%22)(AND%20OR%20NOT%20*~",
    "q=%F0%9F%98%80",
    "q=<script>alert(1)</script>",
    "q=%27%20OR%201=1--",
    "kind=event&field=x&industry=999&region=zz&stage=0",
    "page=0",
    "page=999999",
    "page=abc",
)


@pytest.fixture
def listings(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        publish(session, cast.alice, "need", "风电叶片除冰", field="energy", industry="44")
        publish(session, cast.bob, "achievement", "棉花异纤分拣", field="manufacturing")
        publish(session, cast.alice, "need", "保密的配方", visibility="brokers")


@pytest.mark.usefixtures("listings")
def test_search_without_words_shows_the_newest_of_what_is_public(client_of: ClientOf) -> None:
    page = client_of(None).get("/search").text
    shown = [title in page for title in ("风电叶片除冰", "棉花异纤分拣", "保密的配方")]
    assert shown == [True, True, False]


@pytest.mark.usefixtures("listings")
def test_search_shows_brokers_what_is_for_brokers(client_of: ClientOf) -> None:
    assert "保密的配方" in client_of("carol").get("/search").text


@pytest.mark.usefixtures("listings")
def test_search_narrows_by_kind_and_facet(client_of: ClientOf) -> None:
    page = client_of(None).get("/search?kind=need&field=energy").text
    assert ("风电叶片除冰" in page, "棉花异纤分拣" in page) == (True, False)


@pytest.mark.usefixtures("listings")
def test_search_for_htmx_is_a_fragment(client_of: ClientOf) -> None:
    page = client_of(None).get("/search", headers=HTMX).text
    assert ("<html" in page, 'id="results"' in page) == (False, True)


@pytest.mark.usefixtures("listings")
def test_search_for_going_back_is_the_whole_page(client_of: ClientOf) -> None:
    page = client_of(None).get("/search", headers={**HTMX, "HX-History-Restore-Request": "true"}).text
    assert page.count("<html") == 1


@pytest.mark.usefixtures("listings")
def test_search_page_and_fragment_are_kept_apart_by_caches(client_of: ClientOf) -> None:
    assert "HX-Request" in client_of(None).get("/search", headers=HTMX).vary


@pytest.mark.usefixtures("listings")
def test_search_for_nothing_there_helps(client_of: ClientOf) -> None:
    page = client_of(None).get("/search?kind=achievement&field=nuclear").text
    assert "去掉全部筛选" in page


@pytest.mark.usefixtures("listings")
def test_search_survives_any_address(client_of: ClientOf) -> None:
    visitor = client_of(None)
    for query in HOSTILE:
        answer = visitor.get(f"/search?{query}")
        assert (query, answer.status_code, "<script>alert(1)" in answer.text) == (query, 200, False)
