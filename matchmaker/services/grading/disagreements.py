"""Pairs on which graders disagree, the farthest apart first, and how they are settled: by talk, or by a third one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry, record
from matchmaker.domain.judgements import GRADE_NAMES, Judgement, SampledPair
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor, can_draw_pairs, can_read_listing
from matchmaker.services.comparison import Comparison, compare_views
from matchmaker.services.grading.blind import GradedPair, PairKey, graded_pair, readable_pairs
from matchmaker.services.grading.judging import clean_note, said
from matchmaker.services.grading.queue import ASK_THIRD
from matchmaker.services.listing_views import ListingView
from matchmaker.services.projection import project

PAGE = 20
WIDE = 2
"""Grades apart from which a disagreement is to be settled; one grade apart is within what two honest people differ."""
ENOUGH = 3
"""Graders of a pair from which the middle one counts, so that nothing is left to settle."""


@dataclass(frozen=True, slots=True)
class Word:
    """What one grader said: blind, and now."""

    user_id: int
    name: str
    blind: int
    standing: int
    note: str | None
    at: datetime
    is_own: bool

    @property
    def is_changed(self) -> bool:
        """Whether he said otherwise after they had talked."""
        return self.blind != self.standing


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One pair in the list; `pair_id` is the drawn pair that it opens to."""

    pair_id: int
    need_title: str
    achievement_title: str
    words: tuple[Word, ...]
    gap: int
    gap_now: int

    @property
    def is_settled(self) -> bool:
        """Whether they agree now, or a third one has decided."""
        return self.gap_now == 0 or len(self.words) >= ENOUGH

    @property
    def is_wide(self) -> bool:
        """Whether it is one that should be settled."""
        return self.gap >= WIDE and not self.is_settled


@dataclass(frozen=True, slots=True)
class DisagreementPage:
    """One page of disagreements; `wide` of all of them are to be settled."""

    rows: tuple[Disagreement, ...]
    total: int
    wide: int
    number: int

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a pair's history, as the journal has it."""

    at: datetime
    name: str
    action: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class OpenedDisagreement:
    """A disagreement with both texts and its history; `may_ask`: the viewer may have a third one grade it now."""

    pair_id: int
    words: tuple[Word, ...]
    gap: int
    gap_now: int
    need: ListingView
    achievement: ListingView
    comparison: Comparison
    history: tuple[Change, ...]
    waits_for_third: bool
    may_ask: bool

    @property
    def own(self) -> Word | None:
        """The viewer's own word."""
        return next((word for word in self.words if word.is_own), None)


