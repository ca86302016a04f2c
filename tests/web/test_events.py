"""Events on the site: the list, the page, planning and running them."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.events import Event, EventFile
from matchmaker.services.reading.moments import written_moment
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.counting import counted_queries
from tests.events import make_event, make_registration
from tests.web.forms import errors_of, flashed
from tests.web.html import Page


def typed(**values: object) -> dict[str, object]:
    starts = utc_now() + timedelta(days=9)
    whole = {
        "kind": "session",
        "title": "新材料对接会",
        "summary": "面对面洽谈。",
        "starts_at": written_moment(starts),
        "ends_at": written_moment(starts + timedelta(hours=3)),
        "place": "科技大厦",
        "slot_minutes": "20",
        "needs_approval": "y",
    }
    return {**whole, **values}


def only(database: Database) -> Event:
    with database.read() as session:
        return session.scalars(sa.select(Event)).one()


def test_broker_writes_and_announces_an_event_that_everybody_reads(client_of: ClientOf, database: Database) -> None:
    carol = client_of("carol")
    made = carol.post("/events/new", data=typed(fields=["materials"], organizers="科技局\n高新区管委会"))
    event = only(database)
    assert (made.status_code, made.location) == (303, f"/events/{event.id}")
    assert client_of(None).get(made.location).status_code == 404
    assert carol.post(f"{made.location}/move", data={"to": "announced"}).status_code == 303
    assert flashed(carol)[-1] == "活动已公布，所有人都能看到。"
    assert Page(client_of(None).get(made.location).text).texts("prose-text") == ["面对面洽谈。"]
    assert Page(client_of(None).get("/events").text).texts("event-card-title") == ["新材料对接会"]


def test_what_was_typed_stays_where_it_is_refused(client_of: ClientOf, database: Database) -> None:
    refused = client_of("carol").post("/events/new", data=typed(title="", capacity="很多", contact="李工"))
    assert (refused.status_code, errors_of(refused)) == (422, ["title", "capacity"])
    assert 'value="李工"' in refused.text


def test_edit_over_a_colleagues_keeps_what_was_typed(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        event_id = make_event(session, cast.carol.actor, state="draft").id
    assert client_of("carol").post(f"/events/{event_id}/edit", data=typed(version="1")).status_code == 303
    late = client_of("dave").post(f"/events/{event_id}/edit", data=typed(version="1", title="我的改动"))
    assert (late.status_code, 'value="我的改动"' in late.text) == (409, True)


def test_move_that_lacks_something_says_what(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        event_id = make_event(session, cast.carol.actor).id
    refused = client_of("carol").post(f"/events/{event_id}/move", data={"to": "timetable"})
    assert (refused.status_code, Page(refused.text).texts("event-missing")[0]) == (
        422,
        "“开始排期”之前还需要： 添加洽谈桌至少确认两位参会人",
    )


def test_cancelled_event_shows_why(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        event_id = make_event(session, cast.carol.actor).id
    client_of("carol").post(f"/events/{event_id}/move", data={"to": "cancelled", "reason": "疫情防控"})
    assert Page(client_of(None).get(f"/events/{event_id}").text).texts("event-hero-note") == ["活动已取消。"]
    assert only(database).cancel_reason == "疫情防控"


@pytest.mark.parametrize(("name", "status"), [("alice", 403), ("peter", 403), ("erin", 403), (None, 303)])
def test_only_planners_open_the_form(client_of: ClientOf, name: str | None, status: int) -> None:
    assert client_of(name).get("/events/new").status_code == status


@pytest.mark.parametrize("address", ["/events?kind=session", "/events?when=past", "/events?kind=x&field=y&branch=z"])
def test_list_takes_any_filter(client_of: ClientOf, address: str) -> None:
    assert client_of(None).get(address).status_code == 200


def test_list_asks_as_much_for_three_events_as_for_one(client_of: ClientOf, database: Database, cast: Cast) -> None:
    asked = []
    for count in (1, 2):
        with database.transaction() as session:
            for _ in range(count):
                make_event(session, cast.carol.actor)
        with counted_queries(database.engine) as statements:
            client_of("alice").get("/events")
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_agenda_tables_and_staff_are_written_on_their_pages(
    client_of: ClientOf, database: Database, cast: Cast
) -> None:
    with database.transaction() as session:
        event = make_event(session, cast.carol.actor, state="announced")
        event_id, noon = event.id, written_moment(event.starts_at + timedelta(hours=2))
        later = written_moment(event.starts_at + timedelta(hours=3))
    carol = client_of("carol")
    line = {"title": "午餐", "starts_at": noon, "ends_at": later, "blocking": "on"}
    assert carol.post(f"/events/{event_id}/agenda", data={**line, "title": ""}).status_code == 422
    assert carol.post(f"/events/{event_id}/agenda", data=line).status_code == 303
    assert carol.post(f"/events/{event_id}/tables", data={"count": "2", "room": "大厅"}).status_code == 303
    person = {"duty": "interpreter", "name": "阿依努尔", "languages": ["ru", "kk"]}
    assert carol.post(f"/events/{event_id}/staff", data=person).status_code == 303
    page = Page(client_of(None).get(f"/events/{event_id}").text)
    assert page.texts("agenda-text") == ["午餐"]
    assert Page(carol.get(f"/events/{event_id}/staff").text).texts("staff-text") == ["阿依努尔俄文、哈萨克文"]
    assert [client_of("alice").get(f"/events/{event_id}/{name}").status_code for name in ("agenda", "tables")] == [
        403,
        403,
    ]


def test_material_is_uploaded_checked_and_loaded(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        event_id = make_event(session, cast.carol.actor).id
    carol = client_of("carol")
    sent = {"file": (io.BytesIO(b"%PDF-1.4 talks"), "讲义.pdf"), "readers": "attendees"}
    assert carol.post(f"/events/{event_id}/files", data=sent).status_code == 303
    fake = {"file": (io.BytesIO(b"MZ not a pdf"), "讲义.pdf")}
    assert carol.post(f"/events/{event_id}/files", data=fake).status_code == 422
    with database.read() as session:
        (file_id,) = session.scalars(sa.select(EventFile.id))
    with carol.get(f"/event-files/{file_id}") as answer:
        assert answer.data == b"%PDF-1.4 talks"
    assert [client_of(name).get(f"/event-files/{file_id}").status_code for name in (None, "alice")] == [404, 404]


def test_event_is_duplicated_as_a_draft(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        event_id = make_event(session, cast.carol.actor).id
    made = client_of("carol").post(f"/events/{event_id}/duplicate")
    with database.read() as session:
        copy = session.scalars(sa.select(Event).where(Event.id != event_id)).one()
        assert (made.location, copy.state) == (f"/events/{copy.id}/edit", "draft")


def test_calendar_answers_with_what_the_viewer_may_know_of(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        event = make_event(session, cast.carol.actor)
        make_event(session, cast.carol.actor, state="draft")
        day = event.starts_at.date().isoformat()
    span = f"start={day}T00:00:00Z&end={day}T23:00:00Z"
    entries = client_of(None).get(f"/events/calendar?{span}").json
    assert [(entry["title"], entry["start"]) for entry in entries] == [("装备制造对接会", f"{day}T10:00")]
    assert len(client_of("carol").get(f"/events/calendar?{span}").json) == 2


@pytest.mark.parametrize(
    "span", ["", "start=x&end=y", "start=2026-01-01&end=2036-01-01", "start=2026-02-01&end=2026-01-01"]
)
def test_calendar_asked_for_nonsense_says_so(client_of: ClientOf, span: str) -> None:
    assert client_of(None).get(f"/events/calendar?{span}").status_code == 422


def test_calendar_alone_allows_a_written_style_sheet(client_of: ClientOf) -> None:
    policies = [
        client_of(None).get(page).headers["Content-Security-Policy"] for page in ("/events?view=month", "/events")
    ]
    assert ["style-src 'self' 'nonce-" in policy for policy in policies] == [True, False]


def test_home_and_dashboard_show_events(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        make_registration(session, make_event(session, cast.carol.actor), cast.alice, "requested")
    assert Page(client_of(None).get("/").text).texts("next-event-where") == ["会展中心三楼"]
    assert "报名等您确认" in client_of("carol").get("/dashboard").text
    assert "报名待确认" in Page(client_of("alice").get("/dashboard").text).texts("event-lines")[0]
