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

from matchmaker.domain.errors import Forbidden
from matchmaker.domain.events import Event
from matchmaker.domain.judges import Judge, ScoreSheet, SheetState
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.domain.pitches import PitchState
from matchmaker.domain.roadshows import RankedBy, Roadshow
from matchmaker.domain.scoring import Dimension, exact, mean, places, shown, total, trimmed_mean
from matchmaker.services.events.loading import require_runner
from matchmaker.services.roadshows.judges import judge_of, judges_of
from matchmaker.services.roadshows.loading import dimensions_of, pitches_of, roadshow_of
from matchmaker.services.roadshows.programme import PitchView, times_of, view_of
from matchmaker.services.roadshows.recusal import GROUND_NAMES, Recusals, recusals_of

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


def live_ranking(session: Session, actor: Actor, event: Event) -> Ranking:
    """Return the ranking as it stands now, with every signed sheet.

    Raises:
        Forbidden: the actor does not run the event, or judges at it and has not signed all of his own sheets.
    """
    require_runner(actor, event)
    ranking = ranking_of(session, actor, event)
    judge = judge_of(session, actor, event)
    if judge is not None and not ranking.roadshow.is_published and _has_open_sheets(session, event, judge):
        raise Forbidden(OWN_FIRST)
    return ranking


def ranking_of(session: Session, actor: Actor, event: Event) -> Ranking:
    """Return the ranking as it stands now; the caller has authorised the actor, and leaves out what he may not see."""
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
