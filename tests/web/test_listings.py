"""Pages of listings: browsing, one's own, one in detail, beginning."""

import pytest
import sqlalchemy as sa
from flask import Flask

from matchmaker.domain.base import Database
from matchmaker.domain.listings import Listing
from matchmaker.domain.visits import ListingVisit
from matchmaker.services.closing import Ending, close, narrow_visibility
from matchmaker.services.review import publish, return_with_advice
from matchmaker.services.revisions import start_revision
from matchmaker.services.submission import submit
from tests.cast import Cast, make_organization
from tests.conftest import ClientOf
from tests.counting import counted_queries
from tests.drafts import make_draft, make_published, make_submitted
from tests.pairs import pair
from tests.pairs import publish as publish_directly
from tests.web.html import Page


def listings(database: Database) -> list[tuple[int, str, str]]:
    with database.read() as session:
        found = session.query(Listing).order_by(Listing.id).all()
        return [(row.id, row.state, (row.working_revision or row.current).title) for row in found]


def test_browse_shows_what_is_published_of_a_kind(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        make_published(session, cast.alice, cast.dave, title="公开的")
        make_published(session, cast.alice, cast.dave, title="经纪人的", visibility="brokers")
        make_published(session, cast.bob, cast.dave, "achievement", title="成果")
        make_submitted(session, cast.alice, title="待审的")
    assert Page(client_of(None).get("/needs").text).texts("listing-card-title") == ["公开的"]
    assert set(Page(client_of("carol").get("/needs").text).texts("listing-card-title")) == {"公开的", "经纪人的"}
    assert Page(client_of(None).get("/achievements?page=99&field=x").text).texts("empty-state-title") == [
        "还没有符合条件的成果"
    ]


@pytest.mark.parametrize("path", ["/needs", "/listings", "/review"])
def test_lists_take_as_many_queries_for_one_row_as_for_three(
    database: Database, cast: Cast, client_of: ClientOf, path: str
) -> None:
    client, counts = client_of("dave" if path == "/review" else "alice"), []
    for titles in (["甲"], ["乙", "丙"]):
        with database.transaction() as session:
            for title in titles:
                make_published(session, cast.alice, cast.dave, title=title)
                make_submitted(session, cast.alice, title=f"{title}待审")
        client.get(path)
        with counted_queries(client.application.extensions["matchmaker"].database.engine) as statements:
            assert client.get(path).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_mine_counts_by_state_and_keeps_others_out(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        make_draft(session, cast.alice, title="草稿甲")
        make_published(session, cast.alice, cast.dave, title="已发布乙")
        make_draft(session, cast.mallory, title="别人的")
    page = Page(client_of("alice").get("/listings").text)
    assert page.texts("mine-row-title") == ["已发布乙", "草稿甲"]
    assert page.texts("tab-count") == ["2", "1", "1"]
    assert Page(client_of("alice").get("/listings?state=draft").text).texts("mine-row-title") == ["草稿甲"]
    assert Page(client_of("alice").get("/listings?state=nonsense&kind=x&page=-1").text).texts("mine-row-title") == [
        "已发布乙",
        "草稿甲",
    ]


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("alice", "还没有发布过内容"),
        ("bob", "还没有发布过内容"),
        ("dave", "您当前的身份不发布内容"),
        ("peter", "您当前的身份不发布内容"),
    ],
)
def test_mine_says_what_to_do_when_empty(client_of: ClientOf, key: str, title: str) -> None:
    assert Page(client_of(key).get("/listings").text).texts("empty-state-title") == [title]


