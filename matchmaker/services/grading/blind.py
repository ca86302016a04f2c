"""What was said blind, as one viewer may know it: the bureau all of it, a grader only of pairs that he graded too."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.judgements import Judgement, SampledPair
from matchmaker.domain.language import N_
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor, can_grade, can_see_agreement, can_see_all_grades
from matchmaker.services.grading.judging import LARGEST_ID, is_sealed
from matchmaker.services.grading.queue import queue_of

PairKey = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Said:
    """One judgement: `blind` what was said before anything of another's was known, `standing` what is said now."""

    id: int
    sampled_id: int
    grader_id: int
    name: str
    blind: int
    standing: int
    note: str | None
    at: datetime
    regraded_at: datetime | None


@dataclass(frozen=True, slots=True)
class GradedPair:
    """A pair that two or more have graded; `rows` are their judgements, in the order of the graders' ids."""

    key: PairKey
    rows: tuple[Said, ...]

    @property
    def blind(self) -> tuple[int, ...]:
        """What each of them said blind."""
        return tuple(row.blind for row in self.rows)

    @property
    def gap(self) -> int:
        """How far apart the farthest two were before they knew of each other."""
        return max(self.blind) - min(self.blind)

    @property
    def gap_now(self) -> int:
        """How far apart the farthest two are now."""
        standing = [row.standing for row in self.rows]
        return max(standing) - min(standing)


def graded_pairs(session: Session, actor: Actor) -> tuple[GradedPair, ...]:
    """Return the pairs graded by two or more of which the actor may know what was said.

    A grader knows of it once he has graded the pair himself and his word is sealed. Whoever sees all grades counts
    every pair, and reads all but his own fresh ones and those that wait for him (`readable_pairs`).

    Raises:
        Forbidden: he may know of none.
    """
    if not can_see_agreement(actor):
        raise Forbidden(N_("只有科技局、管理员和参加评分的技术经纪人可以查看评分一致性。"))
    rows = session.execute(
        sa.select(
            Judgement.need_id,
            Judgement.achievement_id,
            Judgement.id,
            Judgement.sampled_id,
            Judgement.grader_id,
            User.name,
            Judgement.blind_grade,
            Judgement.grade,
            Judgement.note,
            Judgement.at,
            Judgement.regraded_at,
        )
        .join(User, User.id == Judgement.grader_id)
        .where(Judgement.blind_grade.is_not(None))
        .order_by(Judgement.grader_id, Judgement.id)
    )
    found: dict[PairKey, list[Said]] = defaultdict(list)
    for need, achievement, *said in rows:
        found[need, achievement].append(Said(*said))
    pairs = (GradedPair(key, tuple(said)) for key, said in found.items() if len(said) > 1)
    return tuple(pair for pair in pairs if can_see_all_grades(actor) or _is_known(actor, pair))


def readable_pairs(session: Session, actor: Actor) -> tuple[GradedPair, ...]:
    """Return the pairs of which the actor may read what each said: none that he is to grade without knowing it.

    Raises:
        Forbidden: he may know of none.
    """
    waiting = _waiting(session, actor)
    return tuple(
        pair
        for pair in graded_pairs(session, actor)
        if pair.key not in waiting and (_is_known(actor, pair) or not _own(actor, pair))
    )


def blind_pairs(session: Session, actor: Actor, pair_ids: Collection[int]) -> frozenset[int]:
    """Return those of the drawn pairs that the actor must not read others' grades of: they wait for him at the desk, or
    he can still change his own word by himself."""
    rows = session.execute(
        sa.select(SampledPair.id, SampledPair.need_id, SampledPair.achievement_id).where(SampledPair.id.in_(pair_ids))
    ).all()
    if not rows:
        return frozenset()
    own = session.execute(
        sa.select(Judgement.need_id, Judgement.achievement_id, Judgement.at, Judgement.regraded_at).where(
            Judgement.grader_id == actor.user_id, Judgement.need_id.in_([need for _, need, _ in rows])
        )
    )
    blind = _waiting(session, actor) | {(row.need_id, row.achievement_id) for row in own if not is_sealed(row)}
    return frozenset(found for found, *key in rows if tuple(key) in blind)


def graded_pair(session: Session, actor: Actor, pair_id: int) -> GradedPair:
    """Return what was said of the two listings of a drawn pair.

    Raises:
        Forbidden: the actor may know of none.
        NotFound: there is no such pair, or he may not know of it (yet).
    """
    sampled = session.get(SampledPair, pair_id) if 0 < pair_id <= LARGEST_ID else None
    key = (sampled.need_id, sampled.achievement_id) if sampled else None
    found = next((pair for pair in readable_pairs(session, actor) if pair.key == key), None)
    if found is None:
        raise NotFound(N_("没有找到这一对的评分：可能还没有两个人评过，或者还不到互相公开的时候。"))
    return found


def _waiting(session: Session, actor: Actor) -> frozenset[PairKey]:
    """What waits for the actor at the desk."""
    if not can_grade(actor):
        return frozenset()
    pairs = sa.select(SampledPair.need_id, SampledPair.achievement_id)
    found = session.execute(pairs.where(SampledPair.id.in_(queue_of(session, actor))))
    return frozenset((row[0], row[1]) for row in found)


def _own(actor: Actor, pair: GradedPair) -> Said | None:
    return next((row for row in pair.rows if row.grader_id == actor.user_id), None)


def _is_known(actor: Actor, pair: GradedPair) -> bool:
    """Whether he has graded it himself, and can no longer change his word."""
    own = _own(actor, pair)
    return own is not None and is_sealed(own)
