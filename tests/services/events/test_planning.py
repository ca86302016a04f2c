"""Planning events and taking them through their life."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.permissions import Actor
from matchmaker.services.events.history import event_history
from matchmaker.services.events.loading import load_event, load_run_event
from matchmaker.services.events.moving import move_event, steps
from matchmaker.services.events.planning import create_event, edit_event
from matchmaker.services.reading.moments import written_moment
from tests.appointments import make_appointment
from tests.events import a_plan, make_event, make_registration
from tests.timetables import make_meeting


def test_event_begins_as_a_draft_of_the_planners_organization(session, cast):
    event = create_event(session, cast.carol.actor, a_plan())
    assert (event.state, event.organization_id, event.owner_id) == (
        "draft",
        cast.carol.organization_id,
        cast.carol.user_id,
    )


@pytest.mark.parametrize("name", ["alice", "bob", "erin", "mallory", "peter"])
def test_only_brokers_and_the_bureau_plan_events(session, cast, name):
    with pytest.raises(Forbidden):
        create_event(session, cast[name].actor, a_plan())


def test_draft_is_known_to_its_organizers_only(session, cast):
    event = make_event(session, cast.carol.actor, state="draft")
    assert load_run_event(session, cast.dave.actor, event.id) is event
    for actor in (cast.alice.actor, cast.peter.actor, Actor.anonymous()):
        with pytest.raises(NotFound):
            load_event(session, actor, event.id)


def test_announced_event_is_run_by_its_organizers_only(session, cast):
    event = make_event(session, cast.carol.actor, state="announced")
    assert load_event(session, Actor.anonymous(), event.id) is event
    with pytest.raises(Forbidden):
        load_run_event(session, cast.alice.actor, event.id)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "长" * 101}, "title"),
        ({"kind": "party"}, "kind"),
        ({"fields": ("magic",)}, "fields"),
        ({"starts_at": ""}, "starts_at"),
        ({"starts_at": "明天"}, "starts_at"),
        ({"ends_at": "2020-01-01 09:00"}, "ends_at"),
        ({"ends_at": "2099-01-01 09:00"}, "ends_at"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
        ({"region": "999999"}, "region"),
        ({"capacity": "0"}, "capacity"),
        ({"capacity": "9" * 40}, "capacity"),
        ({"branch_id": "7"}, "branch_id"),
        ({"slot_minutes": ""}, "slot_minutes"),
        ({"slot_minutes": "17"}, "slot_minutes"),
        ({"meetings_from": "2020-01-01 09:00"}, "meetings_from"),
        ({"wish_quota": "-1"}, "wish_quota"),
        ({"organizers": "、".join(f"单位{number}" for number in range(30))}, "organizers"),
    ],
)
def test_plan_that_cannot_be_read_names_its_field(session, cast, values, field):
    with pytest.raises(Invalid) as refused:
        create_event(session, cast.carol.actor, a_plan(**values))
    assert list(refused.value.errors) == [field]


def test_training_has_no_slots_whatever_was_typed(session, cast):
    event = create_event(session, cast.carol.actor, a_plan(kind="training", slot_minutes="15", wish_quota="5"))
    assert (event.slot_minutes, event.wish_quota) == (None, None)


def test_edit_over_a_colleagues_is_refused(session, cast):
    event = make_event(session, cast.carol.actor, state="draft")
    edit_event(session, cast.carol.actor, event, a_plan(title="新名称"), event.version)
    with pytest.raises(Conflict):
        edit_event(session, cast.dave.actor, event, a_plan(title="又一个"), event.version - 1)
    assert event.title == "新名称"


def test_change_of_place_counts_for_calendars_and_a_change_of_contact_does_not(session, cast):
    event = create_event(session, cast.carol.actor, a_plan())
    edit_event(session, cast.carol.actor, event, a_plan(contact="李工"), event.version)
    assert event.sequence == 0
    edit_event(session, cast.carol.actor, event, a_plan(contact="李工", place="一楼"), event.version)
    assert event.sequence == 1


def test_announced_event_keeps_its_kind(session, cast):
    event = create_event(session, cast.carol.actor, a_plan())
    move_event(session, cast.carol.actor, event, "announced")
    with pytest.raises(Invalid):
        edit_event(session, cast.carol.actor, event, a_plan(kind="briefing"), event.version)


def test_event_goes_through_its_life_and_the_journal_tells(session, cast):
    event = create_event(session, cast.carol.actor, a_plan(kind="briefing"))
    for state in ("announced", "registration", "final"):
        move_event(session, cast.carol.actor, event, state)
    event.starts_at = utc_now() - timedelta(hours=1)
    for state in ("held", "closed"):
        move_event(session, cast.carol.actor, event, state)
    moves = sa.select(JournalEntry.after).where(JournalEntry.subject_kind == "event", JournalEntry.action == "move")
    assert session.scalars(moves.order_by(JournalEntry.id)).all() == [
        "announced",
        "registration",
        "final",
        "held",
        "closed",
    ]


def test_announcing_needs_text_place_and_a_time_to_come(session, cast):
    past = utc_now() - timedelta(days=2)
    plan = a_plan(
        summary="",
        place="",
        starts_at=written_moment(past),
        ends_at=written_moment(past + timedelta(hours=3)),
    )
    event = create_event(session, cast.carol.actor, plan)
    with pytest.raises(Invalid) as refused:
        move_event(session, cast.carol.actor, event, "announced")
    assert list(refused.value.errors.values()) == [
        "写一段活动介绍",
        "填写地点或线上会议的网址",
        "把活动时间改到以后",
    ]


def test_registration_opens_for_events_to_come_only(session, cast):
    event = make_event(session, cast.carol.actor, "training", "announced", starts_at=utc_now())
    assert [step.missing for step in steps(session, event) if step.to == "registration"] == [("把开始时间改到以后",)]


def test_timetable_needs_tables_and_two_people(session, cast):
    event = make_event(session, cast.carol.actor)
    with pytest.raises(Invalid) as refused:
        move_event(session, cast.carol.actor, event, "timetable")
    assert list(refused.value.errors.values()) == ["添加洽谈桌", "至少确认两位参会人"]
    ready = make_event(session, cast.carol.actor, tables=2)
    for member in (cast.alice, cast.bob):
        make_registration(session, ready, member)
    move_event(session, cast.carol.actor, ready, "timetable")
    assert ready.state == "timetable"


def test_session_is_not_final_without_a_released_timetable(session, cast):
    meeting = make_meeting(session, cast)
    make_appointment(session, meeting.event, meeting.alice.registration, meeting.bob.registration)
    with pytest.raises(Invalid) as refused:
        move_event(session, cast.carol.actor, meeting.event, "final")
    assert list(refused.value.errors.values()) == ["发布洽谈时间表"]


def test_organiser_says_that_a_session_has_no_timetable_and_the_journal_keeps_it(session, cast):
    event = make_event(session, cast.carol.actor, tables=1)
    assert {step.to: step.can_do_without for step in steps(session, event)}["final"]
    move_event(session, cast.carol.actor, event, "final", without_timetable=True)
    last = session.scalars(sa.select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (event.state, last.after, last.reason) == ("final", "final", "声明：本场不统一排期，参会人自行约定")


def test_saying_that_there_is_no_timetable_does_away_with_nothing_else(session, cast):
    event = make_event(session, cast.carol.actor, state="draft", summary="")
    with pytest.raises(Invalid):
        move_event(session, cast.carol.actor, event, "announced", without_timetable=True)


def test_event_is_not_held_before_it_begins(session, cast):
    event = make_event(session, cast.carol.actor, "briefing", "final")
    with pytest.raises(Invalid):
        move_event(session, cast.carol.actor, event, "held")


def test_cancelling_needs_a_reason_and_is_final(session, cast):
    event = make_event(session, cast.carol.actor)
    with pytest.raises(Invalid) as refused:
        move_event(session, cast.carol.actor, event, "cancelled", " ")
    assert list(refused.value.errors) == ["reason"]
    move_event(session, cast.carol.actor, event, "cancelled", "场地不可用")
    assert (event.cancel_reason, event.sequence) == ("场地不可用", 1)
    with pytest.raises(Conflict):
        move_event(session, cast.carol.actor, event, "registration")


def test_history_is_for_those_who_run_the_event(session, cast):
    event = create_event(session, cast.carol.actor, a_plan())
    move_event(session, cast.carol.actor, event, "announced")
    move_event(session, cast.dave.actor, event, "cancelled", "场地不可用")
    told = event_history(session, cast.carol.actor, event, ("create", "move"))
    assert [(line.action, line.after, line.reason, line.by) for line in told] == [
        ("move", "cancelled", "场地不可用", cast.dave.name),
        ("move", "announced", None, cast.carol.name),
        ("create", "draft", None, cast.carol.name),
    ]
    with pytest.raises(Forbidden):
        event_history(session, cast.alice.actor, event, ("create",))