def test_create_begins_a_draft_however_often_the_button_is_pressed(
    database: Database, cast: Cast, client_of: ClientOf
) -> None:
    client, form = client_of("alice"), {"title": "除冰", "visibility": "anonymous"}
    answers = [client.post("/needs/new", data=form) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/listings/1/edit")] * 2
    assert listings(database) == [(1, "draft", "除冰")]


@pytest.mark.parametrize(
    ("key", "path"), [("bob", "/needs/new"), ("dave", "/needs/new"), ("peter", "/achievements/new")]
)
def test_create_is_refused_to_those_who_do_not_post(client_of: ClientOf, key: str, path: str) -> None:
    assert [client_of(key).get(path).status_code, client_of(key).post(path).status_code] == [403, 403]


def test_create_for_a_client_asks_for_one(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        make_organization(session, "enterprise", "无人有限公司")
    client = client_of("carol")
    assert Page(client.get("/needs/new").text).texts("client-name") == ["天山机械有限公司", "戈壁商贸有限公司"]
    assert Page(client.get("/needs/new?client=戈壁").text).texts("client-name") == ["戈壁商贸有限公司"]
    refused = client.post("/needs/new", data={"title": "留住的名称"})
    assert (refused.status_code, "留住的名称" in refused.text) == (422, True)
    for wrong in ("abc", "999", "-1", str(2**70)):
        assert client.post("/needs/new", data={"title": "甲", "organization_id": wrong}).status_code == 422
    begun = client.post("/needs/new", data={"title": "甲", "organization_id": cast.alice.organization_id})
    assert (begun.status_code, listings(database)) == (303, [(1, "draft", "甲")])


def test_create_searches_clients_with_a_fragment(cast: Cast, client_of: ClientOf) -> None:
    answer = client_of("carol").get("/needs/new?client=天山", headers={"HX-Request": "true"})
    assert (Page(answer.text).texts("client-name"), "<html" in answer.text) == (["天山机械有限公司"], False)


@pytest.mark.parametrize("path", ["/needs/999", f"/needs/{2**63}", "/needs/0", f"/achievements/{10**30}", "/needs/abc"])
def test_detail_of_no_listing_is_not_found(client_of: ClientOf, path: str) -> None:
    assert client_of("alice").get(path).status_code == 404


def test_detail_of_the_other_kind_leads_to_the_right_address(
    database: Database, cast: Cast, client_of: ClientOf
) -> None:
    with database.transaction() as session:
        make_published(session, cast.alice, cast.dave)
    answers = [client_of(None).get(path) for path in ("/achievements/1", "/listings/1", "/listings/2")]
    assert [(answer.status_code, answer.location) for answer in answers] == [
        (301, "/needs/1"),
        (303, "/needs/1"),
        (404, None),
    ]


# What each of alice, bob, carol, dave, mallory and a visitor gets of a listing of alice's.
SEEN = {
    "draft": (200, 404, 404, 404, 404, 404),
    "submitted": (200, 404, 200, 200, 404, 404),
    "public": (200, 200, 200, 200, 200, 200),
    "brokers": (200, 404, 200, 200, 404, 404),
}


@pytest.mark.parametrize("case", list(SEEN))
def test_detail_by_state_and_person(database: Database, cast: Cast, client_of: ClientOf, case: str) -> None:
    with database.transaction() as session:
        if case == "draft":
            make_draft(session, cast.alice)
        elif case == "submitted":
            make_submitted(session, cast.alice)
        else:
            make_published(session, cast.alice, cast.dave, visibility=case)
    people = ("alice", "bob", "carol", "dave", "mallory", None)
    assert tuple(client_of(key).get("/needs/1").status_code for key in people) == SEEN[case]


def test_detail_of_an_anonymous_need_hides_poster_and_text(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        make_published(session, cast.alice, cast.dave, visibility="anonymous", problem="盐碱粉尘环境下污闪频繁")
    hidden = ("天山机械", "盐碱粉尘", "覆冰附着强度", cast.alice.name, "120 万元", "办理过程")
    for key, sees in ((None, 0), ("bob", 0), ("alice", 6), ("dave", 6)):
        text = client_of(key).get("/needs/1").text.split("<main", 1)[1].split("</main>", 1)[0]
        assert sum(word in text for word in hidden) == sees, key


def test_detail_escapes_what_people_type(database: Database, cast: Cast, client_of: ClientOf) -> None:
    evil = "<script>alert(1)</script>"
    with database.transaction() as session:
        make_published(session, cast.alice, cast.dave, title=evil, problem=f"{evil}\n{{{{ 7*7 }}}}", keywords=f"{evil}")
    text = client_of(None).get("/needs/1").text
    assert (evil in text, "&lt;script&gt;" in text, "{{ 7*7 }}" in text) == (False, True, True)


def test_detail_tells_the_posters_what_happened(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        listing = make_submitted(session, cast.alice)
        reasons, advice = ["no_indicator"], "请补充"
        return_with_advice(session, cast.dave.actor, listing, 1, reasons=reasons, advice=advice)
        submit(session, cast.alice.actor, listing, 1, declared=True)
        publish(session, cast.carol.actor, listing, 1)
        narrow_visibility(session, cast.alice.actor, listing, "anonymous")
        start_revision(session, cast.alice.actor, listing)
        close(session, cast.dave.actor, listing, Ending("withdrawn", "疑似涉密"))
    page = Page(client_of("alice").get("/needs/1").text)
    assert [
        text.removesuffix(by) for text, by in zip(page.texts("timeline-text"), page.texts("timeline-by"), strict=True)
    ] == [
        "结束：撤回",
        "开始修改",
        "公开范围缩小为“匿名发布”",
        "审核通过，已发布",
        "修改后重新提交",
        "退回修改",
        "提交审核",
        "开始填写",
    ]
    assert page.texts("timeline-reason") == ["缺少量化指标请补充"]
    assert "疑似涉密" in page.texts("notice-text")[0]
    assert "疑似涉密" not in client_of(None).get("/needs/1").text


def test_looks_of_others_are_counted_outside_the_request(
    app: Flask, database: Database, cast: Cast, client_of: ClientOf
) -> None:
    with database.transaction() as session:
        make_published(session, cast.alice, cast.dave)
    counter = app.extensions["matchmaker"].visits
    for key in ("alice", "dave", "bob", "bob", None):
        headers = {"User-Agent": "Mozilla/5.0 Firefox/140.0"}
        assert client_of(key).get("/needs/1", headers=headers).status_code == 200
    client_of("mallory").get("/needs/1", headers={"Sec-Purpose": "prefetch;prerender"})
    with database.read() as session:
        assert session.scalars(sa.select(ListingVisit)).all() == []
    counter.flush()
    page = Page(client_of("alice").get("/listings").text)
    assert page.texts("mine-figures") == ["看过的单位1 访客1 较强以上匹配0 对方感兴趣0"]


def test_detail_shows_the_language_of_the_screen_first(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        second = {"second_language": "ru", "second_title": "Покрытие против льда", "second_abstract": "Для лопастей."}
        listing_id = make_published(session, cast.alice, cast.dave, **second).id
    for language, first, other in (
        ("ru", "Для лопастей.", "风电叶片低温除冰涂层"),
        ("zh", None, "Покрытие против льда"),
    ):
        answer = client_of(None).get(f"/needs/{listing_id}", headers={"Accept-Language": language})
        page = Page(answer.text)
        assert page.texts("listing-spoken-title") == [other]
        assert first is None or page.texts("listing-abstract") == [first]


def test_detail_leads_another_party_to_its_own_pairs(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        need = publish_directly(session, cast.alice, "need", "风电叶片除冰")
        match = pair(session, need, publish_directly(session, cast.bob, "achievement", "除冰涂层"))
        path, match_path = f"/needs/{need.id}", f"/matches/{match.id}"
    led = {
        key: (match_path in page, "/achievements/new" in page.partition("</header>")[2])
        for key in ("bob", "mallory", "alice", "peter", None)
        for page in [client_of(key).get(path).text]
    }
    assert led == {
        "bob": (True, False),
        "mallory": (False, True),
        "alice": (False, False),
        "peter": (False, False),
        None: (False, False),
    }
