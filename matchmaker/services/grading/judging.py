"""Grading a pair: one grader's word, kept with the texts that he read; taken back while it is fresh."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.judgements import GRADE_NAMES, Judgement, NotJudged, SampledPair
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_grade, can_read_listing
from matchmaker.services.grading.doubts import tell_if_doubtful
from matchmaker.services.grading.queue import own_ties

SEALED_AFTER = timedelta(minutes=10)
"""How long a grader may still change his word by himself. Only then he learns what others said of the pair: whoever
knows both his own word and theirs can no longer change it as if he had not known."""
SPARE_WITHIN = timedelta(hours=1)
"""How long a pair that has its grades takes a single one more: of somebody who had it before him as well."""
MOST_NOTE = 500
LARGEST_ID = 2**63 - 1
NOT_JUDGED_NAMES: dict[str, str] = {
    NotJudged.UNCLEAR: N_("文字说得不清楚"),
    NotJudged.FOREIGN_FIELD: N_("不熟悉这个领域"),
    NotJudged.LANGUAGE: N_("读不懂这种语言"),
    NotJudged.CONFLICT: N_("与其中一方有关系"),
}


@dataclass(frozen=True, slots=True)
class Texts:
    """The revisions of a need and an achievement that somebody reads; None where he has none before him."""

    need_revision_id: int | None
    achievement_revision_id: int | None


def load_pair(session: Session, actor: Actor, pair_id: int, *, lock: bool = False) -> SampledPair:
    """Return a drawn pair that the actor may grade; locked, nobody else grades it before this is committed.

    Raises:
        Forbidden: he grades nothing, or not this one.
        NotFound: there is none, or one of the two is not on the market any more.
    """
    if not can_grade(actor):
        raise Forbidden(N_("只有技术经纪人和科技局人员可以评分。"))
    pair = session.get(SampledPair, pair_id, with_for_update=lock or None) if 0 < pair_id <= LARGEST_ID else None
    if pair is None or not all(
        side.is_live and can_read_listing(actor, side) for side in (pair.need, pair.achievement)
    ):
        raise NotFound(N_("没有找到这一对：它可能已经撤下，不再需要评分。"))
    if own_ties(session, actor).bar(pair.need, pair.achievement):
        raise Forbidden(N_("这一对与您或您的单位有关（本单位、客户、跟进的项目或回避名单），请由别人来评。"))
    return pair


def texts_of(pair: SampledPair) -> Texts:
    """Return what a pair says now."""
    return Texts(pair.need.published_revision_id, pair.achievement.published_revision_id)


def own_judgement(session: Session, actor: Actor, pair: SampledPair) -> Judgement | None:
    """Return what the actor has said of these two listings, in whichever batch."""
    return session.scalar(
        sa.select(Judgement).where(
            Judgement.need_id == pair.need_id,
            Judgement.achievement_id == pair.achievement_id,
            Judgement.grader_id == actor.user_id,
        )
    )


def grade(
    session: Session, actor: Actor, pair_id: int, value: int | None, *, seen: Texts, note: str | None = None
) -> Judgement:
    """Grade a pair 0 to 3, not knowing what another says. Grading it again at once replaces the former grade.

    Raises:
        Forbidden, NotFound: see `load_pair`.
        Conflict: one of the texts has changed since `seen`; enough others were quicker; or his own word is sealed.
        Invalid: no such grade, or too long a note.
    """
    if value not in GRADE_NAMES:
        raise Invalid(N_("请选择强相关、较强相关、弱相关、无相关之一。"))
    return _say(session, actor, pair_id, grade=value, not_judged=None, seen=seen, note=note)


def pass_over(
    session: Session, actor: Actor, pair_id: int, reason: str, *, seen: Texts, note: str | None = None
) -> Judgement:
    """Say that the actor cannot judge a pair, and why; somebody else is asked in his place.

    Raises:
        Forbidden, NotFound, Conflict: see `grade`.
        Invalid: no such reason, or too long a note.
    """
    if reason not in set(NotJudged):
        raise Invalid(N_("请选择为什么无法判断。"))
    return _say(session, actor, pair_id, grade=None, not_judged=reason, seen=seen, note=note)


def undo_last(session: Session, actor: Actor) -> int:
    """Take back the actor's latest word, and return its pair, which waits for him again.

    Raises:
        Conflict: there is none that is not sealed yet.
    """
    row = session.scalar(
        sa.select(Judgement)
        .where(
            Judgement.grader_id == actor.user_id,
            Judgement.at > utc_now() - SEALED_AFTER,
            Judgement.regraded_at.is_(None),
        )
        .order_by(Judgement.at.desc(), Judgement.id.desc())
        .limit(1)
    )
    if row is None:
        raise Conflict(N_("没有可以撤销的评分：只能撤销您本人十分钟之内做出的。"))
    pair_id = row.sampled_id
    record(session, actor, "withdraw_grade", SampledPair.subject_kind, pair_id, before=said(row))
    session.delete(row)
    session.flush()
    return pair_id


class Dated(Protocol):
    """What is asked of a judgement here: since when it stands."""

    @property
    def at(self) -> datetime: ...
    @property
    def regraded_at(self) -> datetime | None: ...


def is_sealed(row: Dated) -> bool:
    """Whether its grader can no longer change it by himself."""
    return row.regraded_at is not None or row.at <= utc_now() - SEALED_AFTER


def said(row: Judgement) -> str:
    """Return a grade, or why there is none, as the journal keeps it."""
    return row.not_judged or str(row.grade)


def clean_note(note: str | None) -> str | None:
    """Return a note as it is stored.

    Raises:
        Invalid: it is too long.
    """
    note = (note or "").replace("\x00", "").strip() or None
    if note and len(note) > MOST_NOTE:
        raise Invalid(N_("备注过长。"), {"note": N_("最多 500 字。")})
    return note


def _say(
    session: Session,
    actor: Actor,
    pair_id: int,
    *,
    grade: int | None,
    not_judged: str | None,
    seen: Texts,
    note: str | None,
) -> Judgement:
    note = clean_note(note)
    pair = load_pair(session, actor, pair_id, lock=True)
    row = own_judgement(session, actor, pair)
    if row is None:
        _require_room(session, pair)
    elif is_sealed(row):
        raise Conflict(N_("您评过这一对，评分已经定下。要改，请到“评分一致性”里与对方商量后重评。"))
    if seen != texts_of(pair):
        raise Conflict(N_("您阅读期间，这一对的文字有了改动。下面是现在的文字，请再看一眼后评分。"))
    before = said(row) if row else None
    if row is None:
        row = Judgement(sampled=pair, need_id=pair.need_id, achievement_id=pair.achievement_id, grader_id=actor.user_id)
        session.add(row)
    row.grade = row.blind_grade = grade
    row.not_judged, row.note, row.at, row.organization_id = not_judged, note, utc_now(), actor.organization_id
    row.need_revision_id, row.achievement_revision_id = seen.need_revision_id, seen.achievement_revision_id
    record(session, actor, "grade", SampledPair.subject_kind, pair.id, before=before, after=said(row))
    session.flush()
    tell_if_doubtful(session, row.grader_id)
    return row


def _require_room(session: Session, pair: SampledPair) -> None:
    graded = sa.select(sa.func.count(Judgement.grade), sa.func.max(Judgement.at)).where(Judgement.sampled_id == pair.id)
    count, latest = session.execute(graded.where(Judgement.grade.is_not(None))).one()
    is_late = count > pair.wanted or latest is None or latest <= utc_now() - SPARE_WITHIN
    if count >= pair.wanted and is_late:
        raise Conflict(N_("这一对刚由别人评完了，您的评分没有计入。谢谢，请看下一对。"))
