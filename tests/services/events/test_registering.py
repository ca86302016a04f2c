"""Registering for an event, the organiser's word on it, places and the waiting list."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.appointments import Appointment, Occupancy
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Organization, Role
from matchmaker.domain.permissions import Actor
from matchmaker.services.events.deciding import Decided, accept, decline
from matchmaker.services.events.enrolments import Enrolment
from matchmaker.services.events.places import advance
from matchmaker.services.events.registering import (
    PER_ORGANIZATION_MOST,
    change_registration,
    get_registration,
    register,
    register_at_desk,
    withdraw,
)
from matchmaker.services.reading.moments import written_moment
from tests.events import make_event, make_registration


def typed(**values):
    return Enrolment(**{"name": "王工", "phone": "0991-1234567", **values})


def told(session, member):
    return session.scalars(sa.select(Notice.title).where(Notice.user_id == member.user_id).order_by(Notice.id)).all()


def test_registration_waits_for_the_organiser_who_is_told(session, cast):
    event = make_event(session, cast.carol.actor)
    registration = register(session, cast.alice.actor, event, typed())
    assert (registration.state, registration.organization_id) == ("requested", cast.alice.organization_id)
    assert told(session, cast.carol) == ["王工 报名参加《装备制造对接会》"]


def test_without_approval_a_place_is_had_at_once_while_there_is_one(session, cast):
    event = make_event(session, cast.carol.actor, needs_approval=False, capacity=1)
    states = [register(session, member.actor, event, typed()).state for member in (cast.alice, cast.bob)]
    assert states == ["accepted", "waitlisted"]
    assert told(session, cast.bob) == ["《装备制造对接会》名额已满，您在候补名单中"]


def test_visitor_and_broker_without_role_cannot_register(session, cast):
    event = make_event(session, cast.carol.actor)
    for actor in (Actor.anonymous(), cast.peter.actor):
        with pytest.raises(Forbidden):
            register(session, actor, event, typed())


@pytest.mark.parametrize("state", ["announced", "timetable", "final", "held", "cancelled"])
def test_registration_is_taken_while_it_is_open_only(session, cast, state):
    event = make_event(session, cast.carol.actor, state=state)
    with pytest.raises(Conflict):
        register(session, cast.alice.actor, event, typed())


def test_registration_ends_with_its_deadline(session, cast):
    event = make_event(session, cast.carol.actor, registration_until=utc_now() - timedelta(minutes=1))
    with pytest.raises(Conflict):
        register(session, cast.alice.actor, event, typed())


def test_nobody_registers_twice_but_a_colleague_may_come(session, cast):
    event = make_event(session, cast.carol.actor)
    register(session, cast.alice.actor, event, typed())
    with pytest.raises(Conflict):
        register(session, cast.alice.actor, event, typed())
    colleague = register(session, cast.alice.actor, event, typed(name="李工"), colleague=True)
    assert (colleague.user_id, colleague.organization_id) == (None, cast.alice.organization_id)


def test_organization_sends_a_limited_number(session, cast):
    event = make_event(session, cast.carol.actor)
    organization = session.get_one(Organization, cast.alice.organization_id)
    for number in range(PER_ORGANIZATION_MOST):
        make_registration(session, event, organization, name=f"来宾{number}")
    with pytest.raises(Conflict):
        register(session, cast.alice.actor, event, typed())


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 81}, "name"),
        ({"phone": ""}, "phone"),
        ({"phone": "<script>"}, "phone"),
        ({"note": "长" * 501}, "note"),
        ({"languages": ("xx",)}, "languages"),
        ({"needs_interpreter": True}, "languages"),
        ({"arrives_at": "昨天"}, "arrives_at"),
        ({"arrives_at": "2020-01-01 08:00"}, "arrives_at"),
        ({"absences": (("2099-01-01 08:00", "2099-01-01 09:00"),)}, "absences"),
        ({"absences": (("2099-01-01 08:00", ""),)}, "absences"),
        ({"max_meetings": "99"}, "max_meetings"),
    ],
)
def test_enrolment_that_cannot_be_read_names_its_field(session, cast, values, field):
    event = make_event(session, cast.carol.actor)
    with pytest.raises(Invalid) as refused:
        register(session, cast.alice.actor, event, typed(**values))
    assert list(refused.value.errors) == [field]


def test_absence_is_kept_as_moments(session, cast):
    event = make_event(session, cast.carol.actor)
    noon, later = event.starts_at + timedelta(hours=1), event.starts_at + timedelta(hours=2)
    registration = register(
        session, cast.alice.actor, event, typed(absences=((written_moment(noon), written_moment(later)), ("", "")))
    )
    assert registration.absences == [[noon.isoformat(), later.isoformat()]]


def test_accepting_many_fills_places_in_order_and_lets_the_rest_wait(session, cast):
    event = make_event(session, cast.carol.actor, capacity=1)
    first = register(session, cast.alice.actor, event, typed())
    second = register(session, cast.bob.actor, event, typed())
    assert accept(session, cast.carol.actor, event, [second.id, first.id]) == Decided(1, 1, 0)
    assert (first.state, second.state) == ("accepted", "waitlisted")
    assert told(session, cast.alice) == ["您参加《装备制造对接会》的报名已确认"]


def test_only_the_organiser_decides(session, cast):
    event = make_event(session, cast.carol.actor)
    registration = register(session, cast.alice.actor, event, typed())
    for actor in (cast.alice.actor, cast.mallory.actor, cast.erin.actor):
        with pytest.raises(Forbidden):
            accept(session, actor, event, [registration.id])


def test_registrations_of_another_event_are_not_touched(session, cast):
    event, other = make_event(session, cast.carol.actor), make_event(session, cast.carol.actor)
    elsewhere = register(session, cast.alice.actor, other, typed())
    with pytest.raises(Invalid):
        accept(session, cast.carol.actor, event, [elsewhere.id])
    assert elsewhere.state == "requested"


def test_declining_tells_why_and_lets_the_next_move_up(session, cast):
    event = make_event(session, cast.carol.actor, capacity=1)
    first = make_registration(session, event, cast.alice)
    waits = make_registration(session, event, cast.bob, "waitlisted")
    decline(session, cast.carol.actor, event, [first.id], "与主题无关")
    assert (first.state, waits.state) == ("declined", "accepted")
    assert (
        session.scalar(sa.select(Notice.body).where(Notice.user_id == cast.alice.user_id)) == "主办方说明：与主题无关"
    )
    assert told(session, cast.bob) == ["《装备制造对接会》有了名额，您已从候补转为确认"]


def test_withdrawing_frees_the_place_for_who_waited_longest(session, cast):
    event = make_event(session, cast.carol.actor, capacity=1)
    comes = make_registration(session, event, cast.alice)
    later = make_registration(session, event, cast.mallory, "waitlisted", registered_at=utc_now())
    first = make_registration(session, event, cast.bob, "waitlisted", registered_at=utc_now() - timedelta(hours=1))
    withdraw(session, cast.alice.actor, comes)
    assert (comes.state, first.state, later.state) == ("withdrawn", "accepted", "waitlisted")
    assert told(session, cast.carol) == ["阿丽娅 退出《装备制造对接会》"]


def test_who_withdrew_may_ask_again_and_waits_behind_others(session, cast):
    event = make_event(session, cast.carol.actor, needs_approval=False, capacity=1)
    mine = register(session, cast.alice.actor, event, typed())
    register(session, cast.bob.actor, event, typed())
    withdraw(session, cast.alice.actor, mine)
    again = register(session, cast.alice.actor, event, typed())
    assert (again.id, again.state) == (mine.id, "waitlisted")


def test_withdrawing_calls_meetings_off_and_tells_the_other(session, cast):
    event = make_event(session, cast.carol.actor, tables=1)
    one, other = (make_registration(session, event, member) for member in (cast.alice, cast.bob))
    appointment = Appointment(
        event_id=event.id,
        one_id=one.id,
        other_id=other.id,
        slot=0,
        starts_at=event.starts_at,
        ends_at=event.starts_at + timedelta(minutes=30),
        origin="organizer",
    )
    session.add(appointment)
    session.flush()
    session.add(Occupancy(event_id=event.id, slot=0, resource=f"person:{one.id}", appointment_id=appointment.id))
    withdraw(session, cast.alice.actor, one)
    assert (appointment.state, session.scalars(sa.select(Occupancy)).all()) == ("cancelled", [])
    assert len(told(session, cast.bob)) == 1


def test_more_places_are_given_to_who_waits(session, cast):
    event = make_event(session, cast.carol.actor, capacity=1)
    make_registration(session, event, cast.alice)
    waits = make_registration(session, event, cast.bob, "waitlisted")
    assert advance(session, event) == ()
    event.capacity = 2
    assert (advance(session, event), waits.state) == ((waits,), "accepted")


def test_nobody_moves_up_once_the_event_has_begun(session, cast):
    event = make_event(session, cast.carol.actor, starts_at=utc_now() - timedelta(minutes=5))
    make_registration(session, event, cast.bob, "waitlisted")
    assert advance(session, event) == ()


def test_late_arrival_is_told_to_the_organiser(session, cast):
    event = make_event(session, cast.carol.actor)
    registration = make_registration(session, event, cast.alice)
    arrives = written_moment(event.starts_at + timedelta(hours=1))
    change_registration(session, cast.alice.actor, registration, typed(name="阿丽娅", arrives_at=arrives))
    assert told(session, cast.carol) == ["阿丽娅 改了参加《装备制造对接会》的时间"]


def test_registration_is_known_to_its_side_and_the_organiser_only(session, cast):
    event = make_event(session, cast.carol.actor)
    registration = make_registration(session, event, cast.alice)
    colleague = Actor(user_id=10**6, organization_id=cast.alice.organization_id, role=Role.ENTERPRISE)
    for actor in (cast.alice.actor, cast.carol.actor, cast.dave.actor):
        assert get_registration(session, actor, registration.id) is registration
    for actor in (cast.bob.actor, cast.mallory.actor, cast.erin.actor, colleague, Actor.anonymous()):
        with pytest.raises(NotFound):
            get_registration(session, actor, registration.id)


def test_desk_registers_somebody_of_an_organization_that_nobody_knew(session, cast):
    event = make_event(session, cast.carol.actor, state="final")
    known = register_at_desk(session, cast.carol.actor, event, typed(phone=""), "天山机械有限公司")
    new = register_at_desk(session, cast.carol.actor, event, typed(), "阿尔泰羊毛有限公司")
    assert (known.organization_id, known.state) == (cast.alice.organization_id, "accepted")
    assert (new.organization.name, new.organization.kind, new.organization.verified_at) == (
        "阿尔泰羊毛有限公司",
        "enterprise",
        None,
    )
    with pytest.raises(Forbidden):
        register_at_desk(session, cast.alice.actor, event, typed(), "天山机械有限公司")
