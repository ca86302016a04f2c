"""Verifying the journal as a job of the worker, ordered on the page; the latest one's result is what the page shows."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden
from matchmaker.domain.jobs import ENDED, Job, JobKind, JobState
from matchmaker.domain.language import N_, pack
from matchmaker.domain.permissions import Actor, can_read_journal
from matchmaker.services import jobs
from matchmaker.services.job_runner import JobContext, Steps
from matchmaker.services.journal.heads import kept_heads
from matchmaker.services.journal.verifying import Verification, walk


def order_verification(session: Session, actor: Actor) -> Job:
    """Have the journal verified; one that is under way already is returned instead.

    Raises:
        Forbidden: the journal is the bureau's and the administrator's.
    """
    if not can_read_journal(actor):
        raise Forbidden(N_("日志只对科技局和平台管理员开放。"))
    return running_verification(session) or jobs.order(session, actor, JobKind.VERIFY_JOURNAL)


def running_verification(session: Session) -> Job | None:
    """Return the job that verifies at this moment, or waits to, whoever ordered it."""
    query = sa.select(Job).where(Job.kind == JobKind.VERIFY_JOURNAL, Job.state.not_in(ENDED))
    return session.scalars(query.order_by(Job.id).limit(1)).first()


def last_verification(session: Session) -> Job | None:
    """Return the latest job that came to a result."""
    query = sa.select(Job).where(Job.kind == JobKind.VERIFY_JOURNAL, Job.state == JobState.DONE)
    return session.scalars(query.order_by(Job.id.desc()).limit(1)).first()


def verify_as_job(context: JobContext) -> Steps:
    """Walk the chain in the worker; one that was cut off is begun anew."""
    steps = walk(context.database, kept=kept_heads(context.settings))
    while True:
        try:
            done, expected = next(steps)
        except StopIteration as end:
            found: Verification = end.value
            with context.database.transaction() as session:
                context.advance(session, found.checked, max(found.checked, 1), _result(found))
            return
        with context.database.transaction() as session:
            context.advance(session, done, expected)
        yield


def _result(found: Verification) -> dict[str, Any]:
    broken = pack(found.broken.sentence) if found.broken else None
    return {"checked": found.checked, "head": found.head.hash, "kept_heads": found.kept_heads, "broken": broken}
