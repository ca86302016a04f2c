"""What feedback has changed, as charts: what lists were worth, why pairs are declined, what taught, who grades how."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.matches import Decision, MatchDecision
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor, can_choose_ranker
from matchmaker.domain.refits import Refit
from matchmaker.domain.teaching import SOURCE_NAMES, Source
from matchmaker.services.charts.drawing import Chart, ChartColumn, ChartLine
from matchmaker.services.charts.quantities import COUNT
from matchmaker.services.grading.weights import graders

SCORE = "score"
"""A unit of charts: a figure from 0 to 1, or a weight, with two or three places."""
MONTHS = timedelta(days=366)
DRAWN_REASONS = 4


def learning_charts(session: Session, actor: Actor) -> tuple[Chart, ...]:
    """Return all charts.

    Raises:
        Forbidden: not an administrator.
    """
    _require(actor)
    return tuple(draw(session) for draw in DRAWERS.values())


def learning_chart(session: Session, actor: Actor, name: str) -> Chart:
    """Return one chart.

    Raises:
        Forbidden: not an administrator.
        NotFound: there is none of that name.
    """
    _require(actor)
    if name not in DRAWERS:
        raise NotFound(N_("没有找到这张图表。"))
    return DRAWERS[name](session)


def _require(actor: Actor) -> None:
    if not can_choose_ranker(actor):
        raise Forbidden(N_("只有平台管理员可以查看排序学到了什么。"))


def _worth(session: Session) -> Chart:
    figures = _latest(session, "months").get("months", [])
    columns = (
        ChartColumn(N_("当时的排序"), SCORE),
        ChartColumn(N_("现在的排序"), SCORE),
        ChartColumn(N_("需求"), COUNT, drawn=False),
        ChartColumn(N_("配对"), COUNT, drawn=False),
    )
    lines = tuple(
        ChartLine(row["month"], {}, (row["served"], row["present"], row["needs"], row["pairs"])) for row in figures
    )
    lead = N_(
        "每个月给人看过的列表，用后来的反馈来评：nDCG@10，1 为最好。同样的配对也让现在的排序来排；"
        "最近一次启用新排序时，它排每项需求都没有学过这一项。"
    )
    return Chart("worth", N_("列表排得怎么样"), lead, N_("月份"), columns, lines)


def _declines(session: Session) -> Chart:
    query = sa.select(MatchDecision.at, MatchDecision.reason).where(
        MatchDecision.decision == Decision.UNSUITABLE, MatchDecision.at >= utc_now() - MONTHS
    )
    counts = Counter((f"{at.astimezone(CITY_ZONE):%Y-%m}", reason or "other") for at, reason in session.execute(query))
    totals = Counter[str]()
    for (_, reason), count in counts.items():
        totals[reason] += count
    order = sorted(codes.table("decline_reasons"), key=lambda each: -totals[each.code])
    columns = tuple(ChartColumn(each.name, COUNT, drawn=place < DRAWN_REASONS) for place, each in enumerate(order))
    months = sorted({month for month, _ in counts})
    lines = tuple(ChartLine(month, {}, tuple(counts[month, each.code] for each in order)) for month in months)
    return Chart("declines", N_("为什么不合适"), N_("近一年表示“不合适”的次数，按原因。"), N_("月份"), columns, lines)


def _sources(session: Session) -> Chart:
    found: Mapping[str, Mapping[str, float]] = _latest(session, "sources").get("sources", {})
    columns = ChartColumn(N_("配对"), COUNT), ChartColumn(N_("合计分量"), SCORE, drawn=False)
    lines = tuple(
        ChartLine(SOURCE_NAMES[source], {}, (found[source]["pairs"], round(found[source]["weight"], 2)))
        for source in Source
        if source in found
    )
    lead = N_("最近一次学习用了哪些反馈。分量最多为每对 1；一对有几种来源时平分。")
    return Chart("sources", N_("反馈从哪里来"), lead, N_("来源"), columns, lines)


def _graders(session: Session) -> Chart:
    thought = graders(session)
    rows = session.execute(sa.select(User.id, User.name).where(User.id.in_(thought)))
    names = {user_id: name for user_id, name in rows}  # noqa: C416 - rows are no pairs to a type checker
    columns = (
        ChartColumn(N_("权重"), SCORE),
        ChartColumn(N_("与他人共评的配对"), COUNT, drawn=False),
        ChartColumn(N_("偏宽（+）或偏严（-）"), SCORE, drawn=False),
    )
    ordered = sorted(thought.items(), key=lambda each: -each[1].reliability)
    lines = tuple(
        ChartLine(names.get(found, "—"), {}, (round(one.reliability, 2), one.shared, round(one.shift, 2)))
        for found, one in ordered
    )
    lead = N_("评分台上每个人的话有多少分量，0 到 1：看他与别人对同样配对的评分有多一致。随意评或反着评的，分量很小。")
    return Chart("graders", N_("评分人的权重"), lead, N_("评分人"), columns, lines)


def _latest(session: Session, name: str) -> dict[str, Any]:
    """Return the figures of the last refit that has some of that name."""
    rows = session.scalars(sa.select(Refit.figures).order_by(Refit.id.desc()).limit(30))
    return next((figures for figures in rows if figures.get(name)), {})


DRAWERS: dict[str, Callable[[Session], Chart]] = {
    "worth": _worth,
    "declines": _declines,
    "sources": _sources,
    "graders": _graders,
}
