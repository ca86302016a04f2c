"""The review desk's pages."""

import pytest

from matchmaker.domain.base import Database
from matchmaker.domain.listings import Listing
from matchmaker.services.revisions import save_draft, start_revision
from matchmaker.services.submission import submit
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.drafts import make_draft, make_published, make_submitted
from tests.web.html import Page

VERBS = ("publish", "return")


@pytest.fixture
def waiting_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        return make_submitted(session, cast.alice).id


def state(database: Database, listing_id: int) -> str:
    with database.read() as session:
        return session.get_one(Listing, listing_id).state


@pytest.mark.parametrize("key", ["alice", "bob", "erin", "mallory", "peter"])
def test_desk_is_for_bureau_and_brokers(client_of: ClientOf, waiting_id: int, key: str) -> None:
    client = client_of(key)
    answers = [client.get("/review"), client.get(f"/review/{waiting_id}")]
    answers += [client.post(f"/review/{waiting_id}/{verb}", data={"version": 1}) for verb in VERBS]
    assert [answer.status_code for answer in answers] == [403] * 4


def test_queue_filters_and_offers_only_what_may_be_reviewed(
    database: Database, cast: Cast, client_of: ClientOf, waiting_id: int
) -> None:
    with database.transaction() as session:
        make_submitted(session, cast.bob, "achievement").broker_id = cast.carol.user_id
    client = client_of("carol")
    assert Page(client.get("/review").text).texts("mine-row-side") == ["审核", "由其他人审核"]
    assert Page(client.get("/review?kind=achievement").text).texts("mine-row-title") == ["耐候疏冰复合涂料"]
    assert Page(client.get("/review?sort=update&field=x").text).texts("empty-state-title") == ["没有待审核的内容"]
    assert client.get("/review/2").status_code == 200
    assert client.post("/review/2/publish", data={"version": 1}).status_code == 403


def test_publish_goes_on_to_the_next(database: Database, cast: Cast, client_of: ClientOf, waiting_id: int) -> None:
    with database.transaction() as session:
        following = make_submitted(session, cast.mallory, title="下一条").id
    client = client_of("dave")
    assert client.post(f"/review/{waiting_id}/publish", data={"version": 1}).location == f"/review/{following}"
    assert client.post(f"/review/{waiting_id}/publish", data={"version": 1}).status_code == 409
    assert client.post(f"/review/{following}/publish", data={"version": 1}).location == "/review"
    assert [state(database, number) for number in (waiting_id, following)] == ["published"] * 2


def test_publish_of_another_version_than_was_seen_shows_it_again(
    database: Database, client_of: ClientOf, waiting_id: int
) -> None:
    for version in ("7", "", "x"):
        answer = client_of("dave").post(f"/review/{waiting_id}/publish", data={"version": version})
        assert (answer.status_code, state(database, waiting_id)) == (409, "submitted")


def test_return_needs_a_reason_and_keeps_the_advice(database: Database, client_of: ClientOf, waiting_id: int) -> None:
    client = client_of("dave")
    refused = client.post(f"/review/{waiting_id}/return", data={"version": 1, "advice": "请补充<b>指标</b>"})
    assert (refused.status_code, Page(refused.text).texts("field-error")) == (422, ["请至少选择一个退回原因。"])
    assert "请补充&lt;b&gt;指标&lt;/b&gt;" in refused.text
    form = {"version": 1, "advice": "请补充指标", "reasons": ["no_indicator", "other"]}
    assert client.post(f"/review/{waiting_id}/return", data=form).status_code == 303
    assert state(database, waiting_id) == "returned"
    assert "请补充指标" in client_of("alice").get(f"/listings/{waiting_id}/edit").text


def test_detail_of_a_new_revision_shows_what_changed(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        listing = make_published(session, cast.alice, cast.dave)
        revision = start_revision(session, cast.alice.actor, listing)
        save_draft(session, cast.alice.actor, listing, {"budget": "90万", "abstract": "换了摘要"}, revision.version)
        submit(session, cast.alice.actor, listing, revision.version, declared=True)
    page = Page(client_of("dave").get("/review/1").text)
    assert page.texts("difference-name") == ["公开摘要", "拟投入资金（元）"]
    assert page.texts("difference-text")[2:] == ["120 万元", "90 万元"]


@pytest.mark.parametrize("number", [999, 2**63, 0])
def test_unknown_listings_are_not_found(client_of: ClientOf, number: int) -> None:
    client = client_of("dave")
    answers = [client.get(f"/review/{number}"), *(client.post(f"/review/{number}/{verb}") for verb in VERBS)]
    assert [answer.status_code for answer in answers] == [404] * 3


def test_drafts_are_unknown_and_what_is_done_leads_to_the_queue(
    database: Database, cast: Cast, client_of: ClientOf
) -> None:
    with database.transaction() as session:
        make_draft(session, cast.alice)
        make_published(session, cast.alice, cast.dave, title="乙")
    assert client_of("dave").get("/review/1").status_code == 404
    assert client_of("dave").get("/review/2").location == "/review"
