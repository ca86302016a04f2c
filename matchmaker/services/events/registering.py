"""Registering for an event: asking to come, changing that, staying away after all, and the desk's own list."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.events import Event, EventState
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.listings import ListingKind
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor, can_change_registration, can_read_event, can_register, can_run_event
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.domain.states import move
from matchmaker.services.events import notices
from matchmaker.services.events.enrolments import Enrolment, read_enrolment
from matchmaker.services.events.leaving import release_meetings
from matchmaker.services.events.loading import lock_event, require_runner
from matchmaker.services.events.places import advance, give_place
from matchmaker.services.identifiers import read_organization_name
from matchmaker.services.imports.owners import find_organization, make_organization
from matchmaker.services.listings import LARGEST_ID
from matchmaker.services.reading.text import Unreadable
from matchmaker.services.timetables.disruptions import propose_repair

PER_ORGANIZATION_MOST = 30
SUSPENDED = N_("这个单位已被停用，不能登记。")
STANDING = notices.STANDING
STAY = ("arrives_at", "departs_at", "absences")


def closes_at(event: Event) -> datetime:
    """Return until when one may register: the deadline, or else the start."""
    return event.registration_until or event.starts_at


def takes_registrations(event: Event) -> bool:
    """Whether one may register now."""
    return event.state == EventState.REGISTRATION and utc_now() < closes_at(event) and not event.is_suspended


def own_registration(session: Session, actor: Actor, event: Event) -> Registration | None:
    """Return the actor's own registration at an event, in whatever state."""
    if actor.user_id is None:
        return None
    own = Registration.event_id == event.id, Registration.user_id == actor.user_id
    return session.scalar(sa.select(Registration).where(*own))


def colleagues(session: Session, actor: Actor, event: Event) -> tuple[Registration, ...]:
    """Return the registrations of an event that the actor may change beside his own."""
    if actor.organization_id is None:
        return ()
    own = Registration.event_id == event.id, Registration.organization_id == actor.organization_id
    rows = session.scalars(sa.select(Registration).where(*own).order_by(Registration.registered_at, Registration.id))
    others = (row for row in rows if row.user_id != actor.user_id and can_change_registration(actor, row))
    return tuple(row for row in others if row.state in STANDING)


def register(
    session: Session, actor: Actor, event: Event, enrolment: Enrolment, *, colleague: bool = False
) -> Registration:
    """Register the actor for his organization, or a `colleague` without an account here.

    Where the organiser confirms registrations it waits for that; otherwise it takes a place, or waits for one.

    Raises:
        Forbidden: the actor acts for no organization.
        Conflict: registration is not open, he is registered already, or his organization sends too many.
        Invalid: by field, see `read_enrolment`.
    """
    if not can_register(actor):
        raise Forbidden(N_("先加入一个单位，再代表单位报名。"))
    lock_event(session, event)
    if not takes_registrations(event):
        raise Conflict(N_("现在不能报名：还没有开放，或已经截止。"))
    values = read_enrolment(event, enrolment)
    _require_room_for(session, actor, event)
    standing = None if colleague else own_registration(session, actor, event)
    if standing is not None and standing.state in STANDING:
        raise Conflict(N_("您已经报名了，可以在报名页修改。"))
    registration = standing or Registration(event_id=event.id, user_id=None if colleague else actor.user_id)
    registration.organization_id, registration.registered_by_id = actor.organization_id or 0, actor.user_id
    _write(session, actor, event, registration, values)
    if event.needs_approval:
        notices.tell_requested(session, event, registration)
    else:
        _settle(session, actor, event, registration)
    return registration


def register_at_desk(
    session: Session, actor: Actor, event: Event, enrolment: Enrolment, organization: str
) -> Registration:
    """Register somebody without an account, as the organiser: he comes for certain while there is a place.

    `organization` is a name, a credit code or an id; one that the platform does not know yet is entered unchecked.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: the event is over.
        Invalid: by field, `organization` among them.
    """
    require_runner(actor, event)
    lock_event(session, event)
    if event.is_over or event.state == EventState.DRAFT:
        raise Conflict(N_("活动还没有公布，或已经结束，不能登记参会人。"))
    values = read_enrolment(event, enrolment, at_desk=True)
    registration = Registration(
        event_id=event.id, organization_id=_named(session, actor, organization), registered_by_id=actor.user_id
    )
    _write(session, actor, event, registration, values)
    give_place(session, actor, event, registration)
    return registration


