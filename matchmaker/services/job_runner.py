"""Doing jobs in the worker: a slice of each at a time, so that mails, vectors and short jobs never wait for a long one.

A job is a generator that yields wherever it may be interrupted. It writes how far it is in the transaction that does
the work; killed and taken up again it begins anew and leaves out what is done. One that only waits for another process
yields `WAITING`, which ends its slice.
"""

import logging
import time
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.errors import DomainError, Forbidden, Invalid
from matchmaker.domain.jobs import OWN_ACCORD, Job, JobState
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from matchmaker.services.actors import load_member
from matchmaker.services.jobs import finish
from matchmaker.services.leases import claim, leased_ids, release_leases, take_leases

LOG = logging.getLogger(__name__)

LEASE = "job"
SLICE_SECONDS = 0.25
RENEW_SECONDS = 30.0
MOST_AT_ONCE = 3
"""Jobs that one worker has open: a short one begins although a long one runs."""
MOST_ATTEMPTS = 5

WAITING = "waiting"
Steps = Generator[Any, None, None]


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a job is done with: whose it is, what was asked for, and how much of it was done before."""

    database: Database
    settings: Settings
    job_id: int
    actor: Actor
    arguments: Mapping[str, Any]
    done: int
    result: Mapping[str, Any]

    def advance(
        self, session: Session, done: int, expected: int | None = None, result: Mapping[str, Any] | None = None
    ) -> None:
        """Write how far the job is into the transaction that did it; what is not given stays."""
        values: dict[str, Any] = {"done": done, "attempts": 0}
        if expected is not None:
            values["expected"] = expected
        if result is not None:
            values["result"] = dict(result)
        session.execute(sa.update(Job).where(Job.id == self.job_id).values(values))


Handler = Callable[[JobContext], Steps]


@dataclass(slots=True)
class _Open:
    steps: Steps
    actor: Actor
    renew_at: float = field(default_factory=lambda: time.monotonic() + RENEW_SECONDS)


@dataclass(slots=True)
class JobRunner:
    """The jobs of one worker; `handlers` by kind, `holder` is the worker's name on leases."""

    database: Database
    settings: Settings
    handlers: Mapping[str, Handler]
    holder: str
    _open: dict[int, _Open] = field(default_factory=dict)

    def step(self) -> bool:
        """Take up the next job where there is room, and do a slice of each; return whether there was one."""
        self._take()
        at_hand = list(self._open)
        for job_id in at_hand:
            self._slice(job_id)
        return bool(at_hand)

    def close(self) -> None:
        """Let go of everything: another worker goes on at once."""
        for job_id in list(self._open):
            self._let_go(job_id)

    def _take(self) -> None:
        if len(self._open) >= MOST_AT_ONCE:
            return
        with self.database.read() as session:
            taken = leased_ids(session, LEASE, self.holder) | self._open.keys()
            due = sa.select(Job.id).where(Job.state.in_((JobState.QUEUED, JobState.RUNNING)), Job.id.not_in(taken))
            found = session.scalars(due.order_by(Job.id).limit(1)).all()
        for job_id in claim(self.database, LEASE, found, self.holder):
            self._begin(job_id)

    def _begin(self, job_id: int) -> None:
        with self.database.transaction() as session:
            job = session.get_one(Job, job_id)
            actor = _actor(session, job)
            context = None if job.is_over else self._context(session, job, actor)
            if context is None:
                release_leases(session, [f"{LEASE}:{job_id}"], self.holder)
        if context is not None:
            self._open[job_id] = _Open(self.handlers[job.kind](context), context.actor)

    def _context(self, session: Session, job: Job, actor: Actor | None) -> JobContext | None:
        """Return what the job begins with; None where it ended instead."""
        if job.state == JobState.QUEUED:
            job.started_at = utc_now()
            move(session, job, JobState.RUNNING, actor or Actor.system())
        job.attempts += 1
        refusal: DomainError | None = None
        if actor is None:
            refusal = Forbidden(N_("您已不在这个单位，任务没有继续。"))
        elif job.attempts > MOST_ATTEMPTS or job.kind not in self.handlers:
            refusal = Invalid(N_("这项任务多次中断，没有完成。请联系平台管理员。"))
        if refusal is not None or actor is None:
            finish(session, actor or Actor.system(), job, JobState.FAILED, refusal)
            return None
        return JobContext(self.database, self.settings, job.id, actor, dict(job.arguments), job.done, dict(job.result))

    def _slice(self, job_id: int) -> None:
        job = self._open[job_id]
        until = time.monotonic() + SLICE_SECONDS
        try:
            if not self._still_wanted(job_id, job):
                return
            while next(job.steps) is not WAITING and time.monotonic() < until:
                pass
        except StopIteration:
            self._end(job_id, JobState.DONE)
        except DomainError as fault:
            self._end(job_id, JobState.FAILED, fault)
        except Exception:
            # A full disk may be over soon: the job is taken up again, MOST_ATTEMPTS times at a standstill.
            LOG.exception("job %d failed; it will be taken up again", job_id)
            self._let_go(job_id)

    def _still_wanted(self, job_id: int, job: _Open) -> bool:
        with self.database.read() as session:
            cancelled = session.scalar(sa.select(Job.cancel_asked_at).where(Job.id == job_id)) is not None
        if cancelled:
            self._end(job_id, JobState.CANCELLED)
            return False
        if time.monotonic() < job.renew_at:
            return True
        job.renew_at = time.monotonic() + RENEW_SECONDS
        with self.database.transaction() as session:
            kept = take_leases(session, [f"{LEASE}:{job_id}"], self.holder)
        if not kept:
            self._open.pop(job_id).steps.close()
        return bool(kept)

    def _end(self, job_id: int, state: str, fault: DomainError | None = None) -> None:
        job = self._open.pop(job_id)
        job.steps.close()
        with self.database.transaction() as session:
            found = session.get_one(Job, job_id)
            if not found.is_over:
                finish(session, job.actor, found, state, fault)
            release_leases(session, [f"{LEASE}:{job_id}"], self.holder)

    def _let_go(self, job_id: int) -> None:
        self._open.pop(job_id).steps.close()
        with self.database.transaction() as session:
            release_leases(session, [f"{LEASE}:{job_id}"], self.holder)


def _actor(session: Session, job: Job) -> Actor | None:
    """Whoever ordered the job, as he is now; the platform itself for what it does of its own accord."""
    if job.kind in OWN_ACCORD and job.user_id is None:
        return Actor.system()
    return load_member(session, job.user_id, job.organization_id)
