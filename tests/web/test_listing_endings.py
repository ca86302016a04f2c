"""Closing with an outcome, restoring and renewing from pages."""

from datetime import date, timedelta

import pytest

from matchmaker.domain.base import Database
from matchmaker.domain.days import today, years_after
from matchmaker.domain.listings import Listing
from matchmaker.services.renewal import renewal_path
from matchmaker.services.secrets import load_secret_key
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.pairs import pair, publish
from tests.web.forms import flashed
from tests.web.html import Page


@pytest.fixture
def need_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "叶片除冰")
        pair(session, need, publish(session, cast.bob, "achievement", "疏冰涂料"))
        need.valid_until = need.current.valid_until = today() + timedelta(days=5)
        return need.id


def column(database: Database, name: str, listing_id: int = 1) -> object:
    with database.read() as session:
        return getattr(session.get_one(Listing, listing_id), name)


def test_closing_offers_outcomes_and_pairs_and_keeps_what_was_typed(
    database: Database, client_of: ClientOf, need_id: int
) -> None:
    client = client_of("alice")
    page = Page(client.get(f"/listings/{need_id}/close").text)
    assert page.texts("close-reason-name") == ["通过平台对接成功", "通过其他途径解决", "撤回"]
    assert page.texts("close-pair-title") == ["疏冰涂料", "不在上面，填写合作单位"]
    refused = client.post(
        f"/listings/{need_id}/close", data={"reason": "solved_here", "organization": "无", "note": "记"}
    )
    assert (refused.status_code, 'value="无"' in refused.text, "\n记</textarea>" in refused.text) == (422, True, True)
    client.post(f"/listings/{need_id}/close", data={"reason": "solved_here", "match_id": "1"})
    assert (column(database, "state"), column(database, "close_reason")) == ("closed", "solved_here")
    assert "对接单位：昆仑理工大学" in client.get(f"/needs/{need_id}").text
    assert "对接单位" not in client_of(None).get(f"/needs/{need_id}").text


def test_closing_page_is_for_those_who_posted(client_of: ClientOf, need_id: int) -> None:
    assert [client_of(key).get(f"/listings/{need_id}/close").status_code for key in ("mallory", "dave")] == [403, 403]


def test_restore_publishes_again(database: Database, client_of: ClientOf, need_id: int) -> None:
    client = client_of("alice")
    client.post(f"/listings/{need_id}/close", data={"reason": "withdrawn"})
    assert client.post(f"/listings/{need_id}/restore").location == f"/needs/{need_id}"
    assert (column(database, "state"), flashed(client)[-1]) == ("published", "已恢复发布，几秒钟内重新参与匹配。")
    assert client.post(f"/listings/{need_id}/restore").status_code == 409


def test_renew_from_the_list_the_page_and_the_link(database: Database, client_of: ClientOf, need_id: int) -> None:
    client = client_of("alice")
    until = column(database, "valid_until")
    assert isinstance(until, date)
    field = f'name="until" value="{until}"'
    assert [field in client.get(path).text for path in ("/listings?state=ending", f"/needs/{need_id}")] == [True, True]
    answer = client.post(f"/listings/{need_id}/renew", data={"until": str(until), "next": "/listings?state=ending"})
    assert (answer.location, column(database, "valid_until")) == ("/listings?state=ending", years_after(until, 1))
    assert client.post(f"/listings/{need_id}/renew", data={"until": "2020-01-01"}).status_code == 409
    assert client.post(f"/listings/{need_id}/renew", data={"until": "x"}).status_code == 409


def test_link_of_a_reminder_leads_to_one_button_after_log_in(
    database: Database, client_of: ClientOf, need_id: int
) -> None:
    secret = load_secret_key(client_of(None).application.extensions["matchmaker"].settings.data)
    with database.read() as session:
        path = renewal_path(secret, session.get_one(Listing, need_id))
        until = session.get_one(Listing, need_id).valid_until
    asked = client_of(None).get(path)
    assert (asked.status_code, asked.location.partition("?")[0]) == (303, "/login")
    assert client_of("mallory").get(path).status_code == 403
    client = client_of("alice")
    assert f'name="until" value="{until}"' in client.get(path).text
    client.post(f"/listings/{need_id}/renew", data={"until": str(until)})
    assert ('name="until"' in client.get(path).text, client.get("/renew/x").status_code) == (False, 404)


def test_renew_all_renews_what_ends_soon(database: Database, client_of: ClientOf, need_id: int) -> None:
    client = client_of("alice")
    assert client.post("/listings/renew").location == "/listings"
    assert flashed(client) == ["已续期 1 条，各延长一年。"]
    assert client.get("/listings?state=ending").status_code == 200


def test_revisions_are_for_those_who_may_read_inside(client_of: ClientOf, need_id: int) -> None:
    path = f"/listings/{need_id}/revisions"
    assert [client_of(key).get(path).status_code for key in ("alice", "carol", "dave", "mallory")] == [
        200,
        200,
        200,
        403,
    ]
    client = client_of("alice")
    client.post(f"/listings/{need_id}/revise")
    client.post(f"/listings/{need_id}/edit", data={"version": 1, "title": "叶片防冰"})
    page = client.get(path)
    assert (Page(page.text).texts("difference-name"), "<ins>防冰</ins>" in page.text) == (["名称"], True)
    for query in ("before=x&after=2", "before=99999999999&after=2"):
        assert client.get(f"{path}?{query}").status_code == 200
    assert client.get(f"{path}?before=1&after=9").status_code == 404
