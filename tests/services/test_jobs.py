"""Jobs in the worker: progress, cancelling, restart, failure, two workers."""

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.embeddings import Lease
from matchmaker.domain.errors import Invalid, NotFound
from matchmaker.domain.jobs import Job
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.people import Membership
from matchmaker.services import job_runner, jobs
from matchmaker.services.job_runner import MOST_ATTEMPTS, Handler, JobContext, JobRunner, Steps
from tests.cast import Cast

COUNT = "count"


class Counter:
    """Counts to ten, three numbers a step, and remembers in the database how far it came."""

    def __init__(self, fails_at: int | None = None, error: Exception | None = None) -> None:
        self.counted: list[int] = []
        self.fails_at, self.error = fails_at, error

    def __call__(self, context: JobContext) -> Steps:
        for number in range(context.done, 10):
            if number == self.fails_at and self.error is not None:
                raise self.error
            with context.database.transaction() as session:
                self.counted.append(number)
                context.advance(session, number + 1, 10, {"last": number})
            yield


@pytest.fixture
def one_step_a_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a slice as short as it can be."""
    monkeypatch.setattr(job_runner, "SLICE_SECONDS", 0.0)


def runner(database: Database, settings: Settings, handler: Handler, holder: str = "one") -> JobRunner:
    return JobRunner(database, settings, {COUNT: handler}, holder)


def ordered(database: Database, cast: Cast, name: str = "alice") -> int:
    with database.transaction() as session:
        return jobs.order(session, cast[name].actor, COUNT).id


def job(database: Database, job_id: int) -> Job:
    with database.read() as session:
        return session.get_one(Job, job_id)


def finish(runner: JobRunner) -> None:
    while runner.step():
        pass


def test_job_is_done_with_progress_and_journal(database: Database, settings: Settings, cast: Cast) -> None:
    job_id = ordered(database, cast)
    counter = Counter()
    finish(runner(database, settings, counter))
    found = job(database, job_id)
    assert (found.state, found.done, found.expected, found.result) == ("done", 10, 10, {"last": 9})
    assert counter.counted == list(range(10))
    with database.read() as session:
        moves = session.execute(sa.select(JournalEntry.actor_id, JournalEntry.after).order_by(JournalEntry.id)).all()
        assert session.scalars(sa.select(Lease.name)).all() == []
    assert moves == [(cast.alice.user_id, "running"), (cast.alice.user_id, "done")]


def test_killed_job_goes_on_where_it_stood(
    database: Database, settings: Settings, cast: Cast, one_step_a_slice: None
) -> None:
    job_id = ordered(database, cast)
    first, second = Counter(), Counter()
    killed = runner(database, settings, first)
    killed.step()
    killed.step()
    with database.transaction() as session:
        session.execute(sa.delete(Lease))  # what the next worker does for a dead one's leases
    finish(runner(database, settings, second, "two"))
    assert (first.counted + second.counted, job(database, job_id).state) == (list(range(10)), "done")


def test_two_workers_divide_jobs_and_never_share_one(
    database: Database, settings: Settings, cast: Cast, one_step_a_slice: None
) -> None:
    for _ in range(2):
        ordered(database, cast)
    one, two = Counter(), Counter()
    workers = runner(database, settings, one), runner(database, settings, two, "two")
    while workers[0].step() | workers[1].step():
        pass
    assert (one.counted, two.counted) == (list(range(10)), list(range(10)))


def test_running_job_is_cancelled_and_what_is_done_stays(
    database: Database, settings: Settings, cast: Cast, one_step_a_slice: None
) -> None:
    job_id = ordered(database, cast)
    worker = runner(database, settings, Counter())
    worker.step()
    with database.transaction() as session:
        jobs.cancel(session, cast.alice.actor, session.get_one(Job, job_id))
    finish(worker)
    found = job(database, job_id)
    assert (found.state, found.done, found.is_over) == ("cancelled", 1, True)


def test_waiting_job_is_cancelled_at_once_and_twice_is_once(database: Database, cast: Cast) -> None:
    job_id = ordered(database, cast)
    for _ in range(2):
        with database.transaction() as session:
            jobs.cancel(session, cast.alice.actor, session.get_one(Job, job_id))
    assert job(database, job_id).state == "cancelled"


def test_refusal_ends_a_job_with_its_sentence(database: Database, settings: Settings, cast: Cast) -> None:
    job_id = ordered(database, cast)
    finish(runner(database, settings, Counter(3, Invalid("“%(name)s”是空文件。", name="a.csv"))))
    found = jobs.view_job(job(database, job_id))
    assert (found.state, found.done, found.fault) == ("failed", 3, "“a.csv”是空文件。")


def test_job_that_never_gets_further_is_given_up(database: Database, settings: Settings, cast: Cast) -> None:
    job_id = ordered(database, cast)
    worker = runner(database, settings, Counter(2, OSError("disk full")))
    states = []
    for _ in range(MOST_ATTEMPTS + 2):
        worker.step()
        states.append(job(database, job_id).state)
    assert states == ["running"] * (MOST_ATTEMPTS + 1) + ["failed"]
    assert (job(database, job_id).state, job(database, job_id).done) == ("failed", 2)


def test_job_of_somebody_who_left_ends(database: Database, settings: Settings, cast: Cast) -> None:
    job_id = ordered(database, cast)
    with database.transaction() as session:
        session.execute(sa.update(Membership).where(Membership.id == cast.alice.membership_id).values(state="ended"))
    counter = Counter()
    finish(runner(database, settings, counter))
    assert (job(database, job_id).state, counter.counted) == ("failed", [])


def test_jobs_are_seen_by_those_who_ordered_them_and_their_colleagues(database: Database, cast: Cast) -> None:
    job_id = ordered(database, cast, "dave")
    with database.read() as session:
        assert jobs.get_job(session, cast.erin.actor, job_id).id == job_id
        for name, wanted in (("alice", job_id), ("carol", job_id), ("dave", 0), ("dave", 10**30)):
            with pytest.raises(NotFound):
                jobs.get_job(session, cast[name].actor, wanted)
        with pytest.raises(NotFound):
            jobs.get_job(session, cast.dave.actor, job_id, "export")


def test_share_of_a_job_is_never_more_than_everything(database: Database, cast: Cast) -> None:
    job_id = ordered(database, cast)
    found = job(database, job_id)
    assert jobs.view_job(found).share is None
    found.done, found.expected = 12, 10
    assert jobs.view_job(found).share == 1.0
