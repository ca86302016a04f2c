"""Events of five kinds: planned, announced, registered for, met at, checked in, told of, closed."""

from datetime import date, timedelta
from functools import partial

import sqlalchemy as sa

from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.events import Event, EventKind, EventState
from matchmaker.domain.permissions import Actor
from matchmaker.domain.registrations import Registration, RegistrationState
from matchmaker.services.appointments.ratings import Said
from matchmaker.services.appointments.recording import record_outcome, say
from matchmaker.services.events.checking_in import check_in
from matchmaker.services.events.enrolments import Enrolment
from matchmaker.services.events.furnishing import add_tables
from matchmaker.services.events.moving import move_event
from matchmaker.services.events.planning import create_event
from matchmaker.services.events.plans import Plan
from matchmaker.services.events.registering import register, withdraw
from matchmaker.services.reading.moments import written_moment
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.booking import answer, ask
from matchmaker.services.timetables.free_slots import common_slots
from synthetic.roadshows import set_programme, show
from synthetic.story import Person, Story, moment
from synthetic.words import draw_field

# How often each kind comes in a year, in turn, None for the service group; the plan asks for every one of them.
KINDS = (
    *(EventKind.SESSION, EventKind.BRIEFING, EventKind.ROADSHOW, EventKind.EXHIBITION, EventKind.TRAINING, None),
    *(EventKind.SESSION, EventKind.ROADSHOW, EventKind.BRIEFING, EventKind.SESSION, EventKind.EXHIBITION),
)
# The plan counts these activities apart from the others, by their name.
SERVICE_GROUP = "“红山科创服务团”专家咨询活动（第{number}场）"
TITLES = {
    EventKind.SESSION: "第{number}场供需对接会",
    EventKind.ROADSHOW: "第{number}场科技成果路演",
    EventKind.TRAINING: "第{number}期技术经纪人培训",
    EventKind.EXHIBITION: "第{number}次组团参展",
    EventKind.BRIEFING: "第{number}场科技政策宣贯会",
}
CAPITALS = ("650104", "650102", "110000", "610000", "440000", "530000")
FIRST_DAY, LAST_DAY = 50, 350
LEAD_DAYS = 28
WITHDRAWS, COMES = 0.06, 0.9


def schedule_events(story: Story) -> None:
    """Plan each event some four weeks before its day."""
    days = sorted(story.some_day(FIRST_DAY, LAST_DAY) for _ in range(story.sizes.events))
    for number, day in enumerate(days):
        planned = story.some_time(day - timedelta(days=LEAD_DAYS))
        story.at(planned, "events", partial(_plan, KINDS[number % len(KINDS)], number + 1, day))


def _plan(chosen: EventKind | None, number: int, day: date, story: Story) -> None:
    kind, title = chosen or EventKind.TRAINING, TITLES[chosen] if chosen else SERVICE_GROUP
    runner = story.random.choice([*story.cast.brokers, *story.cast.bureau, *story.cast.branches])
    starts = moment(day, 10)
    plan = Plan(
        kind=kind,
        title=title.format(number=number),
        summary="面向企业和高校院所，现场交流。",
        fields=(draw_field(story.random),) if kind in {EventKind.SESSION, EventKind.ROADSHOW} else (),
        starts_at=written_moment(starts),
        ends_at=written_moment(starts + timedelta(hours=6)),
        place="会展中心",
        region=CAPITALS[number % len(CAPITALS)] if kind == EventKind.EXHIBITION else "650104",
        needs_approval=False,
        slot_minutes="30" if kind in {EventKind.SESSION, EventKind.ROADSHOW} else "",
    )
    actor = story.actor(runner)
    event = create_event(story.session, actor, plan)
    if kind in {EventKind.SESSION, EventKind.ROADSHOW}:
        add_tables(story.session, actor, event, str(story.sizes.visitors), "一号厅")
    for state in (EventState.ANNOUNCED, EventState.REGISTRATION):
        move_event(story.session, actor, event, state)
    for visitor in _visitors(story, kind):
        story.later(story.random.randint(1, LEAD_DAYS - 8), "events", partial(_register, event.id, visitor))
    if kind == EventKind.SESSION:
        story.at(moment(day - timedelta(days=4), 12), "meetings", partial(_book, event.id))
    if kind == EventKind.ROADSHOW:
        set_programme(story, actor, event)
    story.at(moment(day - timedelta(days=2), 12), "events", partial(_settle, event.id, runner))
    story.at(starts + timedelta(minutes=5), "events", partial(_admit, event.id, runner))


