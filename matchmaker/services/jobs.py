"""Jobs: ordering long work, looking how far it is, calling it off. job_runner.py does them, in the worker."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import DomainError, NotFound
from matchmaker.domain.jobs import Job, JobState
from matchmaker.domain.language import N_, Sentence, pack, unpack
from matchmaker.domain.permissions import Actor, can_see_job
from matchmaker.domain.states import move

LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class JobView:
    """How far a job is: `share` from 0 to 1, None where it cannot be told; `is_waiting` while no worker has it."""

    id: int
    kind: str
    state: str
    done: int
    expected: int | None
    fault: Sentence | None
    is_over: bool
    is_waiting: bool
    is_cancelling: bool
    created_at: datetime
    finished_at: datetime | None
    result: Mapping[str, Any]

    @property
    def share(self) -> float | None:
        """The part that is done; an estimate too low never makes it more than everything."""
        return min(1.0, self.done / self.expected) if self.expected else None


def order(session: Session, actor: Actor, kind: str, /, **arguments: Any) -> Job:
    """Put a job into the queue, to be done in the actor's name and with his rights; `arguments` are plain JSON.

    The caller has checked that the actor may have it done; the job checks it again when it runs.
    """
    job = Job(kind=kind, organization_id=actor.organization_id, user_id=actor.user_id, arguments=arguments)
    session.add(job)
    session.flush()
    return job


def get_job(session: Session, actor: Actor, job_id: int, kind: str | None = None) -> Job:
    """Return a job that `actor` may follow, of `kind` where that is given.

    Raises:
        NotFound: there is none, it is somebody else's, or of another kind.
    """
    job = session.get(Job, job_id) if 0 < job_id <= LARGEST_ID else None
    if job is None or not can_see_job(actor, job) or kind not in (None, job.kind):
        raise NotFound(N_("没有找到这项任务，它可能已被清理，或您无权查看。"))
    return job


def cancel(session: Session, actor: Actor, job: Job) -> None:
    """Call a job off: at once while it waits, else as soon as the worker has finished the rows at hand.

    What is done stays done. Calling off what has ended, or twice, changes nothing.

    Raises:
        NotFound: the job is somebody else's.
    """
    session.scalars(
        sa.select(Job).where(Job.id == job.id).with_for_update().execution_options(populate_existing=True)
    ).one()
    if not can_see_job(actor, job):
        raise NotFound(N_("没有找到这项任务，它可能已被清理，或您无权查看。"))
    if job.is_over or job.cancel_asked_at is not None:
        return
    job.cancel_asked_at = utc_now()
    if job.state == JobState.QUEUED:
        finish(session, actor, job, JobState.CANCELLED)
    session.flush()


def finish(session: Session, actor: Actor, job: Job, state: str, fault: DomainError | None = None) -> None:
    """End a job as done, cancelled or failed; a failed one says why."""
    if fault is not None:
        job.fault = pack(Sentence(fault.sentence, **fault.values))
    job.finished_at = utc_now()
    move(session, job, state, actor)


def view_job(job: Job) -> JobView:
    """Return what a page shows of a job."""
    return JobView(
        id=job.id,
        kind=job.kind,
        state=job.state,
        done=job.done,
        expected=job.expected,
        fault=unpack(job.fault) if job.fault else None,
        is_over=job.is_over,
        is_waiting=job.state == JobState.QUEUED,
        is_cancelling=job.cancel_asked_at is not None and not job.is_over,
        created_at=job.created_at,
        finished_at=job.finished_at,
        result=job.result,
    )
