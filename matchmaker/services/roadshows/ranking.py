"""The ranking of a roadshow: live for the organiser, for presenters once it is published.

Only signed sheets count, and none of a judge who must step back. How means and places are made: domain/scoring.py.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.events import Event, EventState
from matchmaker.domain.journal import JournalEntry, record
from matchmaker.domain.judges import Judge, ScoreSheet, SheetState
from matchmaker.domain.language import N_
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor, can_run_event
from matchmaker.domain.pitches import Pitch, PitchState
from matchmaker.domain.roadshows import RankedBy, Roadshow
from matchmaker.domain.scoring import Dimension, exact, mean, places, shown, total, trimmed_mean
from matchmaker.services.events.loading import require_runner
from matchmaker.services.reading.text import prose
from matchmaker.services.roadshows import notices
from matchmaker.services.roadshows.judges import judge_of, judges_of
from matchmaker.services.roadshows.loading import (
    dimensions_of,
    kept_roadshow,
    pitches_of,
    roadshow_of,
)
from matchmaker.services.roadshows.programme import PitchView, times_of, view_of
from matchmaker.services.roadshows.recusal import GROUND_NAMES, Recusals, recusals_of

REASON_MOST = 500
OWN_FIRST = N_("您也是这场路演的评委。签完自己的全部评分表之后才能看到其他评委的打分和排名。")


@dataclass(frozen=True, slots=True)
class SheetMark:
    """One judge's signed sheet: `total` as ranked, marks by dimension, for the organiser only."""

    sheet_id: int
    judge_name: str
    organization_name: str
    total: Decimal
    scores: dict[str, float]
    comment: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class RankingRow:
    """One pitch: `score` is what the place follows, None while nobody has signed; then there is no place either.

    `means` are those of each dimension's marks, by its key. `away`: who steps back, and on which ground. `missing`
    counts sheets that are not signed yet. Presenters get no `sheets`, and `comments` of their own pitch only.
    """

    pitch: PitchView
    place: int | None
    score: Decimal | None
    mean: Decimal | None
    trimmed: Decimal | None
    means: dict[str, Decimal]
    signed: int
    missing: int
    away: tuple[tuple[str, str], ...]
    sheets: tuple[SheetMark, ...]
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """All confirmed pitches, the best first; what has no place yet follows in the order of the programme."""

    roadshow: Roadshow
    dimensions: tuple[Dimension, ...]
    rows: tuple[RankingRow, ...]
    judges: tuple[tuple[str, str], ...]

    @property
    def signed(self) -> int:
        """How many sheets count."""
        return sum(row.signed for row in self.rows)

    @property
    def missing(self) -> int:
        """How many are still to be signed."""
        return sum(row.missing for row in self.rows)


@dataclass(frozen=True, slots=True)
class Reopening:
    """That a signed sheet was given back: whose, of which pitch, by whom, why."""

    at: datetime
    judge_name: str
    pitch_id: int
    by: str
    reason: str


def live_ranking(session: Session, actor: Actor, event: Event) -> Ranking:
    """Return the ranking as it stands now, with every signed sheet.

    Raises:
        Forbidden: the actor does not run the event, or judges at it and has not signed all of his own sheets.
    """
    require_runner(actor, event)
    ranking = _ranking(session, actor, event)
    judge = judge_of(session, actor, event)
    if judge is not None and not ranking.roadshow.is_published and _has_open_sheets(session, event, judge):
        raise Forbidden(OWN_FIRST)
    return ranking


def results(session: Session, actor: Actor, event: Event) -> Ranking:
    """Return the published results for presenters and judges, without who gave which mark.

    Raises:
        Forbidden: the actor neither presents nor judges here, or the results are not published.
    """
    if not can_read_results(session, actor, event):
        raise Forbidden(N_("路演结果还没有公布，或只对路演单位和评委公布。"))
    ranking = _ranking(session, actor, event)
    seen = [row for row in ranking.rows if not row.pitch.is_hidden]
    return Ranking(ranking.roadshow, ranking.dimensions, tuple(_without_judges(row) for row in seen), ())


