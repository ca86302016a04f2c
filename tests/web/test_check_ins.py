"""Tickets and the desk over HTTP: who scans, what he sees, and what a tap does."""

import re
from datetime import timedelta

import pytest

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.registrations import Registration
from matchmaker.services.events.tickets import ticket_path
from matchmaker.services.secrets import load_secret_key
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.events import make_event, make_registration

pytestmark = pytest.mark.slow


@pytest.fixture
def ids(database: Database, cast: Cast) -> tuple[int, int]:
    """An event that is on now, and alice's registration."""
    now = utc_now()
    with database.transaction() as session:
        event = make_event(session, cast.carol.actor, state="final", starts_at=now, ends_at=now + timedelta(minutes=5))
        return event.id, make_registration(session, event, cast.alice).id


def _is_here(database: Database, registration_id: int) -> bool:
    with database.read() as session:
        return session.get_one(Registration, registration_id).checked_in_at is not None


def test_scan_shows_the_attendee_his_ticket_and_a_stranger_no_name(
    client_of: ClientOf, settings: Settings, ids: tuple[int, int]
) -> None:
    path = ticket_path(load_secret_key(settings.data), ids[1])
    shown = {key: client_of(key).get(path) for key in (None, "alice", "bob")}
    assert {key: answer.status_code for key, answer in shown.items()} == dict.fromkeys(shown, 200)
    assert {key: "阿丽娅</strong>" in answer.text for key, answer in shown.items()} == {
        None: False,
        "alice": True,
        "bob": False,
    }
    assert all("天山机械" not in shown[key].text for key in (None, "bob"))
    assert shown[None].headers["Cache-Control"] == "private, no-store"


def test_staff_checks_in_by_one_tap_after_the_scan(
    client_of: ClientOf, database: Database, settings: Settings, ids: tuple[int, int]
) -> None:
    path = ticket_path(load_secret_key(settings.data), ids[1])
    assert client_of("alice").post(path).status_code == 403
    assert client_of(None).post(path).status_code == 303
    assert not _is_here(database, ids[1])
    carol = client_of("carol")
    assert f'action="{path}"' in carol.get(path).text
    assert not _is_here(database, ids[1])
    assert "已签到" in carol.post(path, follow_redirects=True).text
    assert _is_here(database, ids[1])
    assert "之前已经签到" in carol.post(path, follow_redirects=True).text


def test_wrong_code_is_told_in_a_sentence(client_of: ClientOf) -> None:
    for key in (None, "carol"):
        answer = client_of(key).get("/check-in/MQ.forged")
        assert (answer.status_code, "这不是本平台的签到码" in answer.text) == (404, True)


def test_desk_checks_in_and_takes_back_by_one_tap(
    client_of: ClientOf, database: Database, ids: tuple[int, int]
) -> None:
    carol, (event_id, registration_id) = client_of("carol"), ids
    address = f"/events/{event_id}/check-in/{registration_id}"
    fragment = carol.post(address, headers={"HX-Request": "true"}, data={"q": "阿"})
    assert re.search(r"<strong>1</strong> / 1", fragment.text) is not None
    assert _is_here(database, registration_id)
    assert carol.post(f"{address}/undo").status_code == 303
    assert not _is_here(database, registration_id)
    assert client_of("alice").get(f"/events/{event_id}/check-in").status_code == 403
    assert client_of("alice").post(address).status_code == 403


def test_refused_walk_in_keeps_what_was_typed(client_of: ClientOf, ids: tuple[int, int]) -> None:
    answer = client_of("carol").post(f"/events/{ids[0]}/check-in/walk-ins", data={"name": "赵工", "organization": ""})
    assert (answer.status_code, 'value="赵工"' in answer.text) == (422, True)


def test_ticket_page_is_for_who_registered(client_of: ClientOf, ids: tuple[int, int]) -> None:
    assert "data:image/svg" in client_of("alice").get(f"/events/{ids[0]}/ticket").text
    assert client_of("mallory").get(f"/events/{ids[0]}/ticket").status_code == 404
