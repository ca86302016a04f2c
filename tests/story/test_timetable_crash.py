"""The worker killed while it solves a timetable: its solver dies with it, and the next one goes on from there."""

import time

import pytest

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.events import Event
from matchmaker.domain.jobs import Job
from matchmaker.domain.timetables import Timetable
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.checking import clashes
from matchmaker.services.timetables.solving import order_solving, stop_solving
from tests.cast import Cast
from tests.story.killing import run_and_kill
from tests.timetables import join, make_meeting, wish
from tests.working import work

# A busy machine needs longer until a worker has begun: each one lives twice as long as the one before.
LIVES, PATIENCE = (12.0, 24.0, 48.0, 96.0, 180.0), 60.0
PLACES = 16


@pytest.mark.slow
def test_worker_killed_while_it_solves_loses_nothing(settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        meeting = make_meeting(session, cast, tables=2, wish_quota=20)
        guests = [join(session, meeting.event, f"{n:04}") for n in range(12)]
        for place, one in enumerate(guests):
            for other in guests[place + 1 :]:
                wish(session, meeting.event, one, other, "like")
        draft = order_solving(session, meeting.organizer, meeting.event, "anew", 180)
        event_id, draft_id = meeting.event.id, draft.id
    for seconds in LIVES:
        begun = time.monotonic()
        run_and_kill(settings, seconds)
        # It waits for the end of everything that writes to the worker's error output, the solver included.
        assert time.monotonic() - begun < seconds + PATIENCE
        with database.read() as session:
            found = session.get_one(Timetable, draft_id).found.get("assignments", [])
        if found:
            break
    assert len(found) == PLACES
    with database.transaction() as session:
        stop_solving(session, meeting.organizer, session.get_one(Event, event_id))
    work(settings, database)
    with database.read() as session:
        draft = session.get_one(Timetable, draft_id)
        assert (session.get_one(Job, draft.job_id).state, len(draft.placements), draft.found) == ("done", PLACES, {})
        assert clashes(session, load_board(session, draft.event), draft) == []
