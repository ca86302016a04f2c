"""Pairs drawn for grading and what was said of them, written directly."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.judgements import DrawnFor, GradingBatch, Judgement, SampledPair
from matchmaker.domain.listings import Listing
from tests.cast import Cast, Member
from tests.pairs import publish

NEEDS = ("变压器油中气体在线监测", "风机叶片结冰预警", "盐碱地节水滴灌", "光伏组件积尘检测", "煤化工废水除盐")
ACHIEVEMENTS = ("光声光谱气体检测仪", "叶片声发射诊断系统", "土壤盐分遥感反演", "红外热斑识别算法", "电驱动膜浓缩装置")


def make_batch(session: Session, **columns: Any) -> GradingBatch:
    """Add a batch in which nothing is drawn yet."""
    batch = GradingBatch(**{"seed": 1, "asked_for": 5, **columns})
    session.add(batch)
    session.flush()
    return batch


def draw_pair(
    session: Session, batch: GradingBatch, need: Listing, achievement: Listing, **columns: Any
) -> SampledPair:
    """Add a pair of a batch."""
    pair = SampledPair(
        **{
            "batch_id": batch.id,
            "need_id": need.id,
            "achievement_id": achievement.id,
            "drawn_for": DrawnFor.UNCERTAIN,
            **columns,
        }
    )
    session.add(pair)
    session.flush()
    return pair


def drawn_pairs(session: Session, cast: Cast, count: int = 3) -> list[SampledPair]:
    """Add a batch of needs of alice's with achievements of bob's."""
    batch = make_batch(session, asked_for=count)
    return [
        draw_pair(
            session,
            batch,
            publish(session, cast.alice, "need", need),
            publish(session, cast.bob, "achievement", achievement),
        )
        for need, achievement in zip(NEEDS[:count], ACHIEVEMENTS[:count], strict=True)
    ]


def say(session: Session, grader: Member, pair: SampledPair, grade: int | None, **columns: Any) -> Judgement:
    """Add what a grader said of a pair, an hour ago."""
    values: dict[str, Any] = {
        "organization_id": grader.organization_id,
        "grade": grade,
        "blind_grade": grade,
        "not_judged": "unclear" if grade is None else None,
        "at": utc_now() - timedelta(hours=1),
        "need_revision_id": pair.need.published_revision_id,
        "achievement_revision_id": pair.achievement.published_revision_id,
        **columns,
    }
    judgement = Judgement(
        sampled=pair, need_id=pair.need_id, achievement_id=pair.achievement_id, grader_id=grader.user_id, **values
    )
    session.add(judgement)
    session.flush()
    return judgement
