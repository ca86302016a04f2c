"""The organiser's timetable, wishes and slots as pages: who sees them, what they show, and how they are answered."""

import pytest
import sqlalchemy as sa

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.timetables import Placement, Timetable, Wish
from tests.counting import counted_queries
from tests.pairs import pair, publish
from tests.timetables import join, make_meeting, released, solved, stamp, wish
from tests.web.html import text_of

HTMX = {"HX-Request": "true"}


@pytest.fixture
def meeting(database, cast):
    with database.transaction() as session:
        made = make_meeting(session, cast)
        wish(session, made.event, made.alice, made.bob)
        wish(session, made.event, made.mallory, made.bob, "like")
    return made


@pytest.fixture
def drafted(database, meeting):
    with database.transaction() as session:
        event = session.merge(meeting.event)
        solved(session, meeting.organizer, event)
    return meeting


def address(meeting, rest="timetable"):
    return f"/events/{meeting.event.id}/{rest}"


def rows(database, table):
    with database.read() as session:
        return list(session.scalars(sa.select(table).order_by(table.id)))


def version(database):
    return rows(database, Timetable)[0].version


def test_timetable_is_the_organizers_alone(client_of, drafted):
    statuses = {
        key: client_of(key).get(address(drafted)).status_code for key in ("alice", "bob", "carol", "dave", "peter")
    }
    assert statuses == {"alice": 403, "bob": 403, "carol": 200, "dave": 200, "peter": 403}
    assert client_of(None).get(address(drafted)).status_code == 303


def test_page_shows_draft_differences_and_who_is_left_out(client_of, drafted):
    page = text_of(client_of("carol").get(address(drafted)))
    for words in ("排期草稿", "天山机械有限公司", "与现在生效的安排相比有 2 处变化，涉及 3 位参会人", "没有排入的洽谈"):
        assert words in page


def test_solving_is_ordered_and_followed(client_of, database, meeting):
    answer = client_of("carol").post(address(meeting, "timetable/solve"), data={"mode": "anew", "seconds": "10"})
    assert (answer.status_code, answer.location) == (303, address(meeting))
    progress = client_of("carol").get(address(meeting, "timetable/progress"), headers=HTMX)
    assert "排队中，马上开始" in text_of(progress)
    assert client_of("carol").post(address(meeting, "timetable/stop")).status_code == 303
    assert rows(database, Timetable)[0].stop_asked_at is not None


def test_move_by_htmx_answers_with_the_whole_board(client_of, database, drafted):
    row = rows(database, Placement)[0]
    data = {"slot": "7", "table": str(row.table_id), "version": str(version(database))}
    answer = client_of("carol").post(address(drafted, f"timetable/placements/{row.id}/move"), data=data, headers=HTMX)
    assert answer.status_code == 200
    assert answer.text.startswith('<div id="timetable"')
    assert rows(database, Placement)[0].slot == 7


