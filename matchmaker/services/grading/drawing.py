"""Drawing a batch of pairs to be graded: ordered by the bureau, or by command on the machine."""

import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.jobs import ENDED, Job, JobKind
from matchmaker.domain.journal import record
from matchmaker.domain.judgements import GRADERS_WANTED, GradingBatch, SampledPair
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_draw_pairs
from matchmaker.services import jobs
from matchmaker.services.grading.candidates import read_pool
from matchmaker.services.grading.choosing import Choice, choose_pairs
from matchmaker.services.grading.ties import possible_graders
from matchmaker.services.job_runner import JobContext, Steps

MOST_PAIRS = 500
USUAL_PAIRS = 40
LARGEST_SEED = 2**31 - 1


def new_seed() -> int:
    """Return a seed that nobody chose."""
    return secrets.randbelow(LARGEST_SEED)


def order_batch(session: Session, actor: Actor, *, pairs: int, seed: int | None = None) -> Job:
    """Have a batch drawn by the worker; one that is already being drawn is not ordered twice.

    Raises:
        Forbidden: the actor may not draw.
        Invalid: too many or too few pairs.
    """
    _require(actor, pairs)
    seed = new_seed() if seed is None else seed
    return running_draw(session) or jobs.order(session, actor, JobKind.DRAW_PAIRS, pairs=pairs, seed=seed)


def running_draw(session: Session) -> Job | None:
    """Return the job that draws a batch at this moment, or waits to; None where there is none."""
    query = sa.select(Job).where(Job.kind == JobKind.DRAW_PAIRS, Job.state.not_in(ENDED))
    return session.scalar(query.order_by(Job.id).limit(1))


def last_draw(session: Session, actor: Actor) -> Job | None:
    """Return the actor's latest job that drew a batch or failed to."""
    query = sa.select(Job).where(Job.kind == JobKind.DRAW_PAIRS, Job.user_id == actor.user_id)
    return session.scalar(query.order_by(Job.id.desc()).limit(1))


def draw_as_job(context: JobContext) -> Steps:
    """Draw it in the worker. Batch and progress are written together: cut off, it is drawn once all the same."""
    if context.done:
        return
    pairs, seed = int(context.arguments["pairs"]), int(context.arguments["seed"])
    _require(context.actor, pairs)
    with context.database.read() as session:
        choices = _choose(session, pairs, seed)
    with context.database.transaction() as session:
        batch = _write(session, context.actor, choices, pairs, seed)
        context.advance(session, 1, 1, {"batch": batch.id, "pairs": len(choices)})
    yield


def draw_batch(database: Database, actor: Actor, *, pairs: int, seed: int) -> tuple[int, int]:
    """Draw a batch at once; return its id and the number of its pairs, which may be fewer than asked for.

    Raises:
        Forbidden: the actor may not draw.
        Invalid: too many or too few pairs.
        Conflict: nothing can be drawn, or there is nobody to grade it.
    """
    _require(actor, pairs)
    with database.read() as session:
        choices = _choose(session, pairs, seed)
    with database.transaction() as session:
        return _write(session, actor, choices, pairs, seed).id, len(choices)


def _require(actor: Actor, pairs: int) -> None:
    if not can_draw_pairs(actor):
        raise Forbidden(N_("只有科技局和管理员可以抽取评分的对子。"))
    if not 1 <= pairs <= MOST_PAIRS:
        raise Invalid(N_("一次抽取 1 至 %(most)s 对。"), {"pairs": N_("一次抽取 1 至 500 对。")}, most=MOST_PAIRS)


def _choose(session: Session, pairs: int, seed: int) -> tuple[Choice, ...]:
    if len(possible_graders(session)) < GRADERS_WANTED:
        raise Conflict(N_("至少要有两位已确认的技术经纪人或科技局人员，才能两人一对地评分。"))
    choices = choose_pairs(read_pool(session, seed, pairs), pairs, seed)
    if not choices:
        raise Conflict(N_("没有可以抽取的对子：平台上还没有匹配，或者都抽取过了。"))
    return choices


def _write(session: Session, actor: Actor, choices: tuple[Choice, ...], pairs: int, seed: int) -> GradingBatch:
    batch = GradingBatch(drawn_by_id=actor.user_id, seed=seed, asked_for=pairs)
    session.add(batch)
    session.flush()
    session.add_all(
        SampledPair(
            batch_id=batch.id,
            need_id=choice.need_id,
            achievement_id=choice.achievement_id,
            drawn_for=choice.drawn_for,
            wanted=GRADERS_WANTED,
        )
        for choice in choices
    )
    record(session, actor, "draw_pairs", "grading_batch", batch.id, pairs=len(choices), seed=seed)
    session.flush()
    return batch