def _visitors(story: Story, kind: EventKind) -> list[Person]:
    sides = [story.cast.enterprises, story.cast.universities]
    if kind == EventKind.TRAINING:
        sides = [story.cast.brokers, story.cast.universities]
    count = story.sizes.visitors // 2
    return [person for side in sides for person in story.random.sample(side, min(count, len(side)))]


def _register(event_id: int, visitor: Person, story: Story) -> None:
    event = story.session.get_one(Event, event_id)
    enrolment = Enrolment(name=visitor.name, position="经理", phone="0991-0000000")
    registration = register(story.session, story.actor(visitor), event, enrolment)
    story.counts["registrations"] += 1
    if story.random.random() < WITHDRAWS:
        story.later(1, "events", partial(_withdraw, registration.id, visitor))


def _withdraw(registration_id: int, visitor: Person, story: Story) -> None:
    registration = story.session.get_one(Registration, registration_id)
    if not registration.event.is_over:
        withdraw(story.session, story.actor(visitor), registration, "临时出差")


def _book(event_id: int, story: Story) -> None:
    """Let each enterprise ask a university for a talk where both are free; most say yes."""
    event = story.session.get_one(Event, event_id)
    guests = _accepted(story, event)
    firms = [each for each in guests if story.person(each.user_id) in story.cast.enterprises]
    others = [each for each in guests if each not in firms]
    for firm in firms:
        for other in story.random.sample(others, min(2, len(others))):
            one, two = story.person(firm.user_id), story.person(other.user_id)
            free = common_slots(story.session, load_board(story.session, event), firm, other)
            if one is None or two is None or not free:
                continue
            asked = ask(story.session, story.actor(one), event, other.id, free[0], "想谈谈合作的可能。")
            answer(story.session, story.actor(two), event, asked.id, accept=story.random.random() < 0.85)


def _settle(event_id: int, runner: Person, story: Story) -> None:
    """Two days before: what has nobody to meet is cancelled, everything else is final."""
    event, actor = story.session.get_one(Event, event_id), story.actor(runner)
    meets = sa.select(Appointment.id).where(
        Appointment.event_id == event.id, Appointment.state == AppointmentState.CONFIRMED
    )
    if event.is_session and story.session.scalars(meets.limit(1)).first() is None:
        move_event(story.session, actor, event, EventState.CANCELLED, "报名的人不够，改期再办。")
        story.counts["cancelled events"] += 1
        return
    move_event(story.session, actor, event, EventState.FINAL, without_timetable=event.is_session)


def _admit(event_id: int, runner: Person, story: Story) -> None:
    """Check in who comes; when it is over, write down what came of the meetings, and close it a week later."""
    event, actor = story.session.get_one(Event, event_id), story.actor(runner)
    if event.state != EventState.FINAL:
        return
    for registration in _accepted(story, event):
        if story.random.random() < COMES:
            check_in(story.session, actor, registration)
            story.counts["check-ins"] += 1
    show(story, event)
    story.at(event.ends_at, "meetings", partial(_after, event_id, runner))


def _after(event_id: int, runner: Person, story: Story) -> None:
    event, actor = story.session.get_one(Event, event_id), story.actor(runner)
    move_event(story.session, actor, event, EventState.HELD)
    story.counts[f"held {event.kind}s"] += 1
    booked = sa.select(Appointment).where(
        Appointment.event_id == event.id, Appointment.state == AppointmentState.CONFIRMED
    )
    for appointment in story.session.scalars(booked.order_by(Appointment.id)).all():
        _record(story, actor, appointment)
    story.later(7, "events", partial(_close, event_id, runner))


def _record(story: Story, runner: Actor, appointment: Appointment) -> None:
    came = [side for side in (appointment.one, appointment.other) if side.checked_in_at is not None]
    outcome = "held" if len(came) == 2 else "both" if not came else "one" if came == [appointment.other] else "other"
    record_outcome(story.session, runner, appointment.id, outcome)
    story.counts[f"meetings {appointment.state}"] += 1
    if outcome != "held":
        return
    for side in (appointment.one, appointment.other):
        person = story.person(side.user_id)
        if person is not None and story.random.random() < 0.7:
            words = Said(
                "met", str(story.random.randint(2, 5)), "谈得具体。", story.random.choice(("continue", "stop"))
            )
            say(story.session, story.actor(person), appointment.id, words)


def _close(event_id: int, runner: Person, story: Story) -> None:
    move_event(story.session, story.actor(runner), story.session.get_one(Event, event_id), EventState.CLOSED)


def _accepted(story: Story, event: Event) -> list[Registration]:
    accepted = Registration.event_id == event.id, Registration.state == RegistrationState.ACCEPTED
    return list(story.session.scalars(sa.select(Registration).where(*accepted).order_by(Registration.id)))
