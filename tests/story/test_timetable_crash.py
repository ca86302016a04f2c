"""The worker killed while it solves a timetable: its solver dies with it, and the next one goes on from there."""

import pytest

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.events import Event
from matchmaker.domain.jobs import ENDED, Job
from matchmaker.domain.timetables import Timetable
from matchmaker.services.timetables.board import load_board
from matchmaker.services.timetables.checking import clashes
from matchmaker.services.timetables.solving import order_solving, stop_solving
from tests.cast import Cast
from tests.story.killing import run_until
from tests.timetables import join, make_meeting, wish
from tests.working import work

# More than the places hold, and enough that closing gaps takes the solver longer than writing the first timetable down.
GUESTS, WISHES, TABLES = 60, 6, 15


@pytest.mark.slow
def test_worker_killed_while_it_solves_loses_nothing(settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        meeting = make_meeting(session, cast, tables=TABLES, wish_quota=WISHES)
        guests = [join(session, meeting.event, f"{n:04}") for n in range(GUESTS)]
        for place, one in enumerate(guests):
            for step in range(1, WISHES + 1):
                wish(session, meeting.event, one, guests[(place + step * step) % GUESTS], "like")
        draft = order_solving(session, meeting.organizer, meeting.event, "anew", 180)
        event_id, draft_id, job_id = meeting.event.id, draft.id, draft.job_id

    def something_found_or_over() -> bool:
        with database.read() as session:
            return bool(session.get_one(Timetable, draft_id).found) or session.get_one(Job, job_id).state in ENDED

    run_until(settings, something_found_or_over)
    with database.read() as session:
        found = session.get_one(Timetable, draft_id).found["assignments"]
        assert session.get_one(Job, job_id).state == "running"
    assert len(found) > 0
    with database.transaction() as session:
        stop_solving(session, meeting.organizer, session.get_one(Event, event_id))
    work(settings, database)
    with database.read() as session:
        draft = session.get_one(Timetable, draft_id)
        assert (session.get_one(Job, job_id).state, draft.found) == ("done", {})
        assert len(draft.placements) >= len(found)
        assert clashes(session, load_board(session, draft.event), draft) == []