def can_read_results(session: Session, actor: Actor, event: Event) -> bool:
    """Whether the actor may read the results now: they are published, and he presents, judges or runs the event."""
    if not roadshow_of(session, event).is_published or actor.user_id is None:
        return False
    if can_run_event(actor, event) or judge_of(session, actor, event) is not None:
        return True
    return presents(session, actor, event)


def publish_results(session: Session, actor: Actor, event: Event, *, anyway: bool = False) -> None:
    """Let presenters read the results; nobody marks any more.

    Raises:
        Forbidden: see `live_ranking`.
        Conflict: they are published already, nobody has signed, or the event is cancelled.
        Invalid: sheets are missing and not `anyway` (field `anyway`).
    """
    ranking = live_ranking(session, actor, event)
    roadshow = kept_roadshow(session, event)
    if roadshow.is_published or event.state == EventState.CANCELLED:
        raise Conflict(N_("结果已经公布，或活动已经取消。"))
    if not ranking.signed:
        raise Conflict(N_("还没有签名的评分表，不能公布结果。"))
    if ranking.missing and not anyway:
        sentence = N_("还有 %(count)d 份评分表没有签名。如确需先公布，请勾选确认。")
        raise Invalid(sentence, {"anyway": N_("请勾选确认。")}, count=ranking.missing)
    roadshow.published_at, roadshow.published_by_id = utc_now(), actor.user_id
    session.flush()
    record(session, actor, "publish_results", "event", event.id, signed=ranking.signed, missing=ranking.missing)
    notices.tell_published(session, event)


def unpublish_results(session: Session, actor: Actor, event: Event, reason: str) -> None:
    """Take the results back, so that sheets can be given back; the reason is journaled.

    Raises:
        Forbidden: the actor does not run the event.
        Conflict: they are not published.
        Invalid: no reason (field `reason`).
    """
    require_runner(actor, event)
    text = prose(reason)[:REASON_MOST]
    if not text:
        raise Invalid(N_("请写明撤回公布的原因。"), {"reason": N_("请写明撤回公布的原因。")})
    roadshow = kept_roadshow(session, event)
    if not roadshow.is_published:
        raise Conflict(N_("结果还没有公布。"))
    roadshow.published_at = roadshow.published_by_id = None
    session.flush()
    record(session, actor, "unpublish_results", "event", event.id, reason=text)


def reopenings(session: Session, actor: Actor, event: Event) -> tuple[Reopening, ...]:
    """Return every sheet that was given back at an event, the latest first.

    Raises:
        Forbidden: the actor does not run the event.
    """
    require_runner(actor, event)
    judging = sa.orm.aliased(User)
    rows = session.execute(
        sa.select(JournalEntry, judging.name, ScoreSheet.pitch_id, User.name)
        .join(ScoreSheet, ScoreSheet.id == JournalEntry.subject_id)
        .join(Judge, Judge.id == ScoreSheet.judge_id)
        .join(judging, judging.id == Judge.user_id)
        .outerjoin(User, User.id == JournalEntry.actor_id)
        .where(JournalEntry.subject_kind == ScoreSheet.subject_kind, JournalEntry.after == SheetState.DRAFT)
        .where(JournalEntry.action == "move", Judge.event_id == event.id)
        .order_by(JournalEntry.id.desc())
    )
    return tuple(
        Reopening(entry.at, judge, pitch_id, by or "", entry.reason or "") for entry, judge, pitch_id, by in rows
    )


def _ranking(session: Session, actor: Actor, event: Event) -> Ranking:
    roadshow, pitches = roadshow_of(session, event), pitches_of(session, event)
    dimensions, times = dimensions_of(roadshow), times_of(event, roadshow, pitches)
    judges = judges_of(session, event)
    recusals = recusals_of(session, judges, pitches)
    sheets = _signed(session, event, recusals)
    rows = [
        _row(
            view_of(actor, event, roadshow, pitch, number=number, turn=times[pitch.id]),
            roadshow,
            dimensions,
            sheets[pitch.id],
            judges,
            recusals,
        )
        for number, pitch in enumerate(pitches, start=1)
        if pitch.state == PitchState.CONFIRMED
    ]
    found = zip(rows, places([row.score for row in rows]), strict=True)
    placed = [replace(row, place=place) for row, place in found]
    placed.sort(key=lambda row: (row.place is None, row.place or 0, row.pitch.number))
    names = tuple((judge.user.name, judge.organization.name) for judge in judges)
    return Ranking(roadshow, dimensions, tuple(placed), names)


