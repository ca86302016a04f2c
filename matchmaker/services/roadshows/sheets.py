"""Scoring sheets as a judge has them: saved while he types, locked once signed, given back by the organiser only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import upsert, utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.events import Event
from matchmaker.domain.journal import record
from matchmaker.domain.judges import Judge, Recusal, ScoreSheet, SheetState
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.pitches import PitchState
from matchmaker.domain.roadshows import Roadshow
from matchmaker.domain.states import move
from matchmaker.services.events.loading import lock_event, require_runner
from matchmaker.services.listings import LARGEST_ID
from matchmaker.services.reading.text import folded, prose
from matchmaker.services.roadshows import notices
from matchmaker.services.roadshows.judges import own_judge
from matchmaker.services.roadshows.loading import (
    MISSING,
    dimensions_of,
    pitches_of,
    require_under_way,
    roadshow_of,
)
from matchmaker.services.roadshows.programme import PitchView, times_of, view_of
from matchmaker.services.roadshows.recusal import RULE_TEXT, Away, Ground, recusals_of
from matchmaker.services.roadshows.slides import slides_of

COMMENT_MOST, REASON_MOST = 2000, 500
LOCKED = N_("评分表已经签名，不能再改。如确需修改，请联系主办方退回。")
STALE = N_("您在另一处改过这份评分表。请看过最新内容再改，您刚才输入的内容仍在本页。")


@dataclass(frozen=True, slots=True)
class Marks:
    """What a judge typed: the mark for each dimension's key, and a comment."""

    scores: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""


@dataclass(frozen=True, slots=True)
class SheetView:
    """A judge's own sheet of a pitch. `version` 0: nothing was saved yet. `scores` are as he would type them."""

    pitch: PitchView
    state: str
    scores: Mapping[str, str]
    comment: str
    version: int
    saved_at: datetime | None
    signed_at: datetime | None
    reopen_reason: str
    away: Away | None

    @property
    def is_signed(self) -> bool:
        """Whether it is locked."""
        return self.state == SheetState.SIGNED


def my_sheets(session: Session, actor: Actor, event: Event) -> tuple[SheetView, ...]:
    """Return the actor's sheet of each confirmed pitch, in the order of the programme.

    Of a pitch from which he steps back he sees the number only, unless he may read it anyway.

    Raises:
        Forbidden: he is no judge here.
    """
    return tuple(_sheets(session, actor, event, own_judge(session, actor, event)).values())


def my_sheet(session: Session, actor: Actor, event: Event, pitch_id: int) -> SheetView:
    """Return the actor's sheet of one pitch.

    Raises:
        Forbidden: he is no judge here.
        NotFound: there is no such pitch on the programme.
    """
    found = _sheets(session, actor, event, own_judge(session, actor, event)).get(pitch_id)
    if found is None:
        raise NotFound(MISSING)
    return found


def save_sheet(
    session: Session, actor: Actor, event: Event, pitch_id: int, marks: Marks, version: int | None
) -> ScoreSheet:
    """Save what is typed so far; marks that cannot be read yet are left as they were. Saving the same again is well.

    `version` is the one that he saw, None where nobody looked (then the last word counts).

    Raises:
        Forbidden: he is no judge here.
        NotFound: there is no such pitch on the programme.
        Conflict: it is signed, he steps back from it, the event is over, or it was saved elsewhere since `version`.
    """
    roadshow, sheet = _open_sheet(session, actor, event, pitch_id)
    if version is not None and version != (sheet.version if sheet is not None else 0):
        raise Conflict(STALE)
    sheet = sheet or _begin(session, actor, event, pitch_id)
    read, _faults = _read(roadshow, marks)
    kept = {key: mark for key, mark in sheet.scores.items() if _is_unread(marks, key)}
    sheet.scores = kept | read
    sheet.comment, sheet.saved_at = prose(marks.comment)[:COMMENT_MOST], utc_now()
    sheet.version += 1
    session.flush()
    return sheet


