"""The pages that everybody sees first."""

import pytest
import sqlalchemy as sa
from flask import Flask

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.people import Organization
from matchmaker.web import create_app
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.counting import counted_queries
from tests.pairs import pair, publish
from tests.web.html import Page


def _page(client_of: ClientOf, key: str | None = None, address: str = "/") -> Page:
    response = client_of(key).get(address)
    assert response.status_code == 200
    return Page(response.text)


def test_empty_platform_says_what_to_do(client_of: ClientOf) -> None:
    page = _page(client_of)
    assert page.texts("stat-value") == ["0", "0", "0", "6"]
    assert [text.split("。")[1] for text in page.texts("empty-state-text")] == [
        "企业注册后即可发布第一条",
        "高校和科研院所注册后即可发布第一项",
    ]


def test_home_counts_and_lists_what_is_live(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "风机叶片除冰")
        achievement = publish(session, cast.bob, "achievement", "电热除冰涂层")
        pair(session, need, achievement, grade=2)
        pair(session, publish(session, cast.mallory, "need", "棉花异纤分拣"), achievement, grade=1)
    page = _page(client_of)
    assert page.texts("stat-value") == ["2", "1", "1", "6"]
    assert sorted(page.texts("listing-card-title")) == ["棉花异纤分拣", "电热除冰涂层", "风机叶片除冰"]


def test_anonymous_need_shows_no_organization_to_outsiders(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        publish(session, cast.alice, "need", "匿名的难题", visibility="anonymous", problem="绝密工艺参数")
    for key in (None, "bob", "mallory"):
        html = client_of(key).get("/").text
        assert ("匿名的难题" in html, "匿名需求方" in html) == (True, True)
        assert ("天山机械有限公司" in html, "绝密工艺参数" in html) == (False, False)
    assert _page(client_of, "carol").texts("poster") == ["天山机械有限公司"]


def test_listing_for_brokers_only_is_neither_shown_nor_counted_to_others(
    client_of: ClientOf, database: Database, cast: Cast
) -> None:
    with database.transaction() as session:
        publish(session, cast.alice, "need", "只给经纪人", visibility="brokers")
    assert _page(client_of).texts("stat-value")[0] == "0"
    assert _page(client_of, "bob").texts("listing-card-title") == []
    assert _page(client_of, "carol").texts("stat-value")[0] == "1"


@pytest.mark.parametrize("key", [None, "bob"])
def test_home_asks_as_much_for_three_listings_as_for_one(
    app: Flask, client_of: ClientOf, database: Database, cast: Cast, key: str | None
) -> None:
    engine = app.extensions["matchmaker"].database.engine
    counts = []
    for titles in (["一"], ["二", "三"]):
        with database.transaction() as session:
            for title in titles:
                publish(session, cast.alice, "need", title)
                publish(session, cast.bob, "achievement", title)
        with counted_queries(engine) as statements:
            _page(client_of, key)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_typed_markup_is_escaped(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        publish(session, cast.alice, "need", "<script>alert(1)</script>", abstract="<img src=x onerror=alert(1)>")
    html = client_of(None).get("/").text
    assert ("<script>alert" in html, "<img src=x" in html) == (False, False)


def test_city_is_a_setting(settings: Settings, database: Database) -> None:
    from dataclasses import replace

    html = create_app(replace(settings, city="昌吉")).test_client().get("/").text
    assert ("昌吉科技成果供需对接平台" in html, "乌鲁木齐科技成果" in html) == (True, False)


@pytest.mark.parametrize("address", ["/about", "/privacy"])
def test_texts_are_public(client_of: ClientOf, address: str) -> None:
    assert len(_page(client_of, None, address).texts("article")[0]) > 500


def test_health_check_reaches_the_database(app: Flask, client_of: ClientOf) -> None:
    response = client_of(None).get("/healthz")
    assert (response.status_code, response.json["status"]) == (200, "ok")
    with app.extensions["matchmaker"].database.transaction() as session:
        session.execute(sa.text("PRAGMA foreign_keys = OFF"))
        session.execute(sa.text(f"ALTER TABLE {Organization.__tablename__} RENAME TO gone"))
    response = client_of(None).get("/healthz")
    assert (response.status_code, response.json["status"]) == (503, "database unreachable")
