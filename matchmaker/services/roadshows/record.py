"""The papers of a roadshow: its programme as a viewer may read it, and the record of its result. They are in Chinese,
as all documents are."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.orm import Session

from matchmaker.domain import formats
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict
from matchmaker.domain.events import Event
from matchmaker.domain.language import N_, SOURCE
from matchmaker.domain.permissions import Actor
from matchmaker.domain.pitches import PitchState
from matchmaker.domain.programme import Turn
from matchmaker.domain.roadshows import TRIMMED_FROM, RankedBy, Roadshow
from matchmaker.services.documents import (
    ProgrammeLine,
    RecordRow,
    RecordSheet,
    RoadshowProgramme,
    RoadshowRecord,
)
from matchmaker.services.roadshows.programme import PitchView, Programme, programme_of
from matchmaker.services.roadshows.ranking import Ranking, RankingRow, live_ranking
from matchmaker.services.roadshows.results import reopenings

NONE = "—"


def make_programme(session: Session, actor: Actor, event: Event) -> RoadshowProgramme:
    """Return the programme of an event as the actor may read it."""
    programme = programme_of(session, actor, event)
    return RoadshowProgramme(
        title=event.title,
        facts=_facts(event, programme),
        lines=tuple(_lines(programme)),
        note=N_("时间按各项目的时长顺次推算，以现场为准。时间均为北京时间。"),
    )


def make_record(session: Session, actor: Actor, event: Event) -> RoadshowRecord:
    """Return the record of a roadshow's result as it stands now.

    Raises:
        Forbidden: see `live_ranking`.
        Conflict: nobody has signed a sheet yet.
    """
    ranking = live_ranking(session, actor, event)
    if not ranking.signed:
        raise Conflict(N_("还没有签名的评分表，没有结果可以打印。"))
    titles = {row.pitch.id: row.pitch.title for row in ranking.rows}
    return RoadshowRecord(
        title=event.title,
        facts=_facts(event, programme_of(session, actor, event)),
        rules=tuple(_rules(ranking)),
        dimensions=tuple(each.name for each in ranking.dimensions),
        rows=tuple(_row(row, ranking) for row in ranking.rows),
        sheets=tuple(_sheets(ranking)),
        reopened=tuple(
            N_("%(at)s %(by)s 退回 %(judge)s 对《%(title)s》的评分表：%(reason)s")
            % {
                "at": _moment(each.at),
                "by": each.by,
                "judge": each.judge_name,
                "title": titles.get(each.pitch_id, NONE),
                "reason": each.reason,
            }
            for each in reversed(reopenings(session, actor, event))
        ),
        judges=tuple(f"{name}（{office}）" for name, office in ranking.judges),
        made_at=_moment(utc_now()),
    )


def _facts(event: Event, programme: Programme) -> tuple[tuple[str, str], ...]:
    place = event.place or (N_("线上") if event.online_url else "")
    facts = (
        (N_("时间"), formats.period(programme.starts_at, programme.ends_at, SOURCE)),
        (N_("地点"), place),
        (N_("主办单位"), "、".join(event.organizers) or event.organization.name),
    )
    return tuple(fact for fact in facts if fact[1])


def _lines(programme: Programme) -> Iterator[ProgrammeLine]:
    for pitch in programme.pitches:
        waiting = N_("（待确认）") if pitch.state == PitchState.PROPOSED else ""
        yield ProgrammeLine(
            time=_span(pitch.turn),
            number=str(pitch.number),
            title=(pitch.title or N_("（不便显示的项目）")) + waiting,
            presenter=pitch.organization_name,
            speakers=pitch.speakers,
            length=f"{pitch.present_minutes} + {pitch.question_minutes}",
        )
        if pitch.turn.pause_until is not None:
            span = f"{_clock(pitch.turn.ends_at)}–{_clock(pitch.turn.pause_until)}"
            yield ProgrammeLine(span, "", N_("休息"), "", "", "", is_break=True)


def _rules(ranking: Ranking) -> Iterator[str]:
    roadshow: Roadshow = ranking.roadshow
    weights = "、".join(f"{each.name} {each.weight}" for each in ranking.dimensions)
    scale = {"least": roadshow.score_least, "most": roadshow.score_most, "weights": weights}
    yield N_("每项 %(least)d 至 %(most)d 分，按权重加权平均得出每份评分表的总分。权重：%(weights)s。") % scale
    if roadshow.ranked_by == RankedBy.TRIMMED:
        yield N_(
            "项目得分是各评分表总分去掉一个最高分、一个最低分后的平均分；少于 %(least)d 份时不去，取全部的平均分。"
        ) % {"least": TRIMMED_FROM}
    else:
        yield N_("项目得分是各评分表总分的平均分。")
    yield N_("得分四舍五入到两位小数；得分相同的并列，后面的名次空出。")
    yield N_("只计已签名的评分表。评委须回避的项目没有他的评分表。")


def _row(row: RankingRow, ranking: Ranking) -> RecordRow:
    return RecordRow(
        place=NONE if row.place is None else str(row.place),
        number=str(row.pitch.number),
        title=_title(row.pitch),
        presenter=row.pitch.organization_name,
        score=NONE if row.score is None else f"{row.score}",
        means=tuple(f"{row.means[each.key]}" if row.means else NONE for each in ranking.dimensions),
        sheets=f"{row.signed}",
        recused="、".join(f"{name}（{ground}）" for name, ground in row.away),
    )


def _sheets(ranking: Ranking) -> Iterator[RecordSheet]:
    for row in sorted(ranking.rows, key=lambda each: each.pitch.number):
        for sheet in row.sheets:
            yield RecordSheet(
                number=str(row.pitch.number),
                judge=f"{sheet.judge_name}（{sheet.organization_name}）",
                marks=tuple(f"{sheet.scores[each.key]:g}" for each in ranking.dimensions),
                total=f"{sheet.total}",
                signed_at=_moment(sheet.signed_at),
            )


def _title(pitch: PitchView) -> str:
    return pitch.title or N_("（不便显示的项目）")


def _span(turn: Turn) -> str:
    return f"{_clock(turn.starts_at)}–{_clock(turn.ends_at)}"


def _clock(moment: datetime) -> str:
    return formats.clock(moment, SOURCE)


def _moment(moment: datetime) -> str:
    return formats.moment(moment, SOURCE)
