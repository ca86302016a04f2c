"""The results of a roadshow: published by the organiser, read by presenters and judges without who gave which mark,
and taken back with a reason; and which signed sheets were given back."""

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.events import Event, EventState
from matchmaker.domain.journal import JournalEntry, record
from matchmaker.domain.judges import Judge, ScoreSheet, SheetState
from matchmaker.domain.language import N_
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor, can_run_event
from matchmaker.domain.pitches import Pitch, PitchState
from matchmaker.services.events.loading import require_runner
from matchmaker.services.reading.text import prose
from matchmaker.services.roadshows import notices
from matchmaker.services.roadshows.judges import judge_of
from matchmaker.services.roadshows.loading import kept_roadshow, roadshow_of
from matchmaker.services.roadshows.ranking import Ranking, RankingRow, live_ranking, ranking_of

REASON_MOST = 500


@dataclass(frozen=True, slots=True)
class Reopening:
    """That a signed sheet was given back: whose, of which pitch, by whom, why."""

    at: datetime
    judge_name: str
    pitch_id: int
    by: str
    reason: str


def results(session: Session, actor: Actor, event: Event) -> Ranking:
    """Return the published results for presenters and judges, without who gave which mark.

    Raises:
        Forbidden: the actor neither presents nor judges here, or the results are not published.
    """
    if not can_read_results(session, actor, event):
        raise Forbidden(N_("路演结果还没有公布，或只对路演单位和评委公布。"))
    ranking = ranking_of(session, actor, event)
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


def _without_judges(row: RankingRow) -> RankingRow:
    return replace(row, away=(), sheets=(), comments=row.comments if row.pitch.is_own else ())


def presents(session: Session, actor: Actor, event: Event) -> bool:
    """Whether the actor's organization presents at an event."""
    own = sa.select(Pitch.id).where(
        Pitch.event_id == event.id,
        Pitch.organization_id == actor.organization_id,
        Pitch.state == PitchState.CONFIRMED,
    )
    return actor.organization_id is not None and session.scalar(own.limit(1)) is not None
