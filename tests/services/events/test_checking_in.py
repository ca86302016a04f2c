"""Checking in: whose ticket lets him in and when, twice is once, and attendance counts nothing else."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.events import Event, EventStaff
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration
from matchmaker.services.events.checking_in import (
    Present,
    WalkIn,
    can_check_in,
    check_in,
    desk,
    get_at_desk,
    load_desk_event,
    present,
    suggest_organizations,
    undo,
    walk_in,
)
from matchmaker.services.events.tickets import day_fault, fault_of, load_ticket, ticket_path
from tests.cast import Cast
from tests.counting import counted_queries
from tests.events import make_event, make_registration

SECRET = b"k" * 32


@pytest.fixture
def event(session: Session, cast: Cast) -> Event:
    """An event that is on now."""
    now = utc_now()
    return make_event(
        session, cast.carol.actor, state="final", starts_at=now, ends_at=now + timedelta(minutes=5), place="会展中心"
    )


def _token(registration: Registration) -> str:
    return ticket_path(SECRET, registration.id).removeprefix("/check-in/")


def test_scanned_ticket_is_of_its_registration(session: Session, cast: Cast, event: Event) -> None:
    registration = make_registration(session, event, cast.alice)
    found = load_ticket(session, cast.alice.actor, SECRET, _token(registration))
    assert (found.registration, found.fault, found.is_own) == (registration, None, True)
    assert not load_ticket(session, Actor.anonymous(), SECRET, _token(registration)).is_own


@pytest.mark.parametrize("forged", ["", "1", "MQ.abc", "x" * 5000])
def test_forged_ticket_is_none(session: Session, cast: Cast, event: Event, forged: str) -> None:
    with pytest.raises(NotFound) as refusal:
        load_ticket(session, cast.carol.actor, SECRET, forged)
    assert refusal.value.sentence.startswith("这不是本平台的签到码")


def test_ticket_signed_elsewhere_or_of_a_registration_that_is_gone_is_none(
    session: Session, cast: Cast, event: Event
) -> None:
    registration = make_registration(session, event, cast.alice)
    elsewhere = ticket_path(b"other" * 8, registration.id).removeprefix("/check-in/")
    for token in (elsewhere, ticket_path(SECRET, 999).removeprefix("/check-in/")):
        with pytest.raises(NotFound):
            load_ticket(session, cast.carol.actor, SECRET, token)


@pytest.mark.parametrize(
    ("event_state", "state", "fault"),
    [
        ("final", "accepted", None),
        ("final", "requested", "unconfirmed"),
        ("final", "waitlisted", "unconfirmed"),
        ("final", "withdrawn", "withdrawn"),
        ("final", "declined", "withdrawn"),
        ("cancelled", "accepted", "cancelled"),
        ("closed", "accepted", "late"),
    ],
)
def test_only_the_accepted_of_an_event_that_is_on_get_in(
    session: Session, cast: Cast, event_state: str, state: str, fault: str | None
) -> None:
    now = utc_now()
    event = make_event(session, cast.carol.actor, state=event_state, starts_at=now, ends_at=now)
    registration = make_registration(session, event, cast.alice, state=state)
    assert fault_of(registration, now) == fault
    if fault is not None:
        with pytest.raises(Conflict):
            check_in(session, cast.carol.actor, registration)
    assert (registration.checked_in_at is not None) is False


def test_ticket_holds_from_midnight_to_midnight_of_the_event(session: Session, cast: Cast) -> None:
    start = datetime(2027, 3, 5, 9, tzinfo=CITY_ZONE)
    event = make_event(session, cast.carol.actor, starts_at=start, ends_at=start + timedelta(days=1))
    moments = {
        datetime(2027, 3, 4, 23, 59, tzinfo=CITY_ZONE): "early",
        datetime(2027, 3, 5, 0, 0, tzinfo=CITY_ZONE): None,
        datetime(2027, 3, 6, 23, 59, tzinfo=CITY_ZONE): None,
        datetime(2027, 3, 7, 0, 0, tzinfo=CITY_ZONE): "late",
    }
    assert {moment: day_fault(event, moment) for moment in moments} == moments


def test_desk_staff_and_organiser_check_in_and_nobody_else(session: Session, cast: Cast, event: Event) -> None:
    session.add_all(
        EventStaff(event_id=event.id, duty=duty, user_id=member.user_id, name=member.name)
        for duty, member in (("desk", cast.bob), ("interpreter", cast.mallory))
    )
    session.flush()
    session.refresh(event)
    able = [key for key in ("alice", "bob", "carol", "dave", "mallory") if can_check_in(cast[key].actor, event)]
    assert (able, can_check_in(Actor.anonymous(), event)) == (["bob", "carol", "dave"], False)
    registration = make_registration(session, event, cast.alice)
    with pytest.raises(Forbidden):
        check_in(session, cast.alice.actor, registration)
    assert check_in(session, cast.bob.actor, registration)


def test_second_scan_is_harmless_and_keeps_the_first_moment(session: Session, cast: Cast, event: Event) -> None:
    registration = make_registration(session, event, cast.alice)
    assert check_in(session, cast.carol.actor, registration)
    first = registration.checked_in_at
    assert not check_in(session, cast.dave.actor, registration)
    assert (registration.checked_in_at, registration.checked_in_by_id) == (first, cast.carol.user_id)
    noted = sa.select(sa.func.count()).where(JournalEntry.action == "check_in")
    assert session.scalar(noted) == 1


def test_slip_is_undone_until_the_event_is_closed(session: Session, cast: Cast, event: Event) -> None:
    registration = make_registration(session, event, cast.alice)
    check_in(session, cast.carol.actor, registration)
    assert (undo(session, cast.carol.actor, registration), undo(session, cast.carol.actor, registration)) == (
        True,
        False,
    )
    check_in(session, cast.carol.actor, registration)
    event.state = "closed"
    session.flush()
    with pytest.raises(Conflict):
        undo(session, cast.carol.actor, registration)


def test_attendance_counts_check_ins_only(session: Session, cast: Cast, event: Event) -> None:
    bobs = [make_registration(session, event, cast.bob)]
    bobs.append(make_registration(session, event, session.get_one(Organization, cast.bob.organization_id), name="王工"))
    make_registration(session, event, cast.alice)
    make_registration(session, event, cast.mallory, state="requested")
    for row in bobs:
        check_in(session, cast.carol.actor, row)
    assert present(session, event) == Present(2, 3, 1, 2)
    found = desk(session, cast.carol.actor, event)
    assert {(row.name, row.present, row.expected) for row in found.organizations} == {
        ("昆仑理工大学", 2, 2),
        ("天山机械有限公司", 0, 1),
    }


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ["阿丽娅", "鲍博"]),
        ("昆仑", ["鲍博"]),
        ("阿丽", ["阿丽娅"]),
        ("0991", ["鲍博"]),
        ("%", []),
        ("鲍 理工", ["鲍博"]),
    ],
)
def test_desk_finds_by_name_organization_or_telephone(
    session: Session, cast: Cast, event: Event, typed: str, names: list[str]
) -> None:
    make_registration(session, event, cast.alice)
    make_registration(session, event, cast.bob, phone="0991-100")
    assert sorted(row.name for row in desk(session, cast.carol.actor, event, typed).rows) == sorted(names)


@pytest.mark.parametrize("count", [1, 3])
def test_desk_asks_as_much_for_one_guest_as_for_three(session: Session, cast: Cast, event: Event, count: int) -> None:
    for number in range(count):
        organization = Organization(kind="enterprise", name=f"单位 {number}")
        session.add(organization)
        session.flush()
        make_registration(session, event, organization)
    with counted_queries(session.get_bind().engine) as statements:  # type: ignore[union-attr]
        assert len(desk(session, cast.carol.actor, event).rows) == count
    assert len(statements) == 1


def test_registration_of_another_event_is_not_on_the_list(session: Session, cast: Cast, event: Event) -> None:
    other = make_registration(session, make_event(session, cast.carol.actor), cast.alice)
    with pytest.raises(NotFound):
        get_at_desk(session, event, other.id)
    with pytest.raises(Forbidden):
        load_desk_event(session, cast.alice.actor, event.id)


def test_walk_in_is_registered_and_checked_in_once(session: Session, cast: Cast, event: Event) -> None:
    typed = WalkIn("赵 工", "昆仑理工大学", "工程师", "0991-1")
    rows = [walk_in(session, cast.carol.actor, event, typed) for _ in range(2)]
    assert rows[0] is rows[1]
    assert (rows[0].organization_id, rows[0].state) == (cast.bob.organization_id, "accepted")
    assert present(session, event) == Present(1, 1, 1, 1)


def test_walk_in_of_an_unknown_organization_enters_it_unchecked(session: Session, cast: Cast, event: Event) -> None:
    row = walk_in(session, cast.carol.actor, event, WalkIn("赵工", "戈壁新材料有限公司"))
    organization = session.get_one(Organization, row.organization_id)
    assert (organization.name, organization.verified_at) == ("戈壁新材料有限公司", None)


def test_walk_in_who_had_withdrawn_is_the_same_person(session: Session, cast: Cast, event: Event) -> None:
    gone = make_registration(session, event, cast.alice, state="withdrawn")
    assert walk_in(session, cast.carol.actor, event, WalkIn("阿丽娅", "天山机械有限公司")) is gone
    assert (gone.state, gone.checked_in_at is not None) == ("accepted", True)


@pytest.mark.parametrize(
    ("name", "organization", "fields"), [("", "", {"name", "organization"}), ("赵", "", {"organization"})]
)
def test_walk_in_needs_name_and_organization(
    session: Session, cast: Cast, event: Event, name: str, organization: str, fields: set[str]
) -> None:
    with pytest.raises(Invalid) as refusal:
        walk_in(session, cast.carol.actor, event, WalkIn(name, organization))
    assert set(refusal.value.errors) == fields


def test_walk_in_comes_on_the_day_only(session: Session, cast: Cast) -> None:
    event = make_event(session, cast.carol.actor, state="final")
    with pytest.raises(Conflict):
        walk_in(session, cast.carol.actor, event, WalkIn("赵工", "昆仑理工大学"))


def test_organizations_are_suggested_by_a_part_of_their_name(session: Session, cast: Cast, event: Event) -> None:
    assert suggest_organizations(session, cast.carol.actor, event, "理工") == ("昆仑理工大学",)
    assert suggest_organizations(session, cast.carol.actor, event, "%") == ()
