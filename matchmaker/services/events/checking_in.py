"""Checking in: who is at an event, by his ticket's QR code or by the desk's list. Attendance counts nothing else."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.events import Event, EventState, StaffDuty
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.listings import ListingKind
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_read_event, can_run_event
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.domain.states import move
from matchmaker.services.events.loading import load_event, lock_event
from matchmaker.services.events.tickets import FAULTS, Fault, day_fault, fault_of
from matchmaker.services.identifiers import read_organization_name, read_person_name
from matchmaker.services.imports.owners import find_organization, make_organization
from matchmaker.services.reading.text import Unreadable, line

AT_DESK = (StaffDuty.DESK, StaffDuty.HOST)
EXPECTED = (RegistrationState.ACCEPTED,)
SUGGESTIONS = 8
PHONE_MOST, POSITION_MOST = 40, 80


@dataclass(frozen=True, slots=True)
class Present:
    """How many of those expected are there, as persons and as organizations."""

    persons: int
    persons_expected: int
    organizations: int
    organizations_expected: int


@dataclass(frozen=True, slots=True)
class OrganizationPresent:
    """One organization: how many of its people are there, of how many expected."""

    name: str
    present: int
    expected: int


@dataclass(frozen=True, slots=True)
class Desk:
    """The list of the desk: those who fit what was typed, and counts over all. `fault` is why nobody can check in."""

    rows: tuple[Registration, ...]
    present: Present
    organizations: tuple[OrganizationPresent, ...]
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Somebody who comes without having registered, as typed at the desk."""

    name: str = ""
    organization: str = ""
    position: str = ""
    phone: str = ""


def can_check_in(actor: Actor, event: Event) -> bool:
    """Whoever runs the event, and its staff at the desk and on the stage."""
    return can_run_event(actor, event) or (
        actor.user_id is not None
        and can_read_event(actor, event)
        and any(person.user_id == actor.user_id and person.duty in AT_DESK for person in event.staff)
    )


def load_desk_event(session: Session, actor: Actor, event_id: int) -> Event:
    """Return an event at whose desk the actor works.

    Raises:
        NotFound: there is none, or he may not know.
        Forbidden: he does not work at its desk.
    """
    event = load_event(session, actor, event_id)
    require_desk(actor, event)
    return event


def require_desk(actor: Actor, event: Event) -> None:
    """Let pass only who works at an event's desk.

    Raises:
        Forbidden: he does not.
    """
    if not can_check_in(actor, event):
        raise Forbidden(N_("签到由主办方和签到台的工作人员办理。"))


def desk(session: Session, actor: Actor, event: Event, typed: str = "") -> Desk:
    """Return the desk's list: those expected whose name, telephone or organization holds what was typed.

    Raises:
        Forbidden: the actor does not work at the desk.
    """
    require_desk(actor, event)
    rows = session.scalars(
        sa.select(Registration)
        .join(Organization, Organization.id == Registration.organization_id)
        .where(Registration.event_id == event.id, Registration.state.in_(EXPECTED))
        .options(joinedload(Registration.organization))
        .order_by(Organization.name, Registration.name, Registration.id)
    ).all()
    words = line(typed).casefold().split()
    fitting = tuple(row for row in rows if all(word in _searched(row) for word in words))
    return Desk(fitting, _present(rows), _by_organization(rows), day_fault(event, utc_now()))


def present(session: Session, event: Event) -> Present:
    """Return how many came to an event, by check-ins."""
    expected = Registration.event_id == event.id, Registration.state.in_(EXPECTED)
    return _present(session.scalars(sa.select(Registration).where(*expected)).all())


def get_at_desk(session: Session, event: Event, registration_id: int) -> Registration:
    """Return a registration of an event, for its desk.

    Raises:
        NotFound: it is none of this event's.
    """
    row = session.get(Registration, registration_id)
    if row is None or row.event_id != event.id:
        raise NotFound(N_("没有找到这个报名。"))
    return row


def check_in(session: Session, actor: Actor, registration: Registration) -> bool:
    """Write down that somebody is there; False where that was written before, and stays as it was.

    Raises:
        Forbidden: the actor does not work at the desk.
        Conflict: he is not expected, or it is not the day.
    """
    require_desk(actor, registration.event)
    _lock(session, registration)
    if registration.checked_in_at is not None:
        return False
    fault = fault_of(registration, utc_now())
    if fault is not None:
        raise Conflict(FAULTS[fault])
    _note(session, actor, registration)
    return True


def undo(session: Session, actor: Actor, registration: Registration) -> bool:
    """Take a check-in back that was a slip; False where there was none.

    Raises:
        Forbidden: the actor does not work at the desk.
        Conflict: the event is closed: its attendance has been counted.
    """
    require_desk(actor, registration.event)
    _lock(session, registration)
    if registration.event.state == EventState.CLOSED:
        raise Conflict(N_("活动已经结束归档，签到记录不能再改。"))
    if registration.checked_in_at is None:
        return False
    registration.checked_in_at = registration.checked_in_by_id = None
    record(session, actor, "undo_check_in", "registration", registration.id)
    session.flush()
    return True


