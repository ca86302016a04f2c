"""Solving as a job: the child process, progress on the row, stopping, and going on after the worker was killed."""

import pytest
import sqlalchemy as sa

from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.jobs import Job
from matchmaker.domain.language import unpack
from matchmaker.domain.timetables import Arrangement, Timetable
from matchmaker.services.job_kinds import HANDLERS
from matchmaker.services.job_runner import JobRunner
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.building import build
from matchmaker.services.timetables.explaining import explain
from matchmaker.services.timetables.solving import order_solving, stop_solving
from tests.running import run_jobs
from tests.timetables import join, make_meeting, wish


@pytest.fixture
def ordered(database, cast):
    """Order ten seconds of solving for a session that leaves some out; return (event, timetable)."""
    with database.transaction() as session:
        meeting = make_meeting(session, cast, tables=2, wish_quota=20)
        guests = [join(session, meeting.event, f"guest{n}") for n in range(12)]
        for place, one in enumerate(guests):
            for other in guests[place + 1 :]:
                wish(session, meeting.event, one, other, "like")
        return meeting.event.id, order_solving(session, meeting.organizer, meeting.event, "anew", 10).id


def a_runner(settings, database, holder="test"):
    return JobRunner(database, settings, HANDLERS, holder)


def state_of(database, timetable_id):
    with database.read() as session:
        timetable = session.get_one(Timetable, timetable_id)
        job = session.get_one(Job, timetable.job_id)
        return job.state, len(timetable.placements), timetable.found, timetable.figures, job.result


@pytest.mark.slow
def test_job_solves_the_draft_and_tells_how_good_it_is(settings, database, ordered):
    _, timetable_id = ordered
    run_jobs(settings, database)
    state, count, found, figures, result = state_of(database, timetable_id)
    assert (state, count, found) == ("done", 16, {})
    assert figures == result
    assert figures["likes"] == [16, 66]
    assert figures["gap"] == 0.0


@pytest.mark.slow
def test_stopping_keeps_the_best_so_far(settings, database, cast, ordered):
    event_id, timetable_id = ordered
    with database.transaction() as session:
        session.get_one(Timetable, timetable_id).seconds = 180
    runner = a_runner(settings, database)
    while not state_of(database, timetable_id)[2]:
        runner.step()
    with database.transaction() as session:
        stop_solving(session, cast.carol.actor, session.get_one(Event, event_id))
    while runner.step():
        pass
    state, count, *_ = state_of(database, timetable_id)
    assert (state, count) == ("done", 16)


@pytest.mark.slow
def test_killed_worker_loses_nothing(settings, database, ordered):
    _, timetable_id = ordered
    first = a_runner(settings, database, "first")
    while not (found := state_of(database, timetable_id)[2]):
        first.step()
    first.close()
    assert len(found["assignments"]) == 16
    second = a_runner(settings, database, "second")
    while second.step():
        pass
    assert state_of(database, timetable_id)[:2] == ("done", 16)


def test_solving_waits_for_its_turn(session, cast):
    meeting = make_meeting(session, cast)
    order_solving(session, meeting.organizer, meeting.event, "anew", 10)
    with pytest.raises(Conflict):
        order_solving(session, meeting.organizer, meeting.event, "anew", 10)
    assert session.scalar(sa.select(sa.func.count()).select_from(Timetable)) == 1


@pytest.mark.parametrize(("mode", "seconds"), [("magic", 10), ("anew", 7), ("", 10)])
def test_unknown_way_of_solving_is_refused(session, cast, mode, seconds):
    meeting = make_meeting(session, cast)
    with pytest.raises(Invalid):
        order_solving(session, meeting.organizer, meeting.event, mode, seconds)


def test_only_the_organizer_solves_and_only_while_there_is_something_to_plan(session, cast):
    meeting = make_meeting(session, cast)
    with pytest.raises(Forbidden):
        order_solving(session, cast.alice.actor, meeting.event, "anew", 10)
    for state in ("announced", "held"):
        with pytest.raises(Conflict):
            order_solving(session, meeting.organizer, make_meeting(session, cast, state=state).event, "anew", 10)


def test_musts_that_cannot_all_be_held_are_explained_with_names(session, cast):
    meeting = make_meeting(session, cast)
    meeting.bob.registration.max_meetings = 1
    for other in (meeting.alice, meeting.mallory):
        one_id, other_id = sorted((meeting.bob.id, other.id))
        session.add(Arrangement(event_id=meeting.event.id, one_id=one_id, other_id=other_id))
    session.flush()
    told = explain(build(session, load_board(session, meeting.event), "anew"))
    assert told["meetings"] == [[meeting.alice.id, meeting.bob.id], [meeting.bob.id, meeting.mallory.id]]
    assert unpack(told["sentence"]) == (
        "会面 阿丽娅 × 鲍博、鲍博 × 马洛 都必须安排，却排不下：鲍博（昆仑理工大学） 最多 1 场会面。"
    )
