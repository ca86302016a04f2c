"""An event's whole story by the verbs that the site uses, on SQLite and on PostgreSQL, each act a transaction of its
own at its own time; and the migrations from nothing to head and back on PostgreSQL."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.orm import Session

from matchmaker import migrations
from matchmaker.config import Settings
from matchmaker.domain.appointments import Appointment, Occupancy
from matchmaker.domain.base import Database
from matchmaker.domain.clock import StoryClock, clock_is
from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal
from matchmaker.domain.events import Event
from matchmaker.domain.follow_ups import FollowUp
from matchmaker.domain.notices import Notice
from matchmaker.domain.permissions import Actor
from matchmaker.domain.pitches import Pitch
from matchmaker.domain.registrations import Registration
from matchmaker.domain.tables import metadata
from matchmaker.domain.timetables import Timetable
from matchmaker.services.actors import load_member
from matchmaker.services.appointments.cancelling import cancel_appointment
from matchmaker.services.appointments.ratings import Said
from matchmaker.services.appointments.recording import record_outcome, say
from matchmaker.services.deals import open_for_appointment
from matchmaker.services.events.checking_in import check_in
from matchmaker.services.events.deciding import accept
from matchmaker.services.events.enrolments import Enrolment
from matchmaker.services.events.furnishing import add_tables
from matchmaker.services.events.moving import move_event
from matchmaker.services.events.planning import create_event
from matchmaker.services.events.registering import register, withdraw
from matchmaker.services.events.reminders import remind_of_events
from matchmaker.services.follow_ups.answering import answer_follow_up, get_follow_up, my_follow_ups
from matchmaker.services.follow_ups.reminders import remind_of_follow_ups
from matchmaker.services.reading.moments import written_moment
from matchmaker.services.roadshows.interest import name_match, tap
from matchmaker.services.roadshows.pitches import Answer, PitchPlan, add_pitch, confirm_pitch
from matchmaker.services.roadshows.ranking import live_ranking
from matchmaker.services.roadshows.results import publish_results
from matchmaker.services.roadshows.sheets import save_sheet, sign_sheet
from matchmaker.services.roadshows.talks import ask_talk
from matchmaker.services.timetables.booking import answer
from matchmaker.services.timetables.wishes import say_wish
from tests.cast import Cast, Member, make_cast
from tests.events import a_plan
from tests.pairs import pair, publish
from tests.postgresql import KINDS, open_empty
from tests.roadshows import FULL, make_judge
from tests.running import run_jobs
from tests.timetables import met, released, solved

pytestmark = pytest.mark.slow

BEGINS = datetime(2030, 3, 1, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)
STEP = {"next_step": "寄样品", "next_step_on": "2030-04-20"}


@dataclass
class Stage:
    """One database, one clock, the cast, and what the story has made so far by name."""

    settings: Settings
    database: Database
    clock: StoryClock
    cast: Cast
    made: dict[str, int] = field(default_factory=dict)

    def act(self, name: str, verb: Callable[..., Any], *values: Any, **more: Any) -> Any:
        """Let somebody of the cast do something, in a transaction of its own."""
        with self.database.transaction() as session:
            values = tuple(value(session) if callable(value) else value for value in values)
            return verb(session, self.actor(session, self.cast[name]), *values, **more)

    def actor(self, session: Session, member: Member) -> Actor:
        """Return who somebody is now."""
        actor = load_member(session, member.user_id, member.organization_id)
        assert actor is not None
        return actor

    def event(self, name: str) -> Callable[[Session], Event]:
        """Return what loads an event of the story."""
        return lambda session: session.get_one(Event, self.made[name])

    def registration(self, event: str, name: str) -> Callable[[Session], Registration]:
        """Return what loads somebody's registration for an event of the story."""
        whose = Registration.event_id == self.made[event], Registration.user_id == self.cast[name].user_id
        return lambda session: session.scalars(sa.select(Registration).where(*whose)).one()

    def registration_id(self, event: str, name: str) -> int:
        """Return whose registration it is, by its id."""
        with self.database.read() as session:
            return self.registration(event, name)(session).id

    def ids(self, event: str, *pairs: tuple[str, str]) -> set[tuple[int, int]]:
        """Return pairs of people as appointments name them."""
        found = [sorted(self.registration_id(event, name) for name in people) for people in pairs]
        return {(one, other) for one, other in found}

    def standing(self, event: str) -> dict[tuple[int, int], str]:
        """Return the state of every appointment of an event that was not called off, by its pair."""
        with self.database.read() as session:
            rows = sa.select(Appointment).where(
                Appointment.event_id == self.made[event], Appointment.state != "cancelled"
            )
            return {(row.one_id, row.other_id): row.state for row in session.scalars(rows)}

    def appointment_id(self, event: str, one: str, other: str) -> int:
        """Return the appointment of two people that stands."""
        (people,) = self.ids(event, (one, other))
        with self.database.read() as session:
            rows = sa.select(Appointment.id).where(
                Appointment.one_id == people[0], Appointment.other_id == people[1], Appointment.state != "cancelled"
            )
            return session.scalars(rows).one()


