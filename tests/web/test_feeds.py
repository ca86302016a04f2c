"""Feeds, sitemap and robots.txt: public listings in their public projection, and nothing else."""

from datetime import timedelta
from xml.etree import ElementTree as Xml

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.embeddings import IndexChange
from matchmaker.domain.listings import Listing
from matchmaker.services import feeds
from matchmaker.services.closing import Ending, close
from matchmaker.services.indexing import note_change
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.counting import counted_queries
from tests.pairs import post, publish

ATOM, SITEMAP = f"{{{feeds.ATOM}}}", f"{{{feeds.SITEMAP}}}"


@pytest.fixture
def listings(database: Database, cast: Cast) -> dict[str, int]:
    """A need of each visibility, one that waits for review, and one of another field and region."""
    with database.transaction() as session:
        made = {
            "public": publish(session, cast.alice, "need", "公开 & <除冰>", abstract="摘要\x0b甲"),
            "anonymous": publish(session, cast.alice, "need", "匿名", visibility="anonymous", problem="秘密配方"),
            "brokers": publish(session, cast.alice, "need", "仅限经纪人", visibility="brokers"),
            "submitted": post(session, cast.alice, "need", "待审核"),
            "other": publish(session, cast.alice, "need", "他处", field="agriculture", region="652300"),
            "achievement": publish(session, cast.bob, "achievement", "涂层"),
        }
        for listing in made.values():
            note_change(session, listing.id)
        session.execute(sa.update(IndexChange).values(at=utc_now() - timedelta(hours=1)))
        return {name: listing.id for name, listing in made.items()}


def _xml(text: str) -> Xml.Element:
    return Xml.fromstring(text)  # noqa: S314 - our own answer


def _entries(text: str) -> list[Xml.Element]:
    return _xml(text).findall(f"{ATOM}entry")


def _text(entry: Xml.Element, name: str) -> str:
    return entry.findtext(f"{ATOM}{name}") or ""


def test_feed_holds_what_a_visitor_may_read_whoever_asks(client_of: ClientOf, listings: dict[str, int]) -> None:
    texts = [client_of(key).get("/feeds/needs.atom").text for key in (None, "alice", "carol")]
    titles = [_text(entry, "title") for entry in _entries(texts[0])]
    assert (titles, len(set(texts))) == (["他处", "匿名", "公开 & <除冰>"], 1)
    assert [secret for secret in ("秘密配方", "仅限经纪人", "待审核") if secret in texts[0]] == []


def test_entry_of_an_anonymous_need_names_nobody(client_of: ClientOf, listings: dict[str, int]) -> None:
    entries = _entries(client_of(None).get("/feeds/needs.atom").text)
    names = [entry.findtext(f"{ATOM}author/{ATOM}name") for entry in entries]
    assert names == ["天山机械有限公司", "匿名需求方", "天山机械有限公司"]


def test_feed_is_what_the_standard_asks_for(client_of: ClientOf, listings: dict[str, int]) -> None:
    answer = client_of(None).get("/feeds/needs.atom?field=energy")
    root = _xml(answer.text)
    entry = root.findall(f"{ATOM}entry")[-1]
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert (answer.mimetype, links["self"], _text(root, "id")) == (
        "application/atom+xml",
        "http://127.0.0.1:8000/feeds/needs.atom?field=energy",
        "http://127.0.0.1:8000/feeds/needs.atom?field=energy",
    )
    assert (_text(entry, "id"), _text(entry, "summary")) == (f"tag:127.0.0.1,2026:need/{listings['public']}", "摘要甲")
    assert [_text(entry, name)[-1] for name in ("updated", "published")] == ["Z", "Z"]
    assert _text(root, "updated") == max(_text(each, "updated") for each in root.findall(f"{ATOM}entry"))


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("field=agriculture", ["他处"]),
        ("region=652300", ["他处"]),
        ("region=650100", ["匿名", "公开 & <除冰>"]),
        ("region=650104", ["公开 & <除冰>"]),
        ("field=energy&region=652300", []),
        ("field=", ["他处", "匿名", "公开 & <除冰>"]),
    ],
)
def test_feed_is_narrowed_by_field_and_region(
    client_of: ClientOf, listings: dict[str, int], query: str, titles: list[str]
) -> None:
    answer = client_of(None).get(f"/feeds/needs.atom?{query}")
    assert [_text(entry, "title") for entry in _entries(answer.text)] == titles


@pytest.mark.parametrize("path", ["/feeds/needs.atom?field=alchemy", "/feeds/users.atom", "/sitemaps/7.xml"])
def test_feed_of_nothing_is_not_found(client_of: ClientOf, path: str) -> None:
    assert client_of(None).get(path).status_code == 404


def test_reader_that_has_the_feed_gets_no_second_copy_until_something_changes(
    client_of: ClientOf, database: Database, cast: Cast, listings: dict[str, int]
) -> None:
    client = client_of(None)
    first = client.get("/feeds/needs.atom")
    tagged = {"If-None-Match": first.headers["ETag"]}
    dated = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert [client.get("/feeds/needs.atom", headers=each).status_code for each in (tagged, dated)] == [304, 304]
    with database.transaction() as session:
        close(session, cast.alice.actor, session.get_one(Listing, listings["public"]), Ending("withdrawn"))
    assert [client.get("/feeds/needs.atom", headers=each).status_code for each in (tagged, dated)] == [200, 200]


def test_sitemap_leads_to_every_page_and_public_listing(client_of: ClientOf, listings: dict[str, int]) -> None:
    client = client_of(None)
    index = _xml(client.get("/sitemap.xml").text)
    parts = [part.text or "" for part in index.iter(f"{SITEMAP}loc")]
    found = [
        (url.text or "").removeprefix("http://127.0.0.1:8000")
        for part in parts
        for url in _xml(client.get(part).text).iter(f"{SITEMAP}loc")
    ]
    needs = [f"/needs/{listings[name]}" for name in ("public", "anonymous", "other")]
    assert found == ["/", "/needs", "/achievements", "/about", *needs, f"/achievements/{listings['achievement']}"]
    assert {client.get(path).status_code for path in found} == {200}


def test_sitemap_is_divided_by_ids(
    client_of: ClientOf, listings: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "PART", 2)
    client = client_of(None)
    counts = [client.get(f"/sitemaps/{number}.xml").text.count("<url>") for number in range(1, 4)]
    assert (client.get("/sitemap.xml").text.count("<loc>"), counts) == (4, [2, 0, 2])


def test_feed_asks_as_much_for_three_entries_as_for_one(client_of: ClientOf, database: Database, cast: Cast) -> None:
    client, counts = client_of(None), []
    for added in (1, 2):
        with database.transaction() as session:
            for number in range(added):
                publish(session, cast.alice, "need", f"需求{added}{number}")
        with counted_queries(database.engine) as queries:
            client.get("/feeds/needs.atom")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_pages_and_crawlers_are_told_where_feeds_and_sitemap_are(client_of: ClientOf) -> None:
    client = client_of(None)
    robots = client.get("/robots.txt")
    assert (robots.mimetype, robots.text.splitlines()[-1]) == (
        "text/plain",
        "Sitemap: http://127.0.0.1:8000/sitemap.xml",
    )
    assert 'type="application/atom+xml"' in client.get("/about").text
    assert 'href="/feeds/needs.atom?field=energy"' in client.get("/needs?field=energy").text
