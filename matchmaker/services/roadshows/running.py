"""How a roadshow is run: lengths, breaks, what judges mark and how the ranking is made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.events import Event
from matchmaker.domain.journal import record
from matchmaker.domain.judges import Judge, ScoreSheet
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.roadshows import RankedBy, Roadshow
from matchmaker.services.events.loading import require_runner
from matchmaker.services.reading.moments import read_moment, written_moment
from matchmaker.services.reading.text import Unreadable, folded, line
from matchmaker.services.roadshows.loading import dimensions_of, kept_roadshow, require_worked_on
from matchmaker.services.roadshows.pitches import minutes

DIMENSIONS_MOST, NAME_MOST, WEIGHT_MOST, SCORE_MOST, BREAK_AFTER_MOST = 10, 40, 1000, 100, 50
RANKED_BY_NAMES = {
    RankedBy.MEAN: N_("平均分"),
    RankedBy.TRIMMED: N_("去掉一个最高分和一个最低分后的平均分"),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """How a roadshow is run, as typed. `dimensions` are name and weight, rows without a name left out."""

    starts_at: str = ""
    present_minutes: str = ""
    question_minutes: str = ""
    break_every: str = ""
    break_minutes: str = ""
    dimensions: tuple[tuple[str, str], ...] = ()
    score_least: str = "0"
    score_most: str = "10"
    ranked_by: str = RankedBy.MEAN


def rules_of(roadshow: Roadshow) -> Rules:
    """Return the rules of a roadshow as a form shows them."""
    return Rules(
        starts_at=written_moment(roadshow.starts_at),
        present_minutes=str(roadshow.present_minutes),
        question_minutes=str(roadshow.question_minutes),
        break_every=str(roadshow.break_every or ""),
        break_minutes=str(roadshow.break_minutes or ""),
        dimensions=tuple((each.name, str(each.weight)) for each in dimensions_of(roadshow)),
        score_least=str(roadshow.score_least),
        score_most=str(roadshow.score_most),
        ranked_by=roadshow.ranked_by,
    )


def set_rules(session: Session, actor: Actor, event: Event, rules: Rules, version: int) -> None:
    """Change how the roadshow is run. What judges mark stays once one of them has begun a sheet.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: the event is over, a colleague was quicker, or marks would lose their meaning.
        Invalid: something cannot be read (`errors` names the field; of dimensions `dimension-<place>`).
    """
    require_runner(actor, event)
    require_worked_on(event)
    roadshow = kept_roadshow(session, event)
    if roadshow.version != version:
        raise Conflict(N_("同事刚刚修改了路演设置。请打开最新版本后再改，您输入的内容仍在本页。"))
    values = _read(event, rules)
    if _changes_marks(roadshow, values) and has_sheets(session, event):
        raise Conflict(N_("已经有评委开始打分，评分维度、权重和分数范围不能再改。"))
    for name, value in values.items():
        setattr(roadshow, name, value)
    roadshow.version += 1
    roadshow.changed_at = utc_now()
    session.flush()
    record(session, actor, "set_rules", "roadshow", roadshow.id, event_id=event.id)


def has_sheets(session: Session, event: Event) -> bool:
    """Whether a judge has begun a sheet at this event."""
    begun = sa.select(ScoreSheet.id).join(Judge, Judge.id == ScoreSheet.judge_id).where(Judge.event_id == event.id)
    return session.scalar(begun.limit(1)) is not None


def _changes_marks(roadshow: Roadshow, values: dict[str, Any]) -> bool:
    standing = [{"key": each.key, "name": each.name, "weight": each.weight} for each in dimensions_of(roadshow)]
    return values["dimensions"] != standing or any(
        values[name] != getattr(roadshow, name) for name in ("score_least", "score_most")
    )


def _read(event: Event, rules: Rules) -> dict[str, Any]:
    errors: dict[str, str] = {}
    present = minutes(errors, "present_minutes", rules.present_minutes, least=1)
    questions = minutes(errors, "question_minutes", rules.question_minutes, least=0)
    for name, value in (("present_minutes", present), ("question_minutes", questions)):
        if value is None:
            errors.setdefault(name, N_("请填写分钟数，最多 120。"))
    every = _number(errors, "break_every", rules.break_every, 1, BREAK_AFTER_MOST)
    pause = minutes(errors, "break_minutes", rules.break_minutes, least=0) or 0
    if every and not pause:
        errors.setdefault("break_minutes", N_("请填写休息多少分钟。"))
    least = _number(errors, "score_least", rules.score_least, 0, SCORE_MOST)
    most = _number(errors, "score_most", rules.score_most, 1, SCORE_MOST)
    if least is None or most is None or least >= most:
        errors.setdefault("score_most", N_("最高分应大于最低分，最多 100。"))
    if rules.ranked_by not in set(RankedBy):
        errors["ranked_by"] = N_("请从列表中选择。")
    values = {
        "starts_at": _start(errors, event, rules.starts_at),
        "present_minutes": present,
        "question_minutes": questions,
        "break_every": every,
        "break_minutes": pause,
        "dimensions": _dimensions(errors, rules.dimensions),
        "score_least": least,
        "score_most": most,
        "ranked_by": rules.ranked_by,
    }
    if errors:
        raise Invalid(N_("还有 %(count)d 处需要修改。"), errors, count=len(errors))
    return values


def _start(errors: dict[str, str], event: Event, typed: str) -> datetime | None:
    try:
        moment = read_moment(typed)
    except Unreadable as fault:
        errors["starts_at"] = fault.sentence
        return None
    if moment is not None and not event.starts_at <= moment < event.ends_at:
        errors["starts_at"] = N_("路演应在活动时间之内开始。")
    return moment


def _number(errors: dict[str, str], name: str, typed: str, least: int, most: int) -> int | None:
    text = folded(typed)
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 5 and least <= int(text) <= most):
        errors[name] = N_("请填写整数。")
        return None
    return int(text)


def _dimensions(errors: dict[str, str], typed: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for place, (name, weight) in enumerate(typed, start=1):
        text = line(name)
        if not text:
            continue
        value = _number(errors, f"dimension-{place}", weight, 1, WEIGHT_MOST)
        if value is None or len(text) > NAME_MOST:
            errors[f"dimension-{place}"] = N_("名称最多 40 个字，权重是 1 到 1000 的整数。")
            continue
        rows.append({"key": f"d{len(rows) + 1}", "name": text, "weight": value})
    if not rows or len(rows) > DIMENSIONS_MOST or len({row["name"] for row in rows}) < len(rows):
        errors.setdefault("dimension-1", N_("请填写 1 到 10 个互不相同的评分维度。"))
    return rows
