"""What belongs to an event: agenda, tables, staff, materials; and the same event again."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.appointments import Appointment, Occupancy
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.events import EventFile
from matchmaker.domain.notices import Notice
from matchmaker.domain.permissions import Actor
from matchmaker.domain.slots import blocked
from matchmaker.services.events.agenda import (
    AgendaLine,
    add_item,
    edit_item,
    in_each_others_way,
    meetings_in_the_way,
    remove_item,
)
from matchmaker.services.events.duplicating import duplicate_event
from matchmaker.services.events.furnishing import add_tables, meetings_that_fit, name_tables, remove_table
from matchmaker.services.events.materials import add_file, event_files, get_file, remove_file
from matchmaker.services.events.moving import move_event
from matchmaker.services.events.staffing import StaffLine, add_staff, edit_staff, remove_staff
from matchmaker.services.reading.moments import written_moment
from matchmaker.services.uploads import StoredFile
from tests.events import make_event, make_registration


def a_line(event, start=0, minutes=30, **values):
    begins = event.starts_at + timedelta(minutes=start)
    whole = {
        "title": "开幕式",
        "starts_at": written_moment(begins),
        "ends_at": written_moment(begins + timedelta(minutes=minutes)),
    }
    return AgendaLine(**{**whole, **values})


def make_appointment(session, event, one, other, **values):
    appointment = Appointment(
        event_id=event.id,
        one_id=one.id,
        other_id=other.id,
        slot=0,
        starts_at=event.starts_at,
        ends_at=event.starts_at + timedelta(minutes=30),
        origin="organizer",
        **values,
    )
    session.add(appointment)
    session.flush()
    return appointment


def test_blocking_line_of_the_agenda_takes_its_slots(session, cast):
    event = make_event(session, cast.carol.actor)
    add_item(session, cast.carol.actor, event, a_line(event, 0, 45))
    assert blocked(event) == {0, 1}
    edit_item(session, cast.carol.actor, event, event.agenda[0].id, a_line(event, 0, 45, blocking=False))
    assert blocked(event) == frozenset()
    remove_item(session, cast.carol.actor, event, event.agenda[0].id)
    assert event.agenda == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "长" * 101}, "title"),
        ({"starts_at": "", "ends_at": "2020-01-01 08:00"}, "starts_at"),
        ({"ends_at": "2020-01-01 08:00"}, "ends_at"),
        ({"room": "长" * 101}, "room"),
    ],
)
def test_line_that_cannot_be_read_names_its_field(session, cast, values, field):
    event = make_event(session, cast.carol.actor)
    with pytest.raises(Invalid) as refused:
        add_item(session, cast.carol.actor, event, a_line(event, **values))
    assert next(iter(refused.value.errors)) == field


def test_lines_in_each_others_way_are_told(session, cast):
    event = make_event(session, cast.carol.actor)
    actor = cast.carol.actor
    opening = add_item(session, actor, event, a_line(event, 0, 60))
    beside = add_item(session, actor, event, a_line(event, 30, 60, title="路演", blocking=False))
    add_item(session, actor, event, a_line(event, 60, 30, title="参观", blocking=False))
    assert in_each_others_way(event.agenda) == ((opening, beside),)


def test_meetings_in_the_way_of_the_agenda_are_counted(session, cast):
    event = make_event(session, cast.carol.actor)
    make_appointment(session, event, *(make_registration(session, event, each) for each in (cast.alice, cast.bob)))
    add_item(session, cast.carol.actor, event, a_line(event, 0, 30))
    assert meetings_in_the_way(session, event) == 1


def test_cancelled_event_calls_its_meetings_off_and_tells_everybody_once(session, cast):
    event = make_event(session, cast.carol.actor)
    one, other = (make_registration(session, event, each) for each in (cast.alice, cast.bob))
    make_registration(session, event, cast.mallory, "waitlisted")
    appointment = make_appointment(session, event, one, other)
    session.add(Occupancy(event_id=event.id, slot=0, resource=f"person:{one.id}", appointment_id=appointment.id))
    move_event(session, cast.carol.actor, event, "cancelled", "场地不可用")
    assert (appointment.state, session.scalars(sa.select(Occupancy)).all()) == ("cancelled", [])
    told = session.execute(sa.select(Notice.user_id, Notice.title).order_by(Notice.user_id)).all()
    assert told == [(each.user_id, "《装备制造对接会》已取消") for each in (cast.alice, cast.bob, cast.mallory)]


def test_tables_are_numbered_on_and_named(session, cast):
    event = make_event(session, cast.carol.actor)
    assert add_tables(session, cast.carol.actor, event, "2", "一号厅") == 2
    add_tables(session, cast.carol.actor, event, "1", "二号厅")
    assert [(table.number, table.room) for table in event.tables] == [(1, "一号厅"), (2, "一号厅"), (3, "二号厅")]
    name_tables(session, cast.carol.actor, event, {event.tables[0].id: ("靠窗", "一号厅")})
    assert [table.name for table in event.tables] == ["靠窗", "", ""]
    assert meetings_that_fit(event) == 24


@pytest.mark.parametrize("count", ["0", "-1", "201", "多", "", "9" * 30])
def test_number_of_tables_is_a_small_one(session, cast, count):
    event = make_event(session, cast.carol.actor)
    with pytest.raises(Invalid):
        add_tables(session, cast.carol.actor, event, count, "")


def test_table_with_a_meeting_stays(session, cast):
    event = make_event(session, cast.carol.actor, tables=2)
    one, other = (make_registration(session, event, each) for each in (cast.alice, cast.bob))
    make_appointment(session, event, one, other, table_id=event.tables[0].id)
    with pytest.raises(Conflict):
        remove_table(session, cast.carol.actor, event, event.tables[0].id)
    remove_table(session, cast.carol.actor, event, event.tables[1].id)
    assert [table.number for table in event.tables] == [1]


def test_table_of_another_event_is_not_found(session, cast):
    event, other = make_event(session, cast.carol.actor), make_event(session, cast.carol.actor, tables=1)
    with pytest.raises(NotFound):
        remove_table(session, cast.carol.actor, event, other.tables[0].id)


def test_interpreter_has_a_language_and_a_member_his_name(session, cast):
    event = make_event(session, cast.carol.actor)
    with pytest.raises(Invalid) as refused:
        add_staff(session, cast.carol.actor, event, StaffLine(duty="interpreter", name="阿依古丽"))
    assert list(refused.value.errors) == ["languages"]
    add_staff(session, cast.carol.actor, event, StaffLine(duty="interpreter", name="阿依古丽", languages=("kk", "ru")))
    broker = add_staff(session, cast.carol.actor, event, StaffLine(duty="broker", user_id=str(cast.carol.user_id)))
    assert (broker.name, broker.user_id) == (cast.carol.name, cast.carol.user_id)


def test_staff_is_of_the_organising_organization_or_without_account(session, cast):
    event = make_event(session, cast.carol.actor)
    with pytest.raises(Invalid) as refused:
        add_staff(session, cast.carol.actor, event, StaffLine(duty="host", user_id=str(cast.alice.user_id), name="x"))
    assert list(refused.value.errors) == ["user_id"]


def test_staff_with_a_meeting_stays_and_keeps_his_duty(session, cast):
    event = make_event(session, cast.carol.actor)
    line = StaffLine(duty="interpreter", name="阿依古丽", languages=("ru",))
    person = add_staff(session, cast.carol.actor, event, line)
    one, other = (make_registration(session, event, each) for each in (cast.alice, cast.bob))
    make_appointment(session, event, one, other, interpreter_id=person.id)
    with pytest.raises(Conflict):
        remove_staff(session, cast.carol.actor, event, person.id)
    with pytest.raises(Invalid):
        edit_staff(session, cast.carol.actor, event, person.id, StaffLine(duty="host", name="阿依古丽"))


@pytest.mark.parametrize("verb", [add_tables, add_item, add_staff])
def test_only_the_organiser_furnishes_an_event_that_is_not_over(session, cast, verb):
    arguments = {add_tables: ("1", ""), add_item: (AgendaLine(),), add_staff: (StaffLine(),)}[verb]
    with pytest.raises(Forbidden):
        verb(session, cast.alice.actor, make_event(session, cast.carol.actor), *arguments)
    with pytest.raises(Conflict):
        verb(session, cast.carol.actor, make_event(session, cast.carol.actor, state="cancelled"), *arguments)


def test_material_for_those_who_come_is_hidden_from_others(session, cast):
    event = make_event(session, cast.carol.actor)
    for name, public in (("议程.pdf", True), ("通讯录.pdf", False)):
        stored = StoredFile(name, "application/pdf", 3, name.encode().hex().ljust(64, "0")[:64])
        add_file(session, cast.carol.actor, event, stored, public=public)
    make_registration(session, event, cast.alice)
    make_registration(session, event, cast.bob, "requested")
    seen = {
        member.key: [file.name for file in event_files(session, member.actor, event)]
        for member in (cast.alice, cast.bob, cast.carol)
    }
    assert seen == {"alice": ["议程.pdf", "通讯录.pdf"], "bob": ["议程.pdf"], "carol": ["议程.pdf", "通讯录.pdf"]}
    hidden = session.scalars(sa.select(EventFile).where(EventFile.public.is_(False))).one()
    for actor in (cast.bob.actor, Actor.anonymous()):
        with pytest.raises(NotFound):
            get_file(session, actor, hidden.id)
    with pytest.raises(Forbidden):
        remove_file(session, cast.alice.actor, hidden.id)
    remove_file(session, cast.carol.actor, hidden.id)
    assert [file.name for file in event_files(session, cast.alice.actor, event)] == ["议程.pdf"]


def test_file_sent_twice_is_there_once(session, cast):
    event = make_event(session, cast.carol.actor)
    stored = StoredFile("议程.pdf", "application/pdf", 3, "0" * 64)
    added = [add_file(session, cast.carol.actor, event, stored, public=True).id for _ in range(2)]
    assert added[0] == added[1]


def test_event_again_is_a_draft_weeks_later_without_those_who_came(session, cast):
    starts = utc_now().replace(second=0, microsecond=0) - timedelta(days=10)
    event = make_event(session, cast.carol.actor, tables=2, starts_at=starts, ends_at=starts + timedelta(hours=4))
    add_item(session, cast.carol.actor, event, a_line(event, 0, 30))
    add_staff(session, cast.carol.actor, event, StaffLine(duty="host", name="主持"))
    make_registration(session, event, cast.alice)
    copy = duplicate_event(session, cast.dave.actor, event)
    assert (copy.state, copy.title, copy.organization_id) == (
        "draft",
        "装备制造对接会",
        cast.dave.organization_id,
    )
    assert copy.starts_at - event.starts_at == timedelta(weeks=2)
    assert copy.agenda[0].starts_at - event.agenda[0].starts_at == timedelta(weeks=2)
    assert ([table.number for table in copy.tables], [person.name for person in copy.staff]) == ([1, 2], ["主持"])
    assert copy.slot_minutes == event.slot_minutes
    with pytest.raises(Forbidden):
        duplicate_event(session, cast.alice.actor, event)