@pytest.fixture(params=KINDS)
def stage(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Stage]:
    """Yield a site on each kind of database, five weeks before the day."""
    database, clock = open_empty(request.param, settings), StoryClock(BEGINS - 35 * DAY)
    with clock_is(clock):
        with database.transaction() as session:
            cast = make_cast(session)
        yield Stage(settings, database, clock, cast)
    database.dispose()


def test_session_from_plan_to_deal(stage: Stage) -> None:
    _announce(stage, "session", ("alice", "bob", "mallory"), tables="2")
    _wish(stage)
    _solve_and_release(stage)
    _lose_somebody_and_repair(stage)
    _tell_of_the_day(stage)
    _meet_and_open_a_deal(stage)


def test_roadshow_from_programme_to_follow_up(stage: Stage) -> None:
    _announce(stage, "roadshow", ("alice", "bob"), tables="1", meetings_from=written_moment(BEGINS + 2 * DAY / 24))
    _set_programme(stage)
    _judge(stage)
    _show_interest_and_talk(stage)
    _follow_up(stage)


def test_migrations_make_the_tables_of_the_code_on_postgresql(settings: Settings) -> None:
    database = open_empty("postgresql", settings)
    metadata.drop_all(database.engine)
    migrations.upgrade(database.engine)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
    migrations.downgrade(database.engine, "base")
    assert sa.inspect(database.engine).get_table_names() == ["alembic_version"]
    database.dispose()


def _announce(stage: Stage, kind: str, people: tuple[str, ...], *, tables: str, **more: str) -> None:
    """Plan an event, open its registration, and confirm everybody who asks to come."""
    times = {"starts_at": written_moment(BEGINS), "ends_at": written_moment(BEGINS + DAY / 6)}
    plan = a_plan(kind=kind, slot_minutes="30", **times, **more)
    stage.made[kind] = stage.act("carol", create_event, plan).id
    stage.act("carol", add_tables, stage.event(kind), tables, "一号厅")
    for state in ("announced", "registration"):
        stage.act("carol", move_event, stage.event(kind), state)
    for name in people:
        stage.act(name, register, stage.event(kind), Enrolment(name=stage.cast[name].name, phone="0991-1234567"))
    asking = [stage.registration_id(kind, name) for name in people]
    decided = stage.act("carol", accept, stage.event(kind), asking)
    assert (decided.done, decided.waiting) == (len(people), 0)


def _wish(stage: Stage) -> None:
    """Somebody must see bob, somebody would like to, and one said no: a no outweighs the other's wish."""
    for name, other, kind in (("alice", "bob", "must"), ("mallory", "bob", "like"), ("alice", "mallory", "like")):
        stage.act(name, say_wish, stage.event("session"), stage.registration_id("session", other), kind)
    stage.act("mallory", say_wish, stage.event("session"), stage.registration_id("session", "alice"), "no")


def _solve_and_release(stage: Stage) -> None:
    stage.act("carol", move_event, stage.event("session"), "timetable")
    planned = stage.ids("session", ("alice", "bob"), ("bob", "mallory"))
    assert met(stage.act("carol", solved, stage.event("session"))) == planned
    assert len(stage.act("carol", released, stage.event("session"))) == 2
    assert stage.standing("session") == dict.fromkeys(planned, "confirmed")
    with stage.database.read() as session:
        assert stage.event("session")(session).state == "final"
        assert session.scalar(sa.select(sa.func.count(Occupancy.id))) == 6


def _lose_somebody_and_repair(stage: Stage) -> None:
    """Somebody withdraws: the worker makes a repair of what is left, and throws it away where nobody gains by it."""
    stage.act("mallory", withdraw, stage.registration("session", "mallory"), "出差")
    assert stage.standing("session") == dict.fromkeys(stage.ids("session", ("alice", "bob")), "confirmed")
    run_jobs(stage.settings, stage.database)
    with stage.database.read() as session:
        rows = session.execute(sa.select(Timetable.mode, Timetable.state).order_by(Timetable.number)).all()
        assert [tuple(row) for row in rows] == [("anew", "released"), ("repair", "discarded")]