def test_refused_move_changes_nothing_and_says_why(client_of, database, drafted):
    one, other = rows(database, Placement)
    with database.read() as session:
        tables = [table.id for table in session.merge(drafted.event).tables]
    free = next(table for table in tables if table not in {one.table_id, other.table_id})
    data = {"slot": str(other.slot), "table": str(free), "version": str(version(database))}
    answer = client_of("carol").post(address(drafted, f"timetable/placements/{one.id}/move"), data=data, headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#messages")
    assert "同时有" in text_of(answer)
    assert [row.slot for row in rows(database, Placement)] == [one.slot, other.slot]


@pytest.mark.parametrize("junk", [{}, {"slot": "x", "table": "-1", "version": "1e9"}, {"slot": "9" * 400}])
def test_malformed_moves_are_refused(client_of, database, drafted, junk):
    row = rows(database, Placement)[0]
    answer = client_of("carol").post(address(drafted, f"timetable/placements/{row.id}/move"), data=junk)
    assert answer.status_code in {409, 422}
    assert rows(database, Placement)[0].slot == row.slot


def test_release_by_form_writes_appointments_and_an_older_stamp_is_refused(client_of, database, drafted):
    with database.read() as session:
        seen = stamp(session, session.merge(drafted.event))
    client = client_of("carol")
    assert client.post(address(drafted, "timetable/release"), data={"stamp": "old"}).status_code == 409
    assert client.post(address(drafted, "timetable/release"), data={"stamp": seen}).status_code == 303
    assert len(rows(database, Appointment)) == 2
    page = text_of(client.get(address(drafted)))
    assert "已发布的排期" in page
    assert "发布记录" in page


def test_page_takes_a_fixed_number_of_queries(client_of, database, cast, meeting):
    def draft(guests):
        with database.transaction() as session:
            event = session.merge(meeting.event)
            for guest in guests:
                person = join(session, event, guest)
                wish(session, event, person, meeting.alice, "like")
            solved(session, meeting.organizer, event)
        client = client_of("carol")
        client.get(address(meeting))
        with counted_queries(database.engine) as statements:
            client.get(address(meeting))
        return len(statements)

    assert draft(["g1"]) == draft(["g2", "g3", "g4"])


def test_wishes_page_puts_proposals_first_with_reasons(client_of, database, cast, meeting):
    with database.transaction() as session:
        need = publish(session, cast.alice, "need", "低温齿轮箱润滑")
        pair(session, need, publish(session, cast.bob, "achievement", "低温润滑脂"))
    page = text_of(client_of("alice").get(address(meeting, "wishes")))
    assert page.index("鲍博") < page.index("马洛")
    assert "您的《低温齿轮箱润滑》与对方的《低温润滑脂》" in page
    assert "meaning_full" in page
    found = text_of(client_of("alice").get(address(meeting, "wishes?q=戈壁")))
    assert ("共 1 位参会人" in found, "鲍博" in found) == (True, False)


def test_wish_is_said_with_one_click(client_of, database, meeting):
    client = client_of("bob")
    answer = client.post(
        address(meeting, f"wishes/{meeting.mallory.id}"), data={"kind": "like", "with_broker": "yes"}, headers=HTMX
    )
    assert answer.status_code == 200
    assert 'id="wish-quota"' in answer.text
    said = [
        (row.other_id, row.kind, row.with_broker)
        for row in rows(database, Wish)
        if row.registration_id == meeting.bob.id
    ]
    assert said == [(meeting.mallory.id, "like", True)]
    client.post(address(meeting, f"wishes/{meeting.mallory.id}"), data={"standing": "like"}, headers=HTMX)
    assert [row.with_broker for row in rows(database, Wish) if row.registration_id == meeting.bob.id] == [False]


def test_no_changes_nothing_that_the_other_side_can_see(client_of, database, meeting):
    """Same pages, counts and messages: with or without bob's no, what alice reads is alike, letter by letter."""
    alice = client_of("alice")
    pages = ("wishes", "slots", f"slots?person={meeting.bob.id}", "", "participants")

    def seen():
        found = [alice.get(address(meeting, page) if page else f"/events/{meeting.event.id}") for page in pages]
        return [(answer.status_code, text_of(answer)) for answer in found]

    before = seen()
    said = client_of("bob").post(address(meeting, f"wishes/{meeting.alice.id}"), data={"kind": "no"}, headers=HTMX)
    assert said.status_code == 200
    assert seen() == before
    wished = alice.post(address(meeting, f"wishes/{meeting.bob.id}"), data={"kind": "like"}, headers=HTMX)
    booked = alice.post(address(meeting, "slots"), data={"person": str(meeting.bob.id), "slot": "0"})
    assert (wished.status_code, booked.status_code) == (200, 303)
    assert "邀约已发出" in text_of(alice.get(address(meeting, "slots")))
    assert "您选择过“不见”这位参会人" in text_of(client_of("bob").get(address(meeting, "slots")))


def test_slot_is_booked_answered_and_called_off(client_of, database, meeting):
    client_of("alice").post(address(meeting, "slots"), data={"person": str(meeting.bob.id), "slot": "3"})
    (row,) = rows(database, Appointment)
    page = text_of(client_of("bob").get(address(meeting, "slots")))
    assert "等待我答复" in page
    client_of("bob").post(address(meeting, f"slots/{row.id}/answer"), data={"accept": "yes"})
    assert rows(database, Appointment)[0].state == "confirmed"
    assert client_of("alice").post(address(meeting, f"slots/{row.id}/cancel")).status_code == 422
    assert rows(database, Appointment)[0].state == "confirmed"
    client_of("alice").post(address(meeting, f"slots/{row.id}/cancel"), data={"reason": "临时出差"})
    assert rows(database, Appointment)[0].state == "cancelled"


def test_who_comes_second_is_told_and_keeps_what_he_typed(client_of, database, meeting):
    client_of("alice").post(address(meeting, "slots"), data={"person": str(meeting.bob.id), "slot": "3"})
    answer = client_of("mallory").post(
        address(meeting, "slots"), data={"person": str(meeting.bob.id), "slot": "3", "message": "想谈合作"}
    )
    page = text_of(answer)
    assert answer.status_code == 409
    assert "鲍博 的这个时段刚刚被别人约走，请另选一个时段。" in page
    assert 'value="想谈合作"' in answer.text
    assert len(rows(database, Appointment)) == 1


def test_strangers_have_neither_wishes_nor_slots(client_of, meeting):
    for key in ("carol", "dave", "erin", "peter"):
        for page in ("wishes", "slots"):
            assert client_of(key).get(address(meeting, page)).status_code == 403


def test_disruption_by_form_orders_a_repair(client_of, database, drafted):
    with database.transaction() as session:
        released(session, drafted.organizer, session.merge(drafted.event))
    data = {"person": str(drafted.alice.id), "what": "no_show"}
    assert client_of("carol").post(address(drafted, "timetable/absences"), data=data).status_code == 303
    assert rows(database, Timetable)[-1].mode == "repair"
    assert client_of("carol").post(address(drafted, "timetable/absences"), data={"what": "x"}).status_code == 422
