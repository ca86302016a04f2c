"""Pages of meetings: one's own day, one meeting, the organiser's list; what each shows to whom."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.agreements import Agreement
from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal
from matchmaker.domain.events import AgendaItem, EventStaff
from matchmaker.domain.people import Role
from matchmaker.domain.ratings import Rating
from tests.appointments import make_appointment, make_meeting
from tests.cast import Cast, make_member, make_organization
from tests.conftest import ClientOf
from tests.counting import counted_queries
from tests.events import make_registration
from tests.web.html import Page

SOON = (today() + timedelta(days=7)).isoformat()
STEP = {"next_step": "寄样品", "next_step_on": SOON}
WORD = {"account": "met", "score": "5", "note": "很有希望", "wish": "continue", **STEP, "seen_step": ""}


@pytest.fixture
def meeting(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        return make_meeting(session, cast).id


def test_side_says_how_it_was_and_the_other_side_reads_the_next_step_alone(client_of: ClientOf, meeting: int) -> None:
    assert client_of("alice").post(f"/appointments/{meeting}/word", data=WORD).status_code == 303
    shown = client_of("bob").get(f"/appointments/{meeting}").text
    assert ("寄样品" in shown, "很有希望" in shown) == (True, False)
    assert "很有希望" in client_of("carol").get(f"/appointments/{meeting}").text


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client_of: ClientOf, database: Database, meeting: int) -> None:
    answer = client_of("alice").post(f"/appointments/{meeting}/word", data=WORD | {"score": "9"})
    page = Page(answer.text)
    assert (answer.status_code, page.texts("field-error")) == (422, ["评分是 1 到 5。"])
    assert ('value="寄样品"' in answer.text, "很有希望" in answer.text) == (True, True)
    with database.read() as session:
        assert session.scalars(sa.select(Rating)).all() == []


def test_step_written_meanwhile_is_shown_beside_what_was_typed(client_of: ClientOf, meeting: int) -> None:
    client_of("alice").post(f"/appointments/{meeting}/word", data=WORD)
    answer = client_of("bob").post(f"/appointments/{meeting}/word", data=WORD | {"next_step": "去现场看看"})
    assert (answer.status_code, 'value="去现场看看"' in answer.text) == (409, True)
    assert "另一个下一步：寄样品" in answer.text


def test_organiser_records_from_the_list_and_comes_back_to_it(
    client_of: ClientOf, database: Database, meeting: int
) -> None:
    carol = client_of("carol")
    answer = carol.post(f"/appointments/{meeting}/outcome", data={"outcome": "held", "back": "desk"})
    assert answer.location.endswith(f"/outcomes#meeting-{meeting}")
    with database.read() as session:
        assert session.get_one(Appointment, meeting).state == "held"
    assert Page(carol.get(answer.location).text).texts("stat-value") == ["1", "1", "0", "–"]


def test_contradicting_accounts_are_shown_to_the_organiser_alone(client_of: ClientOf, meeting: int) -> None:
    client_of("alice").post(f"/appointments/{meeting}/word", data={"account": "met"})
    client_of("bob").post(f"/appointments/{meeting}/word", data={"account": "other_absent"})
    address = f"/appointments/{meeting}"
    assert ["说法不一致" in client_of(key).get(address).text for key in ("carol", "alice", "bob")] == [
        True,
        False,
        False,
    ]


def test_cancelled_meeting_leaves_both_days(client_of: ClientOf, database: Database, cast: Cast) -> None:
    starts = utc_now() + timedelta(days=1)
    with database.transaction() as session:
        meeting = make_meeting(session, cast, starts_at=starts, ends_at=starts + timedelta(hours=4))
        meeting_id, event_id = meeting.id, meeting.event_id
    alice = client_of("alice")
    assert cast.bob.organization_name in alice.get(f"/events/{event_id}/my-meetings").text
    wrong = alice.post(f"/appointments/{meeting_id}/cancel", data={"reason": ""})
    assert wrong.status_code == 422
    assert alice.post(f"/appointments/{meeting_id}/cancel", data={"reason": "临时出差"}).status_code == 303
    assert cast.bob.organization_name not in alice.get(f"/events/{event_id}/my-meetings").text
    assert "临时出差" in client_of("bob").get("/notices").text


def test_own_day_shows_the_next_meeting_with_table_interpreter_reasons_and_agenda(
    client_of: ClientOf, database: Database, cast: Cast
) -> None:
    starts = utc_now().replace(second=0, microsecond=0) + timedelta(minutes=50)
    with database.transaction() as session:
        meeting = make_meeting(session, cast, starts_at=starts, ends_at=starts + timedelta(hours=4))
        nurlan = EventStaff(event_id=meeting.event_id, duty="interpreter", name="努尔兰", languages=["kk"])
        session.add(nurlan)
        lunch = {"title": "午餐", "starts_at": starts + timedelta(hours=2), "ends_at": starts + timedelta(hours=3)}
        session.add(AgendaItem(event_id=meeting.event_id, **lunch))
        session.flush()
        meeting.interpreter_id = nurlan.id
        event_id = meeting.event_id
    text = client_of("alice").get(f"/events/{event_id}/my-meetings").text
    page = Page(text)
    assert page.texts("meet-countdown") in (["还有 50 分钟"], ["还有 49 分钟"])
    assert page.texts("meet-who") == [cast.bob.name]
    assert page.texts("meet-table") == ["桌号 1"]
    assert page.texts("meet-with") == ["翻译：努尔兰（哈萨克文）"]
    assert "风机叶片除冰 × 疏冰涂层" in page.texts("meet-why")[0]
    assert page.texts("meet-day-title") == [cast.bob.organization_name, "午餐"]
    assert (page.texts("plan-next"), page.texts("plan")) == (["1下一场", ""], ["1下一场 2"])


def test_day_asks_about_meetings_that_are_over_until_one_has_answered(client_of: ClientOf, meeting: int) -> None:
    alice = client_of("alice")
    asked = "有 1 场洽谈等您说说结果"
    before = asked in alice.get("/events/1/my-meetings").text
    alice.post(f"/appointments/{meeting}/word", data=WORD)
    assert (before, asked in alice.get("/events/1/my-meetings").text) == (True, False)


def test_day_of_who_is_not_coming_says_so(client_of: ClientOf, database: Database, meeting: int) -> None:
    answer = client_of("mallory").get("/events/1/my-meetings")
    assert (answer.status_code, "您还不是这场活动的参会人" in answer.text) == (200, True)


def test_anonymous_listing_is_not_told_from_whom_one_meets(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        meeting = make_meeting(session, cast, achievement={"visibility": "anonymous"})
        address, day = f"/appointments/{meeting.id}", f"/events/{meeting.event_id}/my-meetings"
        match = f"/matches/{meeting.match_id}"
    client_of("carol").post(f"{address}/outcome", data={"outcome": "held"})
    for page in (address, day):
        text = client_of("alice").get(page).text
        assert ("风机叶片除冰" in text or page == day, "疏冰涂层" in text, match in text) == (True, False, False)
    text = client_of("alice").get(match).text
    assert (cast.bob.organization_name in text, "见过面" in text) == (False, False)
    assert "见过面" in client_of("carol").get(match).text
    assert "疏冰涂层" in client_of("bob").get(address).text


def test_meeting_opens_a_deal_once(client_of: ClientOf, database: Database, meeting: int) -> None:
    carol = client_of("carol")
    carol.post(f"/appointments/{meeting}/outcome", data={"outcome": "held"})
    step = {"deal_step": "寄样品", "deal_step_on": SOON}
    missing = carol.post(f"/appointments/{meeting}/deal", data=step | {"deal_step_on": ""})
    assert (missing.status_code, 'value="寄样品"' in missing.text) == (422, True)
    assert carol.post(f"/appointments/{meeting}/deal", data=step).location == "/deals/1"
    second = client_of("alice").post(f"/appointments/{meeting}/deal", data=step)
    assert (second.status_code, "已经有一个进行中的跟进项目" in second.text) == (409, True)
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Deal)) == 1
        assert session.scalars(sa.select(Agreement)).all() == []


@pytest.mark.parametrize("path", ["/events/{event}/my-meetings", "/events/{event}/outcomes"])
def test_lists_of_meetings_ask_as_much_for_one_as_for_three(
    client_of: ClientOf, database: Database, cast: Cast, path: str
) -> None:
    with database.transaction() as session:
        meeting = make_meeting(session, cast)
        event, alice = meeting.event, meeting.one
        event_id = event.id
    client, address = client_of("alice" if "my" in path else "carol"), path.format(event=event_id)
    client.get(address)
    with counted_queries(database.engine) as one:
        assert client.get(address).status_code == 200
    with database.transaction() as session:
        event, alice = session.merge(event), session.merge(alice)
        for slot, name in ((1, "天池大学"), (2, "石河子大学")):
            member = make_member(
                session, make_organization(session, "university", name), f"u{slot}", name, Role.UNIVERSITY
            )
            other = make_registration(session, event, member)
            make_appointment(session, event, alice, other, slot=slot, table=event.tables[1])
    with counted_queries(database.engine) as three:
        assert client.get(address).status_code == 200
    assert len(three) == len(one)
