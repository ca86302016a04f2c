"""The desk as one grader sees it: a pair with both texts, and how far he and the batches have come.

Nothing of what the ranker thinks of a pair is read here, and not who posted it: either would lead his hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from matchmaker.domain.judgements import GradingBatch, Judgement, SampledPair
from matchmaker.domain.listings import Listing, on_market
from matchmaker.domain.permissions import Actor, can_grade
from matchmaker.services.comparison import Comparison, compare_views
from matchmaker.services.grading.judging import Texts, is_sealed, load_pair, own_judgement, texts_of
from matchmaker.services.grading.queue import GIVEN_UP_AFTER, neighbours, queue_of
from matchmaker.services.listing_views import ListingView
from matchmaker.services.projection import project

BATCHES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class OwnWord:
    """What the grader himself has said of a pair; `is_sealed`: he can change it only by talking it over."""

    grade: int | None
    not_judged: str | None
    note: str | None
    is_sealed: bool


@dataclass(frozen=True, slots=True)
class PairOnDesk:
    """A pair as it lies before a grader; `before` and `after` are its neighbours in his queue."""

    id: int
    need: ListingView
    achievement: ListingView
    comparison: Comparison
    texts: Texts
    own: OwnWord | None
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class DeskProgress:
    """How many pairs the grader has said something of, and how many wait for him."""

    done: int
    waiting: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.done + self.waiting

    @property
    def share(self) -> float:
        """The part that is done; 1 where there is nothing to do."""
        return self.done / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True)
class BatchView:
    """How far one batch is: pairs that have all the grades that are wanted, and why pairs were drawn, by part.

    `dropped` are those that nobody is asked for any more: taken off the
    market, or not to be judged from their texts.
    """

    id: int
    drawn_at: datetime
    drawn_by: str
    asked_for: int
    pairs: int
    complete: int
    dropped: int
    by_part: tuple[tuple[str, int], ...]

    @property
    def share(self) -> float:
        """The part that needs nothing more."""
        return (self.complete + self.dropped) / self.pairs if self.pairs else 1.0


def pair_on_desk(session: Session, actor: Actor, pair_id: int) -> PairOnDesk:
    """Lay a pair before the actor.

    Raises:
        Forbidden, NotFound: see `load_pair`.
    """
    pair = load_pair(session, actor, pair_id)
    row = own_judgement(session, actor, pair)
    need, achievement = project(pair.need, actor), project(pair.achievement, actor)
    before, after = neighbours(queue_of(session, actor), pair_id)
    return PairOnDesk(
        id=pair.id,
        need=need,
        achievement=achievement,
        comparison=compare_views(need, achievement),
        texts=texts_of(pair),
        own=OwnWord(row.grade, row.not_judged, row.note, is_sealed(row)) if row else None,
        before=before,
        after=after,
    )


def next_pair(session: Session, actor: Actor) -> int | None:
    """Return the first pair of the actor's queue; None where nothing waits for him, or he grades nothing."""
    queue = queue_of(session, actor) if can_grade(actor) else ()
    return queue[0] if queue else None


def desk_progress(session: Session, actor: Actor) -> DeskProgress:
    """Return how far the actor has come with all that was ever drawn for him."""
    done = sa.select(sa.func.count()).where(Judgement.grader_id == actor.user_id)
    return DeskProgress(session.scalar(done) or 0, len(queue_of(session, actor)))


def batches(session: Session) -> tuple[BatchView, ...]:
    """Return the latest batches, the newest first; two queries."""
    rows = session.scalars(
        sa.select(GradingBatch)
        .options(joinedload(GradingBatch.drawn_by))
        .order_by(GradingBatch.id.desc())
        .limit(BATCHES_SHOWN)
    ).all()
    need, achievement = aliased(Listing), aliased(Listing)
    counted = session.execute(
        sa.select(
            SampledPair.batch_id,
            SampledPair.drawn_for,
            SampledPair.wanted,
            sa.func.count(Judgement.grade),
            sa.func.count(Judgement.not_judged),
            sa.and_(on_market(need), on_market(achievement)),
        )
        .join(need, need.id == SampledPair.need_id)
        .join(achievement, achievement.id == SampledPair.achievement_id)
        .outerjoin(Judgement, Judgement.sampled_id == SampledPair.id)
        .where(SampledPair.batch_id.in_([row.id for row in rows]))
        .group_by(SampledPair.id, need.id, achievement.id)
    ).all()
    return tuple(_batch(row, [one for one in counted if one[0] == row.id]) for row in rows)


def _batch(row: GradingBatch, pairs: Sequence[sa.Row[int, str, int, int, int, bool]]) -> BatchView:
    complete = sum(1 for _, _, wanted, graded, _, _ in pairs if graded >= wanted)
    dropped = sum(
        1
        for _, _, wanted, graded, could_not, live in pairs
        if graded < wanted and (could_not >= GIVEN_UP_AFTER or not live)
    )
    parts: dict[str, int] = {}
    for _, drawn_for, *_ in pairs:
        parts[drawn_for] = parts.get(drawn_for, 0) + 1
    return BatchView(
        id=row.id,
        drawn_at=row.drawn_at,
        drawn_by=row.drawn_by.name if row.drawn_by else "",
        asked_for=row.asked_for,
        pairs=len(pairs),
        complete=complete,
        dropped=dropped,
        by_part=tuple(parts.items()),
    )