def sign_sheet(
    session: Session, actor: Actor, event: Event, pitch_id: int, marks: Marks, version: int | None
) -> ScoreSheet:
    """Save and sign: from now on it counts, and nobody changes it.

    Raises:
        Forbidden, NotFound, Conflict: see `save_sheet`.
        Invalid: a mark is missing or out of range (`errors` names the dimension's key), or the comment too long.
    """
    roadshow, _sheet = _open_sheet(session, actor, event, pitch_id)
    _scores, faults = _read(roadshow, marks)
    if len(prose(marks.comment)) > COMMENT_MOST:
        faults["comment"] = N_("评语最多 2000 字。")
    if faults:
        raise Invalid(N_("还有 %(count)d 处没有填好。"), faults, count=len(faults))
    sheet = save_sheet(session, actor, event, pitch_id, marks, version)
    move(session, sheet, SheetState.SIGNED, actor, pitch_id=pitch_id)
    sheet.signed_at = utc_now()
    session.flush()
    return sheet


def recuse(session: Session, actor: Actor, event: Event, pitch_id: int, reason: str) -> None:
    """Step back from a pitch, with a reason for the organiser; a sheet begun is gone.

    Raises:
        Forbidden, NotFound, Conflict: see `save_sheet`.
        Invalid: no reason (field `reason`).
    """
    text = prose(reason)[:REASON_MOST]
    if not text:
        raise Invalid(N_("请写明回避的原因。"), {"reason": N_("请写明回避的原因。")})
    _roadshow, sheet = _open_sheet(session, actor, event, pitch_id)
    judge = own_judge(session, actor, event)
    if sheet is not None:
        session.delete(sheet)
    session.add(Recusal(judge_id=judge.id, pitch_id=pitch_id, reason=text))
    session.flush()
    record(session, actor, "recuse", "pitch", pitch_id, reason=text, judge_id=judge.id)


def reopen_sheet(session: Session, actor: Actor, event: Event, sheet_id: int, reason: str) -> ScoreSheet:
    """Give a signed sheet back to its judge, who is told why. Its marks stay as they are until he changes them.

    Raises:
        Forbidden: the actor does not run the event, or would give a sheet back to himself.
        NotFound: the event has no such sheet.
        Conflict: it is not signed, the results are published, or the event is over.
        Invalid: no reason (field `reason`).
    """
    require_runner(actor, event)
    require_under_way(event)
    text = prose(reason)[:REASON_MOST]
    if not text:
        raise Invalid(N_("请写明退回的原因，评委会看到。"), {"reason": N_("请写明退回的原因，评委会看到。")})
    sheet = _signed_sheet(session, event, sheet_id)
    if sheet.judge.user_id == actor.user_id:
        raise Forbidden(N_("不能退回自己的评分表，请由其他主办人员办理。"))
    if roadshow_of(session, event).is_published:
        raise Conflict(N_("结果已经公布，请先撤回公布再退回评分表。"))
    move(session, sheet, SheetState.DRAFT, actor, text, pitch_id=sheet.pitch_id, judge_id=sheet.judge_id)
    sheet.signed_at, sheet.reopened_at, sheet.reopen_reason = None, utc_now(), text
    sheet.version += 1
    session.flush()
    notices.tell_reopened(session, event, sheet)
    return sheet


def _sheets(session: Session, actor: Actor, event: Event, judge: Judge) -> dict[int, SheetView]:
    roadshow, pitches = roadshow_of(session, event), pitches_of(session, event)
    times, recusals = times_of(event, roadshow, pitches), recusals_of(session, [judge], pitches)
    rows = {row.pitch_id: row for row in session.scalars(sa.select(ScoreSheet).where(ScoreSheet.judge_id == judge.id))}
    files = slides_of(session, actor, event, pitches)
    found: dict[int, SheetView] = {}
    for number, pitch in enumerate(pitches, start=1):
        if pitch.state != PitchState.CONFIRMED:
            continue
        away = recusals.get((judge.id, pitch.id))
        view = view_of(
            actor, event, roadshow, pitch, number=number, turn=times[pitch.id], slides=files.get(pitch.id, ())
        )
        found[pitch.id] = _view(view, rows.get(pitch.id) if away is None else None, away)
    return found