def walk_in(session: Session, actor: Actor, event: Event, typed: WalkIn) -> Registration:
    """Register and check in somebody who stands at the desk, beyond the capacity where the desk lets him in.

    An organization that the platform does not know is entered unchecked.

    Raises:
        Forbidden: the actor does not work at the desk.
        Conflict: it is not the day, or the event is cancelled.
        Invalid: by field.
    """
    require_desk(actor, event)
    lock_event(session, event)
    name, organization_id = _read(session, actor, typed)
    fault = Fault.CANCELLED if event.state == EventState.CANCELLED else day_fault(event, utc_now())
    if fault is not None:
        raise Conflict(FAULTS[fault])
    registration = _expected_already(session, event, name, organization_id)
    if registration is None:
        registration = Registration(
            event_id=event.id,
            organization_id=organization_id,
            name=name,
            position=line(typed.position)[:POSITION_MOST],
            phone=line(typed.phone)[:PHONE_MOST],
            registered_by_id=actor.user_id,
        )
        session.add(registration)
        session.flush()
        record(session, actor, "create", "registration", registration.id, after=registration.state, event_id=event.id)
    if registration.state != RegistrationState.ACCEPTED:
        move(session, registration, RegistrationState.ACCEPTED, actor)
    if registration.checked_in_at is None:
        _note(session, actor, registration)
    return registration


def suggest_organizations(session: Session, actor: Actor, event: Event, typed: str) -> tuple[str, ...]:
    """Return names of organizations that begin with or hold what was typed, those of this event's guests first.

    Raises:
        Forbidden: the actor does not work at the desk.
    """
    require_desk(actor, event)
    text = line(typed)[:60]
    if not text:
        return ()
    guests = sa.select(Registration.organization_id).where(Registration.event_id == event.id)
    found = sa.select(Organization.name).where(
        Organization.name.contains(text, autoescape=True),
        Organization.merged_into_id.is_(None),
        Organization.suspended_at.is_(None),
    )
    return tuple(session.scalars(found.order_by(Organization.id.not_in(guests), Organization.name).limit(SUGGESTIONS)))


def _lock(session: Session, registration: Registration) -> None:
    session.scalars(
        sa.select(Registration)
        .where(Registration.id == registration.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _note(session: Session, actor: Actor, registration: Registration) -> None:
    registration.checked_in_at, registration.checked_in_by_id = utc_now(), actor.user_id
    record(session, actor, "check_in", "registration", registration.id)
    session.flush()


def _read(session: Session, actor: Actor, typed: WalkIn) -> tuple[str, int]:
    errors: dict[str, str] = {}
    name = organization = ""
    found: int | None = None
    try:
        name = read_person_name(typed.name)
    except Unreadable as fault:
        errors["name"] = fault.sentence
    try:
        organization = read_organization_name(typed.organization)
        found = find_organization(session, typed.organization)
    except Unreadable as fault:
        errors["organization"] = fault.sentence
    except Invalid as error:
        errors["organization"] = Sentence(error.sentence, **error.values)
    if found is not None and session.get_one(Organization, found).is_suspended:
        errors["organization"] = N_("这个单位已被停用，不能登记。")
    if errors:
        raise Invalid(N_("请填写姓名和单位。"), errors)
    return name, found or make_organization(session, actor, ListingKind.NEED, organization)


def _expected_already(session: Session, event: Event, name: str, organization_id: int) -> Registration | None:
    """Somebody who registered and says he did not, or whose form is sent twice, stays one person."""
    same = (
        Registration.event_id == event.id,
        Registration.organization_id == organization_id,
        Registration.name == name,
    )
    return session.scalars(sa.select(Registration).where(*same).order_by(Registration.id).limit(1)).first()


def _searched(row: Registration) -> str:
    return f"{row.name} {row.organization.name} {row.phone} {row.position}".casefold()


def _present(rows: Sequence[Registration]) -> Present:
    people = list(rows)
    came = [row for row in people if row.checked_in_at is not None]
    return Present(
        len(came),
        len(people),
        len({row.organization_id for row in came}),
        len({row.organization_id for row in people}),
    )


def _by_organization(rows: Sequence[Registration]) -> tuple[OrganizationPresent, ...]:
    names = {row.organization_id: row.organization.name for row in rows}
    expected = Counter(row.organization_id for row in rows)
    came = Counter(row.organization_id for row in rows if row.checked_in_at is not None)
    return tuple(OrganizationPresent(name, came[each], expected[each]) for each, name in names.items())