def _row(
    pitch: PitchView,
    roadshow: Roadshow,
    dimensions: Sequence[Dimension],
    sheets: Sequence[ScoreSheet],
    judges: Sequence[Judge],
    recusals: Recusals,
) -> RankingRow:
    totals = [total(dimensions, sheet.scores) for sheet in sheets]
    plain, trimmed = shown(mean(totals)), shown(trimmed_mean(totals))
    away = [(judge, recusals[judge.id, pitch.id]) for judge in judges if (judge.id, pitch.id) in recusals]
    signed = {sheet.judge_id for sheet in sheets}
    open_judges = [judge for judge in judges if judge.dismissed_at is None and judge.id not in signed]
    return RankingRow(
        pitch=pitch,
        place=None,
        score=trimmed if roadshow.ranked_by == RankedBy.TRIMMED else plain,
        mean=plain,
        trimmed=trimmed,
        means={each.key: _mean_of(sheets, each.key) for each in dimensions} if sheets else {},
        signed=len(sheets),
        missing=sum((judge.id, pitch.id) not in recusals for judge in open_judges),
        away=tuple((judge.user.name, GROUND_NAMES[each.ground]) for judge, each in away),
        sheets=tuple(_mark(sheet, value) for sheet, value in zip(sheets, totals, strict=True)),
        comments=tuple(sorted(sheet.comment for sheet in sheets if sheet.comment)),
    )


def _mean_of(sheets: Sequence[ScoreSheet], key: str) -> Decimal:
    found = shown(mean([exact(sheet.scores[key]) for sheet in sheets]))
    assert found is not None, "somebody has signed"  # noqa: S101
    return found


def _mark(sheet: ScoreSheet, value: Fraction) -> SheetMark:
    points = shown(value)
    assert points is not None and sheet.signed_at is not None, "a signed sheet"  # noqa: S101, PT018
    return SheetMark(
        sheet_id=sheet.id,
        judge_name=sheet.judge.user.name,
        organization_name=sheet.judge.organization.name,
        total=points,
        scores=dict(sheet.scores),
        comment=sheet.comment,
        signed_at=sheet.signed_at,
    )


def _without_judges(row: RankingRow) -> RankingRow:
    return replace(row, away=(), sheets=(), comments=row.comments if row.pitch.is_own else ())


def _signed(session: Session, event: Event, recusals: Recusals) -> dict[int, list[ScoreSheet]]:
    found: dict[int, list[ScoreSheet]] = defaultdict(list)
    query = (
        sa.select(ScoreSheet)
        .join(Judge, Judge.id == ScoreSheet.judge_id)
        .where(Judge.event_id == event.id, ScoreSheet.state == SheetState.SIGNED)
        .options(
            joinedload(ScoreSheet.judge).joinedload(Judge.user),
            joinedload(ScoreSheet.judge).joinedload(Judge.organization),
        )
        .order_by(ScoreSheet.judge_id)
    )
    for sheet in session.scalars(query):
        if (sheet.judge_id, sheet.pitch_id) not in recusals:
            found[sheet.pitch_id].append(sheet)
    return found


def _has_open_sheets(session: Session, event: Event, judge: Judge) -> bool:
    confirmed = [pitch for pitch in pitches_of(session, event) if pitch.state == PitchState.CONFIRMED]
    recusals = recusals_of(session, [judge], confirmed)
    signed = set(
        session.scalars(
            sa.select(ScoreSheet.pitch_id).where(ScoreSheet.judge_id == judge.id, ScoreSheet.state == SheetState.SIGNED)
        )
    )
    return any(pitch.id not in signed and (judge.id, pitch.id) not in recusals for pitch in confirmed)


def presents(session: Session, actor: Actor, event: Event) -> bool:
    """Whether the actor's organization presents at an event."""
    own = sa.select(Pitch.id).where(
        Pitch.event_id == event.id,
        Pitch.organization_id == actor.organization_id,
        Pitch.state == PitchState.CONFIRMED,
    )
    return actor.organization_id is not None and session.scalar(own.limit(1)) is not None
