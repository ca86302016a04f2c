"""Pages of deals: the list, one deal, opening one from a pair, the dashboard's reminder."""

from datetime import timedelta

import pytest

from matchmaker.domain.base import Database
from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal
from matchmaker.services.appointments.recording import record_outcome
from matchmaker.services.deals import open_for_appointment
from matchmaker.services.decisions import decide
from tests.appointments import make_meeting
from tests.cast import Cast
from tests.conftest import ClientOf
from tests.counting import counted_queries
from tests.web.html import Page

SOON = (today() + timedelta(days=7)).isoformat()


@pytest.fixture
def deal(database: Database, cast: Cast) -> int:
    with database.transaction() as session:
        meeting = make_meeting(session, cast)
        record_outcome(session, cast.carol.actor, meeting.id, "held")
        opened = open_for_appointment(session, cast.carol.actor, meeting.id, next_step="寄样品", next_step_on=SOON)
        return opened.id


def test_deal_moves_and_its_history_is_on_its_page(client_of: ClientOf, deal: int) -> None:
    carol = client_of("carol")
    assert carol.post(f"/deals/{deal}/move", data={"to": "intent", "version": "1"}).status_code == 303
    page = Page(client_of("alice").get(f"/deals/{deal}").text)
    assert page.texts("deal-step-now") == ["意向"]
    # Who introduced whom stands below, in the same words of a timeline.
    assert page.texts("timeline-text")[:2] == ["从“洽谈”到“意向”柯洛", "建立项目，进入“洽谈”柯洛"]


def test_stale_change_keeps_what_was_typed(client_of: ClientOf, deal: int) -> None:
    client_of("carol").post(f"/deals/{deal}/move", data={"to": "intent", "version": "1"})
    typed = {"next_step": "去现场看看", "next_step_on": SOON, "version": "1"}
    answer = client_of("alice").post(f"/deals/{deal}/plan", data=typed)
    assert (answer.status_code, 'value="去现场看看"' in answer.text) == (409, True)


def test_loss_without_a_reason_asks_for_one(client_of: ClientOf, deal: int) -> None:
    answer = client_of("bob").post(f"/deals/{deal}/move", data={"to": "lost", "version": "1", "note": "再说"})
    assert (answer.status_code, Page(answer.text).texts("field-error")) == (422, ["请选择一个原因。"])
    assert "再说</textarea>" in answer.text
    client_of("bob").post(f"/deals/{deal}/move", data={"to": "lost", "version": "1", "reason": "price"})
    assert "没有谈成：价格或投入谈不拢" in client_of("alice").get(f"/deals/{deal}").text


def test_pair_of_mutual_interest_opens_a_deal(client_of: ClientOf, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        match_id = make_meeting(session, cast).match_id or 0
        for actor in (cast.alice.actor, cast.bob.actor):
            decide(session, actor, match_id, "interested")
    alice = client_of("alice")
    assert f"/matches/{match_id}/deal" in alice.get(f"/matches/{match_id}").text
    wrong = alice.post(f"/matches/{match_id}/deal", data={"deal_step": "寄样品", "deal_step_on": "2020-01-01"})
    assert (wrong.status_code, 'value="寄样品"' in wrong.text) == (422, True)
    opened = alice.post(f"/matches/{match_id}/deal", data={"deal_step": "寄样品", "deal_step_on": SOON})
    assert opened.location == "/deals/1"
    assert "/deals/1" in alice.get(f"/matches/{match_id}").text


def test_overdue_steps_wait_on_the_dashboards_of_those_who_see_the_deal(
    client_of: ClientOf, database: Database, deal: int
) -> None:
    with database.transaction() as session:
        session.get_one(Deal, deal).next_step_on = today() - timedelta(days=1)
    waits = {
        key: "跟进项目的下一步过期了" in client_of(key).get("/dashboard").text
        for key in ("alice", "bob", "carol", "dave", "mallory")
    }
    assert waits == {"alice": True, "bob": True, "carol": True, "dave": True, "mallory": False}
    assert len(Page(client_of("carol").get("/deals?show=overdue").text).texts("deal-card")) == 1


def test_list_asks_as_much_for_one_as_for_three(client_of: ClientOf, database: Database, deal: int) -> None:
    client = client_of("dave")
    client.get("/deals?view=list")
    with counted_queries(database.engine) as one:
        assert len(Page(client.get("/deals?view=list").text).texts("deal-card")) == 1
    with database.transaction() as session:
        first = session.get_one(Deal, deal)
        names = ("match_id", "appointment_id", "one_organization_id", "other_organization_id", "owner_id")
        for key in ("x", "y"):
            session.add(Deal(open_key=key, next_step="x", **{name: getattr(first, name) for name in names}))
    with counted_queries(database.engine) as three:
        assert len(Page(client.get("/deals?view=list").text).texts("deal-card")) == 3
    assert len(three) == len(one)


def test_outsider_sees_none(client_of: ClientOf, deal: int) -> None:
    mallory = client_of("mallory")
    assert (
        mallory.get(f"/deals/{deal}").status_code,
        Page(mallory.get("/deals?view=list").text).texts("deal-card"),
    ) == (404, [])


def test_board_answers_a_script_with_the_card_and_a_browser_with_the_board(client_of: ClientOf, deal: int) -> None:
    carol, wanted = client_of("carol"), {"Accept": "application/json"}
    moved = carol.post(f"/deals/{deal}/card", data={"to": "intent", "version": "1"}, headers=wanted)
    assert (moved.status_code, moved.json["undo"], moved.json["heads"]["intent"]["count"]) == (200, "talks", "1")
    stale = client_of("alice").post(f"/deals/{deal}/card", data={"to": "talks", "version": "1"}, headers=wanted)
    assert (stale.status_code, stale.json["state"], stale.json["version"]) == (409, "intent", 2)
    hidden = client_of("mallory").post(f"/deals/{deal}/card", data={"to": "talks", "version": "2"}, headers=wanted)
    assert (hidden.status_code, list(hidden.json)) == (404, ["sentence"])
    plain = carol.post(f"/deals/{deal}/card", data={"to": "contract", "version": "2"})
    assert (plain.status_code, plain.location) == (303, "/deals")


def test_note_that_cannot_be_kept_is_shown_again(client_of: ClientOf, deal: int) -> None:
    answer = client_of("alice").post(f"/deals/{deal}/notes", data={"text": "底价三百万"})
    assert (answer.status_code, Page(answer.text).texts("field-error")) == (422, ["请选择谁可以查看。"])
    assert "底价三百万</textarea>" in answer.text
    client_of("alice").post(f"/deals/{deal}/notes", data={"text": "底价三百万", "audience": "side"})
    reading = {
        key: "底价三百万" in client_of(key).get(f"/deals/{deal}").text for key in ("alice", "bob", "carol", "dave")
    }
    assert reading == {"alice": True, "bob": False, "carol": False, "dave": False}
