"""Calendar files over HTTP: headers that calendars go by, and the page where to subscribe."""

import re

import pytest
import vobject

from matchmaker.domain.base import Database
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.events import make_event, make_registration

pytestmark = pytest.mark.slow


def _announce(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        event = make_event(session, cast.carol.actor, title="除冰技术路演", online_url="https://meeting.example/1")
        make_registration(session, event, cast.alice)
        return event.id


def test_public_feed_is_answered_with_not_modified_until_something_changes(
    client_of: ClientOf, database: Database, cast: Cast
) -> None:
    _announce(database, cast)
    client = client_of(None)
    first = client.get("/calendars/public.ics")
    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert vobject.readOne(first.text).vevent.summary.value == "除冰技术路演"
    tag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    assert client.get("/calendars/public.ics", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/calendars/public.ics", headers={"If-Modified-Since": modified}).status_code == 304
    _announce(database, cast)
    assert client.get("/calendars/public.ics", headers={"If-None-Match": tag}).status_code == 200


def test_personal_link_is_made_read_without_log_in_and_renewed(
    client_of: ClientOf, database: Database, cast: Cast
) -> None:
    _announce(database, cast)
    alice, visitor = client_of("alice"), client_of(None)
    assert "生成我的日历链接" in alice.get("/calendars").text
    alice.post("/calendars/renew")
    link = _own_link(alice.get("/calendars").text)
    answer = visitor.get(link)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache, private")
    assert "https://meeting.example/1" in vobject.readOne(answer.text).vevent.description.value
    alice.post("/calendars/renew")
    assert visitor.get(link).status_code == 404
    assert visitor.get(_own_link(alice.get("/calendars").text)).status_code == 200


def test_visitor_is_offered_the_public_calendar_only(client_of: ClientOf) -> None:
    page = client_of(None).get("/calendars")
    assert page.text.count("/calendars/public.ics") == 2
    assert client_of(None).post("/calendars/renew").status_code == 303


def _own_link(text: str) -> str:
    """Return the path of the link that a page shows to be copied, the personal one first."""
    found = re.search(r'type="url" readonly value="http://[^/]+(/calendars/[^"]+)"', text)
    assert found is not None
    return found[1]