def _view(pitch: PitchView, row: ScoreSheet | None, away: Away | None) -> SheetView:
    if row is None:
        return SheetView(pitch, SheetState.DRAFT, {}, "", 0, None, None, "", away)
    return SheetView(
        pitch=pitch,
        state=row.state,
        scores={key: f"{mark:g}" for key, mark in row.scores.items()},
        comment=row.comment,
        version=row.version,
        saved_at=row.saved_at,
        signed_at=row.signed_at,
        reopen_reason=row.reopen_reason or "",
        away=away,
    )


def _open_sheet(session: Session, actor: Actor, event: Event, pitch_id: int) -> tuple[Roadshow, ScoreSheet | None]:
    """Return the roadshow, and the actor's sheet of a pitch where there is one, if he may write on it now."""
    judge = own_judge(session, actor, event)
    pitch = next((each for each in pitches_of(session, event) if each.id == pitch_id), None)
    if pitch is None or pitch.state != PitchState.CONFIRMED:
        raise NotFound(MISSING)
    require_under_way(event)
    away = recusals_of(session, [judge], [pitch]).get((judge.id, pitch.id))
    if away is not None:
        raise Conflict(N_("您已回避这个项目，没有评分表。") if away.ground is Ground.SELF else RULE_TEXT)
    sheet = session.scalar(
        sa.select(ScoreSheet).where(ScoreSheet.judge_id == judge.id, ScoreSheet.pitch_id == pitch.id).with_for_update()
    )
    if sheet is not None and sheet.is_signed:
        raise Conflict(LOCKED)
    roadshow = roadshow_of(session, event)
    if roadshow.is_published:
        raise Conflict(N_("结果已经公布，不能再打分。"))
    return roadshow, sheet


def _begin(session: Session, actor: Actor, event: Event, pitch_id: int) -> ScoreSheet:
    """Begin a sheet; two pages that begin at once begin one."""
    # What judges mark may not change from now on: whoever changes it locks the same row.
    lock_event(session, event)
    judge = own_judge(session, actor, event)
    values = {"judge_id": judge.id, "pitch_id": pitch_id, "state": SheetState.DRAFT, "scores": {}, "comment": ""}
    new = upsert(session, ScoreSheet).values(**values, version=0, saved_at=utc_now())
    session.execute(new.on_conflict_do_nothing())
    return session.scalars(
        sa.select(ScoreSheet).where(ScoreSheet.judge_id == judge.id, ScoreSheet.pitch_id == pitch_id)
    ).one()


def _read(roadshow: Roadshow, marks: Marks) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the marks that can be read, and a sentence for each dimension that has none."""
    read: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for dimension in dimensions_of(roadshow):
        mark = _mark(roadshow, marks.scores.get(dimension.key, ""))
        if mark is None:
            faults[dimension.key] = N_("请打分，可以有一位小数。")
        else:
            read[dimension.key] = mark
    return read, faults


def _mark(roadshow: Roadshow, typed: str) -> float | int | None:
    try:
        mark = Decimal(folded(typed)[:8])
    except InvalidOperation:
        return None
    if not mark.is_finite() or not roadshow.score_least <= mark <= roadshow.score_most:
        return None
    if mark * 10 != (mark * 10).to_integral_value():
        return None
    return int(mark) if mark == mark.to_integral_value() else float(mark)


def _is_unread(marks: Marks, key: str) -> bool:
    """Whether something is typed for a dimension that is no mark (yet): what was saved before is kept."""
    return bool(folded(marks.scores.get(key, "")))


def _signed_sheet(session: Session, event: Event, sheet_id: int) -> ScoreSheet:
    sheet = None
    if 0 < sheet_id <= LARGEST_ID:
        sheet = session.scalar(
            sa.select(ScoreSheet)
            .where(ScoreSheet.id == sheet_id)
            .options(joinedload(ScoreSheet.judge).joinedload(Judge.user), joinedload(ScoreSheet.pitch))
        )
    if sheet is None or sheet.judge.event_id != event.id:
        raise NotFound(N_("没有找到这份评分表。"))
    return sheet
