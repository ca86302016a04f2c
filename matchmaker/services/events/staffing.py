"""The staff of an event: hosts, brokers, interpreters with their languages, people at the desk."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.appointments import Appointment
from matchmaker.domain.errors import Conflict, Invalid, NotFound
from matchmaker.domain.events import Event, EventStaff, StaffDuty
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor
from matchmaker.services.events.enrolments import SPOKEN, read_absences
from matchmaker.services.events.loading import lock_event, require_runner
from matchmaker.services.events.planning import require_writable
from matchmaker.services.ownership import members
from matchmaker.services.reading.text import line
from matchmaker.services.timetables.unseating import let_go_of_staff

MOST_STAFF, NAME_MOST, PHONE_MOST = 100, 80, 40
DUTY_NAMES: dict[str, str] = {
    StaffDuty.HOST: N_("主持人"),
    StaffDuty.BROKER: N_("技术经纪人"),
    StaffDuty.INTERPRETER: N_("翻译"),
    StaffDuty.DESK: N_("签到台"),
}


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One of the staff as typed: `user_id` is one of the organiser's members, absences pairs of moments."""

    duty: str = ""
    name: str = ""
    phone: str = ""
    languages: tuple[str, ...] = ()
    user_id: str = ""
    absences: tuple[tuple[str, str], ...] = ()


def candidates(session: Session, event: Event) -> list[User]:
    """Return the members of the organising organization, who may be named with their account."""
    return members(session, event.organization_id)


def add_staff(session: Session, actor: Actor, event: Event, typed: StaffLine) -> EventStaff:
    """Add somebody to the staff.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: the event is over, or has MOST_STAFF people.
        Invalid: by field; an interpreter has a language.
    """
    _require(session, actor, event)
    if len(event.staff) >= MOST_STAFF:
        raise Conflict(N_("工作人员最多 %(most)d 位。"), most=MOST_STAFF)
    person = EventStaff(**_read(session, event, typed))
    event.staff.append(person)
    session.flush()
    record(session, actor, "add_staff", "event", event.id, staff_id=person.id, duty=person.duty)
    return person


def edit_staff(session: Session, actor: Actor, event: Event, staff_id: int, typed: StaffLine) -> EventStaff:
    """Change one of the staff.

    Raises:
        Forbidden, Conflict, Invalid: see `add_staff`; who has meetings keeps his duty.
        NotFound: the event has no such person.
    """
    _require(session, actor, event)
    person = get_staff(event, staff_id)
    values = _read(session, event, typed)
    if values["duty"] != person.duty and _has_meetings(session, person):
        raise Invalid(N_("已经安排了洽谈，不能改变职责。"), {"duty": N_("已经安排了洽谈，不能改变职责。")})
    for name, value in values.items():
        setattr(person, name, value)
    session.flush()
    record(session, actor, "edit_staff", "event", event.id, staff_id=person.id, duty=person.duty)
    return person


def remove_staff(session: Session, actor: Actor, event: Event, staff_id: int) -> None:
    """Take somebody off the staff who was never planned for a meeting.

    Raises:
        Forbidden, Conflict: see `add_staff`; or meetings are or were planned with him.
        NotFound: the event has no such person.
    """
    _require(session, actor, event)
    person = get_staff(event, staff_id)
    if _has_meetings(session, person):
        raise Conflict(N_("已经为这位工作人员安排过洽谈，不能删除。可以填写不在场的时间。"))
    let_go_of_staff(session, person.id)
    event.staff.remove(person)
    session.flush()
    record(session, actor, "remove_staff", "event", event.id, duty=person.duty)


def get_staff(event: Event, staff_id: int) -> EventStaff:
    """Return one of an event's staff.

    Raises:
        NotFound: it has no such person.
    """
    found = next((person for person in event.staff if person.id == staff_id), None)
    if found is None:
        raise NotFound(N_("没有找到这位工作人员，可能已被删除。"))
    return found


def _has_meetings(session: Session, person: EventStaff) -> bool:
    planned = sa.or_(Appointment.interpreter_id == person.id, Appointment.broker_id == person.id)
    return session.scalar(sa.select(Appointment.id).where(planned).limit(1)) is not None


def _require(session: Session, actor: Actor, event: Event) -> None:
    require_runner(actor, event)
    lock_event(session, event)
    require_writable(event)


def _read(session: Session, event: Event, typed: StaffLine) -> dict[str, object]:
    errors: dict[str, str] = {}
    user = _member(session, event, typed.user_id, errors)
    name, phone = line(typed.name) or (user.name if user else ""), line(typed.phone)
    languages = list(dict.fromkeys(typed.languages))
    if typed.duty not in set(StaffDuty):
        errors["duty"] = N_("请从列表中选择。")
    if not 0 < len(name) <= NAME_MOST:
        errors["name"] = Sentence(N_("请填写姓名，最多 %(most)d 个字。"), most=NAME_MOST)
    if len(phone) > PHONE_MOST:
        errors["phone"] = Sentence(N_("最多 %(most)d 个字。"), most=PHONE_MOST)
    if any(code == SPOKEN or code not in codes.table("languages") for code in languages):
        errors["languages"] = N_("请从列表中选择。")
    elif typed.duty == StaffDuty.INTERPRETER and not languages:
        errors["languages"] = N_("请选择能翻译的语言。")
    absences = read_absences(event, typed.absences, errors)
    if errors:
        raise Invalid(N_("还有 %(count)d 处需要修改。"), errors, count=len(errors))
    return {
        "duty": typed.duty,
        "name": name,
        "phone": phone,
        "languages": languages,
        "user_id": user.id if user else None,
        "absences": absences,
    }


def _member(session: Session, event: Event, typed: str, errors: dict[str, str]) -> User | None:
    if not typed:
        return None
    found = next((person for person in candidates(session, event) if str(person.id) == typed), None)
    if found is None:
        errors["user_id"] = N_("请从列表中选择。")
    return found