def disagreement_page(session: Session, actor: Actor, page: int = 1) -> DisagreementPage:
    """Return one page of the pairs of which graders said different things blind, what is to be settled first.

    Raises:
        Forbidden: see `readable_pairs`.
    """
    pairs = [pair for pair in readable_pairs(session, actor) if pair.gap > 0]
    pairs.sort(key=lambda pair: (not _is_wide(pair), -pair.gap, -max(row.id for row in pair.rows)))
    number = min(max(page, 1), max(1, -(-len(pairs) // PAGE)))
    shown = pairs[(number - 1) * PAGE : number * PAGE]
    listings = _listings(session, actor, [listing_id for pair in shown for listing_id in pair.key])
    rows = tuple(_row(pair, listings, actor) for pair in shown if set(pair.key) <= listings.keys())
    return DisagreementPage(rows, len(pairs), sum(map(_is_wide, pairs)), number)


def open_disagreement(session: Session, actor: Actor, pair_id: int) -> OpenedDisagreement:
    """Open a pair that two or more have graded, whether they disagree or not.

    Raises:
        Forbidden, NotFound: see `graded_pair`.
    """
    pair = graded_pair(session, actor, pair_id)
    listings = _listings(session, actor, pair.key)
    if not set(pair.key) <= listings.keys():
        raise NotFound(N_("没有找到这一对：它可能已经撤下，或您无权查看。"))
    need, achievement = (project(listings[listing_id], actor) for listing_id in pair.key)
    sampled = _sampled(session, pair.key)
    waits = any(row.wanted > sum(1 for one in pair.rows if one.sampled_id == row.id) for row in sampled)
    return OpenedDisagreement(
        pair_id=pair_id,
        words=_words(pair, actor),
        gap=pair.gap,
        gap_now=pair.gap_now,
        need=need,
        achievement=achievement,
        comparison=compare_views(need, achievement),
        history=_history(session, [row.id for row in sampled]),
        waits_for_third=waits,
        may_ask=can_draw_pairs(actor) and not waits and pair.gap_now > 0 and len(pair.rows) < ENOUGH,
    )


def regrade(session: Session, actor: Actor, pair_id: int, value: int | None, note: str) -> Judgement:
    """Change the actor's grade of a pair after he knows of the other's; what he said blind stays beside it.

    Raises:
        Forbidden, NotFound: see `graded_pair`.
        Conflict: he has not graded it.
        Invalid: no such grade, or no note that says why.
    """
    pair = graded_pair(session, actor, pair_id)
    own = next((row for row in pair.rows if row.grader_id == actor.user_id), None)
    if own is None:
        raise Conflict(N_("您没有评过这一对，不能重评。"))
    if value not in GRADE_NAMES:
        raise Invalid(N_("请选择强相关、较强相关、弱相关、无相关之一。"))
    cleaned = clean_note(note)
    if cleaned is None:
        raise Invalid(N_("请写一句为什么改，日后看得明白。"), {"note": N_("请写一句为什么改。")})
    row = session.get_one(Judgement, own.id)
    before = said(row)
    row.grade, row.note, row.regraded_at = value, cleaned, utc_now()
    record(session, actor, "regrade", SampledPair.subject_kind, row.sampled_id, before=before, after=said(row))
    session.flush()
    return row


def ask_third(session: Session, actor: Actor, pair_id: int) -> None:
    """Have a third one grade a pair on which two disagree; asking twice asks once.

    Raises:
        Forbidden: the actor may not.
        NotFound: see `graded_pair`.
        Conflict: they agree now, or three have graded it.
    """
    if not can_draw_pairs(actor):
        raise Forbidden(N_("只有科技局和管理员可以请第三人评分。"))
    opened = open_disagreement(session, actor, pair_id)
    if opened.waits_for_third:
        return
    if not opened.may_ask:
        raise Conflict(N_("这一对已经一致，或已有三人评过，不需要再请人。"))
    sampled = session.scalars(
        sa.select(SampledPair)
        .where(SampledPair.id == pair_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    graded = session.scalar(sa.select(sa.func.count(Judgement.grade)).where(Judgement.sampled_id == pair_id)) or 0
    sampled.wanted = graded + 1
    record(session, actor, ASK_THIRD, SampledPair.subject_kind, pair_id)
    session.flush()


def _is_wide(pair: GradedPair) -> bool:
    return pair.gap >= WIDE and pair.gap_now > 0 and len(pair.rows) < ENOUGH


def _row(pair: GradedPair, listings: dict[int, Listing], actor: Actor) -> Disagreement:
    need, achievement = (project(listings[listing_id], actor).title for listing_id in pair.key)
    first = min(row.sampled_id for row in pair.rows)
    return Disagreement(first, need, achievement, _words(pair, actor), pair.gap, pair.gap_now)


def _words(pair: GradedPair, actor: Actor) -> tuple[Word, ...]:
    return tuple(
        Word(
            row.grader_id,
            row.name,
            row.blind,
            row.standing,
            row.note,
            row.regraded_at or row.at,
            row.grader_id == actor.user_id,
        )
        for row in pair.rows
    )


def _listings(session: Session, actor: Actor, ids: Sequence[int] | PairKey) -> dict[int, Listing]:
    """The listings that the actor may read still."""
    rows = session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(ids))
        .options(
            joinedload(Listing.organization),
            joinedload(Listing.published_revision).selectinload(Revision.indicators),
            joinedload(Listing.working_revision).selectinload(Revision.indicators),
            selectinload(Listing.attachments),
        )
    ).unique()
    return {row.id: row for row in rows if can_read_listing(actor, row)}


def _sampled(session: Session, key: PairKey) -> Sequence[SampledPair]:
    query = sa.select(SampledPair).where(SampledPair.need_id == key[0], SampledPair.achievement_id == key[1])
    return session.scalars(query.order_by(SampledPair.id)).all()


def _history(session: Session, sampled_ids: Sequence[int]) -> tuple[Change, ...]:
    rows = session.execute(
        sa.select(JournalEntry, User.name)
        .outerjoin(User, User.id == JournalEntry.actor_id)
        .where(JournalEntry.subject_kind == SampledPair.subject_kind, JournalEntry.subject_id.in_(sampled_ids))
        .order_by(JournalEntry.id)
    )
    return tuple(Change(entry.at, name or "", entry.action, entry.before, entry.after) for entry, name in rows)
