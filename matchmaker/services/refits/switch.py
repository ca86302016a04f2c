"""Whether the nights learn, and when the next one is due."""

from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.config import Settings
from matchmaker.domain.appointments import Appointment
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict, Forbidden
from matchmaker.domain.jobs import ENDED, Job, JobKind
from matchmaker.domain.journal import record
from matchmaker.domain.judgements import Judgement
from matchmaker.domain.language import N_
from matchmaker.domain.matches import MatchDecision
from matchmaker.domain.permissions import Actor, can_choose_ranker
from matchmaker.domain.refits import Refit, RefitCause, RefitSwitch
from matchmaker.services import jobs


def require_may_refit(settings: Settings, actor: Actor) -> None:
    """Let pass whoever may have the ranker fitted anew.

    Raises:
        Forbidden: not an administrator.
        Conflict: the configuration says which ranker serves: nothing may take its place.
    """
    if not can_choose_ranker(actor):
        raise Forbidden(N_("只有平台管理员可以让排序重新学习。"))
    if settings.ranker is not None:
        raise Conflict(
            N_("排序模型由环境变量 MATCHMAKER_RANKER=%(name)s 指定，不会被学习到的排序替代。"), name=settings.ranker
        )


def turn(session: Session, actor: Actor, *, is_on: bool) -> None:
    """Let the nights learn, or stop them; what serves goes on serving.

    Raises:
        Forbidden: not an administrator.
    """
    if not can_choose_ranker(actor):
        raise Forbidden(N_("只有平台管理员可以让排序重新学习。"))
    present = latest_switch(session)
    if (present is None or present.is_on) == is_on:
        return
    row = RefitSwitch(is_on=is_on, turned_by_id=actor.user_id)
    session.add(row)
    session.flush()
    record(session, actor, "turn_on" if is_on else "turn_off", RefitSwitch.subject_kind, row.id)


def latest_switch(session: Session) -> RefitSwitch | None:
    """Return how the switch was turned last; None where nobody ever did."""
    query = sa.select(RefitSwitch).options(joinedload(RefitSwitch.turned_by)).order_by(RefitSwitch.id.desc())
    return session.scalars(query.limit(1)).first()


def is_on(session: Session, settings: Settings) -> bool:
    """Whether the nights learn: neither the settings nor an administrator stopped them, and no ranker is configured."""
    present = latest_switch(session)
    stopped = settings.refit_hour is None or settings.ranker is not None
    return not stopped and (present is None or present.is_on)


def order_refit(session: Session, settings: Settings, actor: Actor) -> Job:
    """Have the worker fit anew now; one that waits already is not ordered twice.

    Raises:
        Forbidden, Conflict: see `require_may_refit`.
    """
    require_may_refit(settings, actor)
    return waiting_refit(session) or jobs.order(session, actor, JobKind.REFIT, cause=RefitCause.PAGE)


def waiting_refit(session: Session) -> Job | None:
    """Return the job that fits anew at this moment, or waits to; None where there is none."""
    query = sa.select(Job).where(Job.kind == JobKind.REFIT, Job.state.not_in(ENDED)).order_by(Job.id).limit(1)
    return session.scalar(query)


def order_when_due(database: Database, settings: Settings) -> bool:
    """Worker only: order the night's refit once its hour has come and there is something new; return whether."""
    with database.read() as session:
        if not is_on(session, settings) or not _is_due(session, settings):
            return False
    with database.transaction() as session:
        if waiting_refit(session) is None:
            jobs.order(session, Actor.system(), JobKind.REFIT, cause=RefitCause.NIGHT)
    return True


def last_hour(settings: Settings, now: datetime) -> datetime:
    """Return the moment at which a night's refit was last due."""
    here = now.astimezone(CITY_ZONE)
    due = datetime.combine(here.date(), time(settings.refit_hour or 0), CITY_ZONE)
    return due if due <= here else due - timedelta(days=1)


def has_news(session: Session, since: datetime | None) -> bool:
    """Whether anybody decided, judged, met or moved a deal since; `since` is None for ever."""
    columns = MatchDecision.at, Judgement.at, Deal.entered_at, Appointment.changed_at
    for column in columns:
        query = sa.select(sa.literal(1)).select_from(column.class_)
        if session.scalar((query if since is None else query.where(column > since)).limit(1)) is not None:
            return True
    return False


def _is_due(session: Session, settings: Settings) -> bool:
    latest = session.scalar(sa.select(sa.func.max(Refit.started_at)))
    if latest is not None and latest >= last_hour(settings, utc_now()):
        return False
    return waiting_refit(session) is None and has_news(session, latest)