def _tell_of_the_day(stage: Stage) -> None:
    """Alice calls her meeting off and the organiser's next timetable has it anew; then everybody is reminded."""
    stage.act("alice", cancel_appointment, stage.appointment_id("session", "alice", "bob"), reason="时间冲突")
    assert stage.standing("session") == {}
    stage.act("carol", solved, stage.event("session"))
    assert [change.kind for change in stage.act("carol", released, stage.event("session"))] == ["new"]
    stage.clock.move_to(BEGINS - DAY / 2)
    with stage.database.transaction() as session:
        assert remind_of_events(session, stage.clock()) == 2


def _meet_and_open_a_deal(stage: Stage) -> None:
    stage.clock.move_to(BEGINS)
    for name in ("alice", "bob"):
        assert stage.act("carol", check_in, stage.registration("session", name))
    stage.clock.move_to(BEGINS + DAY / 6)
    stage.act("carol", move_event, stage.event("session"), "held")
    talk = stage.appointment_id("session", "alice", "bob")
    for name in ("alice", "bob"):
        stage.act(name, say, talk, Said("met", "5", "谈得具体", "continue"))
    assert stage.standing("session") == dict.fromkeys(stage.ids("session", ("alice", "bob")), "held")
    stage.act("carol", record_outcome, talk, "held")
    stage.act("carol", open_for_appointment, talk, **STEP)
    with stage.database.read() as session:
        (deal,) = session.scalars(sa.select(Deal))
        assert (deal.state, deal.appointment_id, deal.event_id) == ("talks", talk, stage.made["session"])
        assert session.scalars(sa.select(Occupancy)).all() == []


def _pitch(stage: Stage) -> Callable[[Session], Pitch]:
    return lambda session: session.get_one(Pitch, stage.made["pitch"])


def _set_programme(stage: Stage) -> None:
    with stage.database.transaction() as session:
        need = publish(session, stage.cast.alice, "need", "风机叶片除冰")
        achievement = publish(session, stage.cast.bob, "achievement", "疏冰涂料")
        stage.made |= {"match": pair(session, need, achievement).id, "achievement": achievement.id}
    plan = PitchPlan(listing_id=stage.made["achievement"])
    stage.made["pitch"] = stage.act("carol", add_pitch, stage.event("roadshow"), plan).id
    stage.act("bob", confirm_pitch, stage.event("roadshow"), _pitch(stage), Answer(speakers="鲍博"))
    stage.act("carol", move_event, stage.event("roadshow"), "final")


def _judge(stage: Stage) -> None:
    with stage.database.transaction() as session:
        event = stage.event("roadshow")(session)
        judges = [make_judge(session, stage.cast, event, key, name) for key, name in (("f", "冯"), ("g", "高"))]
    for judge in judges:
        with stage.database.transaction() as session:
            actor, event = stage.actor(session, judge), stage.event("roadshow")(session)
            save_sheet(session, actor, event, stage.made["pitch"], FULL, 0)
            sign_sheet(session, actor, event, stage.made["pitch"], FULL, 1)
    ranking = stage.act("carol", live_ranking, stage.event("roadshow"))
    assert [(row.place, str(row.score), row.signed) for row in ranking.rows] == [(1, "7.73", 2)]
    stage.act("carol", publish_results, stage.event("roadshow"))


def _show_interest_and_talk(stage: Stage) -> None:
    """One tap, the need it is about, and a private talk that its presenter accepts."""
    stage.act("alice", tap, stage.event("roadshow"), _pitch(stage))
    stage.act("alice", name_match, stage.event("roadshow"), _pitch(stage), stage.made["match"])
    asked = stage.act("alice", ask_talk, stage.event("roadshow"), _pitch(stage), 1)
    stage.act("bob", answer, stage.event("roadshow"), asked.id, accept=True)
    assert stage.standing("roadshow") == dict.fromkeys(stage.ids("roadshow", ("alice", "bob")), "confirmed")


def _follow_up(stage: Stage) -> None:
    stage.clock.move_to(BEGINS + DAY / 6)
    stage.act("carol", move_event, stage.event("roadshow"), "held")
    stage.clock.move_to(BEGINS + 31 * DAY)
    with stage.database.transaction() as session:
        assert remind_of_follow_ups(session, today()) > 0
    due = [row for row in stage.act("carol", my_follow_ups) if row.is_due]
    for row in due:
        with stage.database.transaction() as session:
            actor = stage.actor(session, stage.cast.carol)
            answer_follow_up(session, actor, get_follow_up(session, actor, row.follow_up.id), "talking", "双方在试样")
    with stage.database.read() as session:
        rows = session.execute(sa.select(FollowUp.days, FollowUp.state).order_by(FollowUp.days, FollowUp.id)).all()
        assert {(days, state) for days, state in rows} == {(30, "answered"), (90, "due"), (180, "due")}
        assert session.scalar(sa.select(sa.func.count(Notice.id)).where(Notice.user_id == stage.cast.carol.user_id)) > 0