def get_registration(session: Session, actor: Actor, registration_id: int) -> Registration:
    """Return a registration that the actor may know of: his own side's, or one of an event that he runs.

    Raises:
        NotFound: there is none, or he may not know.
    """
    found = None
    if 0 < registration_id <= LARGEST_ID:
        loaded = joinedload(Registration.organization), joinedload(Registration.event).joinedload(Event.organization)
        found = session.get(Registration, registration_id, options=loaded)
    if found is None or not can_read_event(actor, found.event) or not _may_know(actor, found):
        raise NotFound(N_("没有找到这条报名记录。"))
    return found


def change_registration(session: Session, actor: Actor, registration: Registration, enrolment: Enrolment) -> None:
    """Change what somebody wrote about his coming; the organiser hears of other times once he is expected.

    Raises:
        Conflict: the event is over, or the registration does not stand.
        Invalid: by field, see `read_enrolment`.
    """
    event = registration.event
    if event.is_over or registration.state not in STANDING:
        raise Conflict(N_("活动已经结束，或报名已经退出，不能再修改。"))
    by_organiser = can_run_event(actor, event)
    values = read_enrolment(event, enrolment, at_desk=by_organiser)
    changed = tuple(name for name, value in values.items() if getattr(registration, name) != value)
    for name in changed:
        setattr(registration, name, values[name])
    session.flush()
    record(session, actor, "edit", "registration", registration.id, fields=list(changed))
    expected = registration.state == RegistrationState.ACCEPTED
    if expected and not by_organiser and not set(changed).isdisjoint(STAY):
        notices.tell_stay_changed(session, event, registration)


def withdraw(session: Session, actor: Actor, registration: Registration, reason: str = "") -> None:
    """Take a registration back: its meetings are called off, and who waits moves up.

    Raises:
        Conflict: the event is over, or the registration does not stand any more.
    """
    event = registration.event
    lock_event(session, event)
    # Whoever waited may have moved up while this waited for the lock: then his place is to be given on.
    session.refresh(registration, ["state"])
    if event.is_over:
        raise Conflict(N_("活动已经结束，不能再退出。"))
    was_expected = registration.state == RegistrationState.ACCEPTED
    move(session, registration, RegistrationState.WITHDRAWN, actor, reason or None)
    session.flush()
    if was_expected:
        release_meetings(session, actor, registration)
        if not can_run_event(actor, event):
            notices.tell_withdrawn(session, event, registration)
        advance(session, event)
        propose_repair(session, event, registration)


def _may_know(actor: Actor, registration: Registration) -> bool:
    return can_change_registration(actor, registration) or can_run_event(actor, registration.event)


def _require_room_for(session: Session, actor: Actor, event: Event) -> None:
    own = (
        Registration.event_id == event.id,
        Registration.organization_id == actor.organization_id,
        Registration.state.in_(STANDING),
    )
    count = session.scalar(sa.select(sa.func.count()).select_from(Registration).where(*own)) or 0
    if count >= PER_ORGANIZATION_MOST:
        raise Conflict(N_("一个单位最多报名 %(most)d 人，请联系主办方。"), most=PER_ORGANIZATION_MOST)


def _write(session: Session, actor: Actor, event: Event, registration: Registration, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(registration, name, value)
    registration.registered_at = utc_now()
    if registration.id is None:
        session.add(registration)
        session.flush()
        record(session, actor, "create", "registration", registration.id, after=registration.state, event_id=event.id)
    else:
        move(session, registration, RegistrationState.REQUESTED, actor)
        session.flush()


def _settle(session: Session, actor: Actor, event: Event, registration: Registration) -> None:
    if give_place(session, actor, event, registration):
        notices.tell_accepted(session, event, registration)
    else:
        notices.tell_waitlisted(session, event, registration)


def _named(session: Session, actor: Actor, text: str) -> int:
    try:
        name = read_organization_name(text)
        found = find_organization(session, text)
    except Unreadable as fault:
        raise Invalid(fault.sentence, {"organization": fault.sentence}) from None
    except Invalid as error:
        sentence = Sentence(error.sentence, **error.values)
        raise Invalid(sentence, {"organization": sentence}) from None
    if found is None:
        return make_organization(session, actor, ListingKind.NEED, name)
    if session.get_one(Organization, found).is_suspended:
        raise Invalid(SUSPENDED, {"organization": SUSPENDED})
    return found
