"""The page of what feedback has changed: last night in one sentence, charts, every refit, and the rules."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.config import Settings
from matchmaker.domain.base import utc_now
from matchmaker.domain.language import N_, Sentence, unpack
from matchmaker.domain.permissions import Actor
from matchmaker.domain.refits import Refit, RefitCause, RefitState
from matchmaker.domain.teaching import RULES, EvidenceRule
from matchmaker.services.charts.drawing import Chart
from matchmaker.services.jobs import JobView, view_job
from matchmaker.services.rankers.serving import Serving, serving_ranker
from matchmaker.services.refits.charts import learning_charts
from matchmaker.services.refits.switch import has_news, is_on, last_hour, latest_switch, waiting_refit

HISTORY_LENGTH = 30
CAUSE_NAMES: dict[str, str] = {
    RefitCause.NIGHT: N_("每晚自动"),
    RefitCause.PAGE: N_("在本页开始"),
    RefitCause.COMMAND: N_("命令行"),
}


@dataclass(frozen=True, slots=True)
class RefitLine:
    """One refit as the history shows it; `before` and `after` are nDCG@10 on needs held out, where it came so far."""

    id: int
    started_at: datetime
    state: str
    cause: str
    person: str | None
    why: Sentence | None
    pairs: int | None
    before: float | None
    after: float | None
    model: str | None


@dataclass(frozen=True, slots=True)
class LearningPage:
    """Everything the page says. `said` is what happened last and why; `next_at` when the next night is due, None where
    the nights do not learn, and `stopped` says why. `eta` is how steeply places of lists are looked at."""

    said: Sentence
    tone: str
    next_at: datetime | None
    stopped: Sentence | None
    has_news: bool
    is_on: bool
    can_turn: bool
    can_order: bool
    job: JobView | None
    serving: Serving
    charts: tuple[Chart, ...]
    history: tuple[RefitLine, ...]
    rules: tuple[EvidenceRule, ...]
    eta: float | None
    compared: int
    lists: int


def learning_page(session: Session, settings: Settings, actor: Actor) -> LearningPage:
    """Return what an administrator sees of the learning.

    Raises:
        Forbidden: the actor is none.
    """
    charts = learning_charts(session, actor)
    rows = session.scalars(
        sa.select(Refit).options(joinedload(Refit.started_by)).order_by(Refit.id.desc()).limit(HISTORY_LENGTH)
    ).all()
    latest = rows[0] if rows else None
    learns, job = is_on(session, settings), waiting_refit(session)
    seen: dict[str, Any] = next((row.figures["examination"] for row in rows if "examination" in row.figures), {})
    said, tone = _said(latest)
    return LearningPage(
        said=said,
        tone=tone,
        next_at=last_hour(settings, utc_now()) + timedelta(days=1) if learns else None,
        stopped=None if learns else _stopped(session, settings),
        has_news=has_news(session, latest.started_at if latest else None),
        is_on=learns,
        can_turn=settings.ranker is None and settings.refit_hour is not None,
        can_order=settings.ranker is None and job is None,
        job=view_job(job) if job else None,
        serving=serving_ranker(session, settings),
        charts=charts,
        history=tuple(map(_line, rows)),
        rules=RULES,
        eta=seen.get("eta"),
        compared=seen.get("compared", 0),
        lists=seen.get("lists", 0),
    )


def _said(latest: Refit | None) -> tuple[Sentence, str]:
    if latest is None:
        return Sentence(N_("排序还没有从本站的反馈里学习过。")), "info"
    if latest.state == RefitState.RUNNING:
        return Sentence(N_("正在从反馈里重新学习，原来的排序继续使用。")), "info"
    tone = {RefitState.PROMOTED: "success", RefitState.FAILED: "danger"}.get(RefitState(latest.state), "info")
    return _why(latest) or Sentence(N_("没有留下说明。")), tone


def _stopped(session: Session, settings: Settings) -> Sentence:
    if settings.ranker is not None:
        sentence = N_("排序模型由环境变量 MATCHMAKER_RANKER=%(name)s 指定，不会被学习到的排序替代。")
        return Sentence(sentence, name=settings.ranker)
    if settings.refit_hour is None:
        return Sentence(N_("环境变量 MATCHMAKER_REFIT=off 关闭了每晚的学习。"))
    switch = latest_switch(session)
    by = switch.turned_by.name if switch and switch.turned_by else "—"
    return Sentence(N_("%(name)s 停止了每晚的学习。"), name=by)


def _why(row: Refit) -> Sentence | None:
    why = unpack(row.why) if row.why is not None else None
    return why if isinstance(why, Sentence) else None


def _line(row: Refit) -> RefitLine:
    figures = row.figures
    return RefitLine(
        id=row.id,
        started_at=row.started_at,
        state=row.state,
        cause=CAUSE_NAMES.get(row.cause, row.cause),
        person=row.started_by.name if row.started_by else None,
        why=_why(row),
        pairs=figures.get("pairs"),
        before=figures.get("before", {}).get("ndcg_10"),
        after=figures.get("after", {}).get("ndcg_10"),
        model=row.model,
    )
