"""Feeds: who is told what, what was cancelled, which link opens, and that a feed never costs more queries."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import vobject
from sqlalchemy.orm import Session

from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.events import Event, EventStaff, EventTable
from matchmaker.domain.people import Organization, User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.domain.states import move
from matchmaker.services.calendars.feeds import (
    CalendarFile,
    appointment_file,
    event_file,
    public_feed,
)
from matchmaker.services.calendars.links import feed_owner, feed_path, own_feed, renew_feed
from matchmaker.services.calendars.personal import personal_feed
from tests.cast import Cast, Member
from tests.counting import counted_queries
from tests.events import make_event, make_registration

BASE = "https://city.example"
SECRET = b"k" * 32
ONLINE = "https://meeting.example/secret-room"


def _events(found: CalendarFile) -> list[Any]:
    return list(vobject.readOne(found.content.decode()).contents.get("vevent", []))


def _public(session: Session, **values: Any) -> list[Any]:
    return _events(public_feed(session, field=values.get("field"), base_url=BASE, city="乌鲁木齐"))


def _personal(session: Session, member: Member) -> list[Any]:
    return _events(personal_feed(session, session.get_one(User, member.user_id), base_url=BASE))


def _appointment(session: Session, event: Event, one: Registration, other: Registration, **values: Any) -> Appointment:
    first, second = sorted((one, other), key=lambda person: person.id)
    row = Appointment(
        event_id=event.id,
        one_id=first.id,
        other_id=second.id,
        slot=0,
        starts_at=event.starts_at,
        ends_at=event.starts_at + timedelta(minutes=30),
        origin="match",
        **values,
    )
    session.add(row)
    session.flush()
    return row


def test_public_feed_holds_what_was_announced_and_nothing_private(session: Session, cast: Cast) -> None:
    make_event(session, cast.carol.actor, state="draft", title="草稿活动")
    event = make_event(session, cast.carol.actor, state="registration", title="公开活动", online_url=ONLINE)
    make_registration(session, event, cast.alice)
    found = public_feed(session, field=None, base_url=BASE, city="乌鲁木齐")
    assert [(each.summary.value, each.uid.value) for each in _events(found)] == [
        ("公开活动", f"event-{event.id}@city.example")
    ]
    text = found.content.decode().replace("\r\n ", "")
    assert [word for word in (ONLINE, "阿丽娅", "天山机械", "草稿活动") if word in text] == []


def test_cancelled_event_stays_in_the_feed_as_cancelled_and_newer(session: Session, cast: Cast) -> None:
    event = make_event(session, cast.carol.actor, state="announced")
    (before,) = _public(session)
    move(session, event, "cancelled", cast.carol.actor, "场地不可用")
    event.cancel_reason = "场地不可用"
    session.flush()
    (after,) = _public(session)
    assert (before.status.value, after.status.value) == ("CONFIRMED", "CANCELLED")
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.last_modified.value >= before.last_modified.value
    assert "已取消：场地不可用" in after.description.value


def test_feed_of_a_field_holds_its_events_and_those_of_all_fields(session: Session, cast: Cast) -> None:
    for title, fields in (("能源", ["energy"]), ("农业", ["agriculture"]), ("综合", [])):
        make_event(session, cast.carol.actor, state="announced", title=title, fields=fields)
    assert [each.summary.value for each in _public(session, field="energy")] == ["能源", "综合"]
    with pytest.raises(NotFound):
        _public(session, field="astrology")


def test_event_of_a_suspended_organization_is_in_no_feed(session: Session, cast: Cast) -> None:
    make_registration(session, make_event(session, cast.carol.actor), cast.alice)
    assert (len(_public(session)), len(_personal(session, cast.alice))) == (1, 1)
    session.get_one(Organization, cast.carol.organization_id).suspended_at = utc_now()
    session.flush()
    assert (_public(session), _personal(session, cast.alice)) == ([], [])


def test_tag_changes_with_whatever_a_reader_would_see(session: Session, cast: Cast) -> None:
    event = make_event(session, cast.carol.actor)
    tags = [public_feed(session, field=None, base_url=BASE, city="乌鲁木齐").tag for _ in range(2)]
    assert tags[0] == tags[1]
    for name, value in (("place", "别处"), ("summary", "新介绍"), ("title", "新标题")):
        setattr(event, name, value)
        session.flush()
        tags.append(public_feed(session, field=None, base_url=BASE, city="乌鲁木齐").tag)
    assert len(set(tags)) == 4


def test_feed_without_events_is_a_calendar(session: Session, cast: Cast) -> None:
    assert _public(session) == []
    assert _personal(session, cast.alice) == []


@pytest.mark.slow
def test_feed_of_a_thousand_events_asks_the_database_once(session: Session, cast: Cast) -> None:
    start = utc_now()
    values = {"kind": "training", "state": "announced", "organization_id": cast.carol.organization_id}
    session.add_all(
        Event(title=f"培训 {number}", starts_at=start, ends_at=start, announced_at=start, **values)
        for number in range(1000)
    )
    session.flush()
    with counted_queries(session.get_bind().engine) as statements:  # type: ignore[union-attr]
        found = public_feed(session, field=None, base_url=BASE, city="乌鲁木齐")
    assert len(statements) == 1
    assert found.content.count(b"BEGIN:VEVENT") == 1000


@pytest.mark.parametrize("count", [1, 3])
def test_personal_feed_asks_as_much_for_one_appointment_as_for_three(session: Session, cast: Cast, count: int) -> None:
    for _ in range(count):
        event = make_event(session, cast.carol.actor, tables=1)
        mine, other = (make_registration(session, event, member) for member in (cast.alice, cast.bob))
        _appointment(session, event, mine, other, table_id=event.tables[0].id)
    user = session.get_one(User, cast.alice.user_id)
    session.expire_all()
    session.refresh(user)
    with counted_queries(session.get_bind().engine) as statements:  # type: ignore[union-attr]
        found = personal_feed(session, user, base_url=BASE)
    assert len(_events(found)) == 2 * count
    assert len(statements) == 7


def test_personal_feed_tells_where_to_join_only_once_accepted(session: Session, cast: Cast) -> None:
    event = make_event(session, cast.carol.actor, online_url=ONLINE)
    registration = make_registration(session, event, cast.alice, state="requested")
    (asked,) = _personal(session, cast.alice)
    assert (asked.status.value, ONLINE in asked.serialize()) == ("TENTATIVE", False)
    move(session, registration, "accepted", cast.carol.actor)
    session.flush()
    (accepted,) = _personal(session, cast.alice)
    assert (accepted.status.value, ONLINE in accepted.description.value) == ("CONFIRMED", True)
    move(session, registration, "withdrawn", cast.alice.actor)
    session.flush()
    (withdrawn,) = _personal(session, cast.alice)
    assert (withdrawn.status.value, ONLINE in withdrawn.serialize()) == ("CANCELLED", False)
    numbers = [int(each.sequence.value) for each in (asked, accepted, withdrawn)]
    assert numbers == sorted(set(numbers))


def test_appointment_says_table_partner_and_interpreter(session: Session, cast: Cast) -> None:
    event = make_event(session, cast.carol.actor, place="会展中心")
    mine = make_registration(session, event, cast.alice)
    other = make_registration(session, event, cast.bob, position="主任")
    table = EventTable(event_id=event.id, number=7, room="东厅")
    interpreter = EventStaff(event_id=event.id, duty="interpreter", name="古丽", languages=["ru"])
    session.add_all((table, interpreter))
    session.flush()
    _appointment(session, event, mine, other, table_id=table.id, interpreter_id=interpreter.id)
    _, meeting = _personal(session, cast.alice)
    assert meeting.summary.value == "洽谈：昆仑理工大学"
    assert meeting.location.value == "会展中心 东厅 7 号桌"
    assert meeting.description.value.split("\n") == [
        f"活动：{event.title}",
        "洽谈对象：鲍博，主任（昆仑理工大学）",
        "洽谈桌：7 号、东厅",
        "翻译：古丽",
    ]


@pytest.mark.parametrize("state", ["cancelled", "refused_by_other", "expired"])
def test_appointment_that_fell_stays_as_cancelled(session: Session, cast: Cast, state: str) -> None:
    event = make_event(session, cast.carol.actor)
    people = [make_registration(session, event, member) for member in (cast.alice, cast.bob)]
    row = _appointment(session, event, *people, state="pending")
    before = int(_personal(session, cast.alice)[1].sequence.value)
    move(session, row, state, cast.carol.actor)
    session.flush()
    fallen = _personal(session, cast.alice)[1]
    assert fallen.status.value == "CANCELLED"
    assert int(fallen.sequence.value) > before


def test_appointments_fall_with_their_event_and_with_ones_registration(session: Session, cast: Cast) -> None:
    event = make_event(session, cast.carol.actor)
    people = [make_registration(session, event, member) for member in (cast.alice, cast.bob)]
    _appointment(session, event, *people)
    move(session, people[0], "withdrawn", cast.alice.actor)
    session.flush()
    assert [each.status.value for each in _personal(session, cast.alice)] == ["CANCELLED", "CANCELLED"]
    move(session, event, "cancelled", cast.carol.actor)
    session.flush()
    assert [each.status.value for each in _personal(session, cast.bob)] == ["CANCELLED", "CANCELLED"]


def test_link_opens_until_it_is_renewed(session: Session, cast: Cast) -> None:
    with pytest.raises(Forbidden):
        renew_feed(session, Actor.anonymous())
    tokens = []
    for _ in range(2):
        renew_feed(session, cast.alice.actor)
        session.expire_all()
        feed = own_feed(session, cast.alice.actor)
        assert feed is not None
        tokens.append(feed_path(SECRET, feed).removeprefix("/calendars/").removesuffix(".ics"))
    assert feed_owner(session, SECRET, tokens[1]).id == cast.alice.user_id
    for token in (tokens[0], tokens[1][:-1], "", "x" * 5000):
        with pytest.raises(NotFound):
            feed_owner(session, SECRET, token)


def test_link_of_somebody_who_left_opens_nothing(session: Session, cast: Cast) -> None:
    renew_feed(session, cast.alice.actor)
    feed = own_feed(session, cast.alice.actor)
    assert feed is not None
    token = feed_path(SECRET, feed).removeprefix("/calendars/").removesuffix(".ics")
    session.execute(sa.update(User).where(User.id == cast.alice.user_id).values(disabled_at=utc_now()))
    session.expire_all()
    with pytest.raises(NotFound):
        feed_owner(session, SECRET, token)


def test_files_are_for_those_who_may_know(session: Session, cast: Cast) -> None:
    draft = make_event(session, cast.carol.actor, state="draft")
    event = make_event(session, cast.carol.actor, online_url=ONLINE)
    people = [make_registration(session, event, member) for member in (cast.alice, cast.bob)]
    row = _appointment(session, event, *people)
    with pytest.raises(NotFound):
        event_file(session, Actor.anonymous(), draft.id, base_url=BASE)
    for actor, knows in ((Actor.anonymous(), False), (cast.mallory.actor, False), (cast.alice.actor, True)):
        (found,) = _events(event_file(session, actor, event.id, base_url=BASE))
        assert (ONLINE in found.serialize()) is knows
    for actor in (Actor.anonymous(), cast.mallory.actor, cast.carol.actor):
        with pytest.raises(NotFound):
            appointment_file(session, actor, row.id, base_url=BASE)
    assert len(_events(appointment_file(session, cast.bob.actor, row.id, base_url=BASE))) == 1
