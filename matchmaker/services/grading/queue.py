"""What waits for one grader: open pairs that he may grade, in his own order, so that two rarely meet at one."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.judgements import Judgement, SampledPair
from matchmaker.domain.listings import Listing, on_market
from matchmaker.domain.permissions import Actor
from matchmaker.services.grading.ties import Ties, ties_of

ASK_THIRD = "ask_third"
GIVEN_UP_AFTER = 2
"""How many graders say that a pair cannot be judged before nobody else is asked."""


@dataclass(frozen=True, slots=True)
class _Party:
    organization_id: int
    broker_id: int | None


def own_ties(session: Session, actor: Actor) -> Ties:
    """Return whom the actor is too close to; what his present organization avoids is known already."""
    user_id = actor.user_id or 0
    return ties_of(session, [user_id])[user_id]


def queue_of(session: Session, actor: Actor) -> tuple[int, ...]:
    """Return the ids of the drawn pairs that wait for the actor, those first that only lack one grade.

    The rest of the order is his own, and stays what it is while he works.
    """
    ties = own_ties(session, actor)
    rows = [
        row for row in session.execute(_open(actor)) if not ties.bar(_Party(row[2], row[3]), _Party(row[4], row[5]))
    ]
    return tuple(row[0] for row in sorted(rows, key=lambda row: (-row[1], _own_place(actor, row[0]))))


def is_waiting_for(session: Session, actor: Actor, pair_id: int) -> bool:
    """Whether a pair is in the actor's queue."""
    return pair_id in queue_of(session, actor)


def neighbours(queue: Sequence[int], pair_id: int) -> tuple[int | None, int | None]:
    """Return what stands before and after a pair in a queue, round and round; None where there is no other.

    Of a pair that is not in it any more the first one follows.
    """
    others = [other for other in queue if other != pair_id]
    if not others:
        return None, None
    if pair_id not in queue:
        return others[-1], others[0]
    place = queue.index(pair_id)
    return queue[place - 1], queue[(place + 1) % len(queue)]


def _open(actor: Actor) -> sa.Select[int, int, int, int | None, int, int | None]:
    """(pair, grades so far, organization and broker of either side) of each open pair that he has said nothing of."""
    need, achievement, own = aliased(Listing), aliased(Listing), aliased(Judgement)
    graded = sa.func.count(Judgement.grade)
    could_not = sa.func.count(Judgement.not_judged)
    mine = sa.exists().where(
        own.need_id == SampledPair.need_id,
        own.achievement_id == SampledPair.achievement_id,
        own.grader_id == actor.user_id,
    )
    # Who asks for a third one has read what the two said.
    asked = sa.exists().where(
        JournalEntry.subject_kind == SampledPair.subject_kind,
        JournalEntry.subject_id == SampledPair.id,
        JournalEntry.action == ASK_THIRD,
        JournalEntry.actor_id == actor.user_id,
    )
    return (
        sa.select(
            SampledPair.id,
            graded,
            need.organization_id,
            need.broker_id,
            achievement.organization_id,
            achievement.broker_id,
        )
        .join(need, need.id == SampledPair.need_id)
        .join(achievement, achievement.id == SampledPair.achievement_id)
        .outerjoin(Judgement, Judgement.sampled_id == SampledPair.id)
        .where(on_market(need), on_market(achievement), ~mine, ~asked)
        .group_by(
            SampledPair.id,
            SampledPair.wanted,
            need.organization_id,
            need.broker_id,
            achievement.organization_id,
            achievement.broker_id,
        )
        .having(graded < SampledPair.wanted, could_not < GIVEN_UP_AFTER)
    )


def _own_place(actor: Actor, pair_id: int) -> bytes:
    return hashlib.sha256(f"{actor.user_id}:{pair_id}".encode()).digest()[:8]
