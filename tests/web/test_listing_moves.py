"""Confirming, closing, narrowing, handing over from a listing's page."""

import pytest

from matchmaker.domain.base import Database
from matchmaker.domain.listings import Listing
from matchmaker.domain.people import Role
from matchmaker.services.listings import create_listing
from matchmaker.services.submission import submit
from tests.cast import Cast, make_member
from tests.conftest import ClientOf
from tests.drafts import COMPLETE, make_draft, make_published
from tests.web.html import Page


@pytest.fixture
def published_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        return make_published(session, cast.alice, cast.dave).id


@pytest.fixture
def for_client_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        raw = COMPLETE["need"]
        listing = create_listing(session, cast.carol.actor, "need", cast.alice.organization_id, raw=raw)
        submit(session, cast.carol.actor, listing, 1, declared=True)
        return listing.id


def column(database: Database, name: str, listing_id: int = 1) -> object:
    with database.read() as session:
        return getattr(session.get_one(Listing, listing_id), name)


def test_client_confirms_what_the_broker_wrote(database: Database, client_of: ClientOf, for_client_id: int) -> None:
    assert client_of("carol").get(f"/listings/{for_client_id}/confirm").status_code == 403
    client = client_of("alice")
    assert client.get(f"/listings/{for_client_id}/confirm").status_code == 200
    assert client.post(f"/listings/{for_client_id}/confirm", data={"version": 9}).status_code == 409
    assert client.post(f"/listings/{for_client_id}/confirm", data={"version": 1}).location == f"/needs/{for_client_id}"
    assert column(database, "state") == "submitted"
    assert client.post(f"/listings/{for_client_id}/confirm", data={"version": 1}).status_code == 409


def test_client_sends_it_back_with_a_note(database: Database, client_of: ClientOf, for_client_id: int) -> None:
    client = client_of("alice")
    refused = client.post(f"/listings/{for_client_id}/send-back", data={"version": 1, "note": " "})
    assert (refused.status_code, Page(refused.text).texts("field-error")) == (422, ["请写明需要修改的地方。"])
    stale = client.post(f"/listings/{for_client_id}/send-back", data={"version": 9, "note": "预算写错了"})
    assert (stale.status_code, "预算写错了" in stale.text) == (409, True)
    client.post(f"/listings/{for_client_id}/send-back", data={"version": 1, "note": "预算写错了"})
    assert column(database, "state") == "draft"
    assert "预算写错了" in client_of("carol").get(f"/listings/{for_client_id}/edit").text


def test_close_asks_for_a_reason_and_keeps_the_note(database: Database, client_of: ClientOf, published_id: int) -> None:
    client = client_of("alice")
    refused = client.post(f"/listings/{published_id}/close", data={"reason": "expired", "note": "写好的说明"})
    assert (refused.status_code, "写好的说明" in refused.text) == (422, True)
    assert client.post(f"/listings/{published_id}/close", data={"reason": "solved_elsewhere"}).status_code == 303
    assert client.post(f"/listings/{published_id}/close", data={"reason": "solved_elsewhere"}).status_code == 409
    assert (column(database, "state"), column(database, "close_reason")) == ("closed", "solved_elsewhere")
    assert client_of(None).get(f"/needs/{published_id}").status_code == 200


def test_a_draft_is_deleted(database: Database, cast: Cast, client_of: ClientOf) -> None:
    with database.transaction() as session:
        make_draft(session, cast.alice)
    assert client_of("alice").post("/listings/1/close", data={"reason": "withdrawn"}).status_code == 303
    assert column(database, "state") == "closed"


def test_the_bureau_takes_down_with_a_note(database: Database, client_of: ClientOf, published_id: int) -> None:
    client = client_of("dave")
    assert client.post(f"/listings/{published_id}/close", data={"reason": "withdrawn"}).status_code == 422
    form = {"reason": "withdrawn", "note": "疑似涉密"}
    assert client.post(f"/listings/{published_id}/close", data=form).status_code == 303
    assert column(database, "close_note") == "疑似涉密"


def test_narrow_takes_effect_at_once(client_of: ClientOf, published_id: int) -> None:
    client = client_of("alice")
    assert client.post(f"/listings/{published_id}/narrow", data={"to": "public"}).status_code == 422
    assert client.post(f"/listings/{published_id}/narrow", data={"to": "brokers"}).status_code == 303
    assert client_of(None).get(f"/needs/{published_id}").status_code == 404
    assert client_of("carol").get(f"/needs/{published_id}").status_code == 200


def test_narrow_to_anonymous_shows_what_tells_the_poster_and_asks(
    database: Database, cast: Cast, client_of: ClientOf
) -> None:
    with database.transaction() as session:
        path = f"/listings/{make_published(session, cast.alice, cast.dave, abstract='请联系李总。').id}/narrow"
    client = client_of("alice")
    asked = client.post(path, data={"to": "anonymous"})
    page = Page(asked.text)
    assert (asked.status_code, page.texts("identity-what"), page.texts("field-error")) == (
        422,
        ["人名公开摘要"],
        ["请看过后勾选此项。"],
    )
    assert client.post(path, data={"to": "anonymous", "identity_confirmed": "yes"}).status_code == 303
    assert column(database, "visibility") == "anonymous"


def test_hand_over_offers_colleagues_only(
    database: Database, cast: Cast, client_of: ClientOf, published_id: int
) -> None:
    client = client_of("alice")
    for wrong in ("", "abc", str(cast.mallory.user_id), str(10**30)):
        assert client.post(f"/listings/{published_id}/hand-over", data={"user_id": wrong}).status_code == 422
    with database.transaction() as session:
        organization = session.get_one(Listing, published_id).organization
        colleague = make_member(session, organization, "amy", "艾米", Role.ENTERPRISE).user_id
    assert "艾米" in client.get(f"/needs/{published_id}").text
    assert client.post(f"/listings/{published_id}/hand-over", data={"user_id": colleague}).status_code == 303
    assert column(database, "owner_id") == colleague
