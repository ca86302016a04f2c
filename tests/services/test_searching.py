"""Search finds what the viewer may read, by words, narrowed by facets that count what they lead to."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.services.engine import Engine
from matchmaker.services.searching import SearchPage, SearchRequest, search
from tests.cast import Cast
from tests.counting import counted_queries
from tests.pairs import publish
from tests.working import work, work_once


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def market(kept: Path, settings: Settings, database: Database, cast: Cast) -> None:
    work_once(kept, settings, database, lambda: _open_market(database, cast))


def _open_market(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        publish(session, cast.alice, "need", "风电叶片低温除冰", field="energy", region="650104")
        publish(
            session, cast.alice, "need", "风电叶片匿名检测", visibility="anonymous", problem="天山机械的秘密等离子工艺"
        )
        publish(session, cast.alice, "need", "风电叶片内部工艺", visibility="brokers")
        publish(session, cast.bob, "achievement", "叶片疏冰涂层", field="materials", region="654200")
        publish(session, cast.bob, "achievement", "骆驼奶冻干工艺", field="agriculture", region="654200")


@dataclass(slots=True)
class Searcher:
    """Searches as one of the cast, with one engine for the whole test."""

    database: Database
    cast: Cast
    engine: Engine

    def __call__(self, who: str, **asked: object) -> SearchPage:
        """Search with the fields of a `SearchRequest`."""
        with self.database.read() as session:
            return search(session, self.cast[who].actor, self.engine, SearchRequest(**asked))  # type: ignore[arg-type]


@pytest.fixture
def searcher(settings: Settings, database: Database, cast: Cast) -> Iterator[Searcher]:
    engine = Engine(settings)
    yield Searcher(database, cast, engine)
    engine.close()


def _titles(page: SearchPage) -> list[str]:
    return sorted(hit.listing.title for hit in page.hits)


@pytest.mark.usefixtures("market")
def test_search_by_words_finds_what_everybody_may_read(searcher: Searcher) -> None:
    page = searcher("mallory", text="叶片")
    assert _titles(page) == ["叶片疏冰涂层", "风电叶片低温除冰", "风电叶片匿名检测"]


@pytest.mark.usefixtures("market")
def test_search_shows_brokers_everything(searcher: Searcher) -> None:
    assert "风电叶片内部工艺" in _titles(searcher("carol", text="叶片"))


@pytest.mark.usefixtures("market")
def test_hidden_text_of_an_anonymous_need_is_not_found(searcher: Searcher) -> None:
    asked = {"text": "等离子"}
    assert "风电叶片匿名检测" not in _titles(searcher("mallory", **asked))
    assert "风电叶片匿名检测" in _titles(searcher("carol", **asked))


@pytest.mark.usefixtures("market")
def test_snippets_mark_the_typed_words(searcher: Searcher) -> None:
    page = searcher("mallory", text="疏冰涂层")
    hit = next(hit for hit in page.hits if hit.listing.title == "叶片疏冰涂层")
    assert {fragment.text for fragment in hit.snippet if fragment.marked} == {"疏冰涂层"}


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("text", ["", "叶片"])
def test_each_facet_counts_what_choosing_it_leads_to(searcher: Searcher, text: str) -> None:
    page = searcher("carol", text=text)
    for name, counts in page.facets.items():
        for option in counts:
            led_to = searcher("carol", text=text, **{name: option.value})
            assert (name, option.value, led_to.total) == (name, option.value, option.count)


@pytest.mark.usefixtures("market")
def test_search_without_words_shows_the_newest_first(searcher: Searcher) -> None:
    page = searcher("mallory")
    assert page.hits[0].listing.title == "骆驼奶冻干工艺"
    assert (page.total, page.pages) == (4, 1)


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("text", ["", "叶片"])
def test_search_of_a_page_beyond_the_last_is_empty(searcher: Searcher, text: str) -> None:
    page = searcher("carol", text=text, page=9)
    assert page.hits == ()
    assert page.total > 0


@pytest.mark.parametrize("text", ["", "除冰"])
def test_search_asks_as_much_for_three_rows_as_for_one(
    settings: Settings, database: Database, cast: Cast, searcher: Searcher, text: str
) -> None:
    def add(title: str) -> None:
        with database.transaction() as session:
            publish(session, cast.alice, "need", f"除冰{title}")
        work(settings, database)

    def count() -> int:
        with counted_queries(database.engine) as statements:
            assert searcher("mallory", text=text).total > 0
        return len(statements)

    def count_again() -> int:
        count()  # the first search after a change brings the indexes up to it
        return count()

    add("甲")
    one = count_again()
    add("乙")
    add("丙")
    assert count_again() == one


@pytest.mark.usefixtures("market")
@pytest.mark.parametrize("text", ["", "叶片"])
def test_district_finds_no_anonymous_need(searcher: Searcher, text: str) -> None:
    found = {who: _titles(searcher(who, text=text, kind="need", region="650104")) for who in ("mallory", "carol")}
    assert found == {
        "mallory": ["风电叶片低温除冰"],
        "carol": ["风电叶片低温除冰", "风电叶片内部工艺", "风电叶片匿名检测"],
    }
