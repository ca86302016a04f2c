"""Invitations over HTTP: finding whom to invite, inviting, and answering."""

import pytest

from matchmaker.domain.base import Database
from matchmaker.domain.events import Event
from matchmaker.services.events.audience import Basis
from matchmaker.services.events.inviting import invite
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.events import make_event
from tests.pairs import pair, publish
from tests.web.html import Page

pytestmark = pytest.mark.slow


@pytest.fixture
def event_id(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "风机叶片除冰")
        coating = publish(session, cast.bob, "achievement", "电热除冰涂层")
        pair(session, need, coating, grade=3, probability=0.86)
        return make_event(session, cast.carol.actor, kind="roadshow", fields=["energy"], title="除冰路演").id


def test_page_begins_with_the_events_field_and_lists_the_other_side(client_of: ClientOf, event_id: int) -> None:
    page = Page(client_of("carol").get(f"/events/{event_id}/invitations").text)
    assert [name.startswith("天山机械有限公司") for name in page.texts("invite-name")] == [True]
    other = Page(client_of("carol").get(f"/events/{event_id}/invitations?kind=need&field=energy").text)
    assert [name.startswith("昆仑理工大学") for name in other.texts("invite-name")] == [True]


def test_words_are_looked_for_by_the_sites_own_search(client_of: ClientOf, event_id: int) -> None:
    address = f"/events/{event_id}/invitations?kind=achievement&field="
    assert client_of("carol").get(f"{address}&q=%00").status_code == 200
    assert client_of("carol").get(f"{address}&q={'长' * 5000}&grade=x&listing=y&page=z").status_code == 200


def test_one_click_invites_and_the_next_does_not_again(
    client_of: ClientOf, database: Database, cast: Cast, event_id: int
) -> None:
    carol, form = client_of("carol"), {"one": cast.alice.organization_id, "kind": "achievement", "field": "energy"}
    first = carol.post(f"/events/{event_id}/invitations", data=form, follow_redirects=True)
    assert "已邀请 1 家单位。" in first.text
    again = carol.post(f"/events/{event_id}/invitations", data=form, follow_redirects=True)
    assert "没有再发" in again.text
    assert client_of("carol").post(f"/events/{event_id}/invitations", data={}).status_code == 422


def test_refused_letter_is_kept(client_of: ClientOf, cast: Cast, event_id: int) -> None:
    form = {"one": cast.alice.organization_id, "kind": "achievement", "field": "energy", "message": "长" * 501}
    answer = client_of("carol").post(f"/events/{event_id}/invitations", data=form)
    assert (answer.status_code, "长" * 501 in answer.text) == (422, True)


def test_invited_reads_accepts_and_goes_on_to_register(
    client_of: ClientOf, database: Database, cast: Cast, event_id: int
) -> None:
    with database.transaction() as session:
        event = session.get_one(Event, event_id)
        invite(session, cast.carol.actor, event, Basis(field="energy"), [cast.alice.organization_id])
    alice = client_of("alice")
    assert client_of("mallory").get("/event-invitations/1").status_code == 404
    assert Page(client_of("carol").get(f"/events/{event_id}/invitations").text).texts("stat-value") == [*"1000"]
    assert "查看并答复邀请" in alice.get(f"/events/{event_id}").text
    assert "除冰路演" in alice.get("/event-invitations/1").text
    assert client_of("mallory").get("/event-invitations/1").status_code == 404
    assert Page(client_of("carol").get(f"/events/{event_id}/invitations").text).texts("stat-value") == [*"1100"]
    refused = alice.post("/event-invitations/1/decline", data={"note": "抱歉"})
    assert (refused.status_code, "抱歉" in refused.text) == (422, True)
    accepted = alice.post("/event-invitations/1/accept")
    assert (accepted.status_code, accepted.location) == (303, f"/events/{event_id}/register")
    assert alice.post("/event-invitations/1/decline", data={"reason": "busy"}).status_code == 303
    page = Page(client_of("carol").get(f"/events/{event_id}/invitations").text)
    assert page.texts("stat-value") == ["1", "1", "0", "1"]
