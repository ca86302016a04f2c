"""What the review desk sees of near-duplicates: made from what the viewer may read of either side only."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from matchmaker.domain.duplicates import Duplicate, Verdict
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.fields import FieldType
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.permissions import (
    Actor,
    can_read_listing,
    can_review,
    can_review_listing,
    can_see_duplicates,
)
from matchmaker.search.passages import marked, shared_passages
from matchmaker.services.actors import informed
from matchmaker.services.comparison import MarkedText
from matchmaker.services.duplicates.texts import SHOWN_STATES, shown_revision
from matchmaker.services.listing_views import ListingView
from matchmaker.services.projection import project

MOST_SHOWN = 10
PAGE = 10
_WRITTEN = frozenset({FieldType.LINE, FieldType.PROSE})


@dataclass(frozen=True, slots=True)
class PairView:
    """Two near-duplicates that nobody has judged, with the shared passages marked in both."""

    id: int
    first: ListingView
    second: ListingView
    share: float
    is_same_organization: bool
    may_judge: bool
    first_texts: tuple[MarkedText, ...]
    second_texts: tuple[MarkedText, ...]


@dataclass(frozen=True, slots=True)
class PairPage:
    """One page of pairs, the nearest first."""

    pairs: tuple[PairView, ...]
    total: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class DuplicateView:
    """One near-duplicate: the other listing as the viewer reads it, and both texts with the shared passages marked.

    `share` is the part of the shorter text that is shared, from 0 to 1; `verdict` what a reviewer said.
    """

    other: ListingView
    share: float
    verdict: str | None
    is_same_organization: bool
    mine: tuple[MarkedText, ...]
    theirs: tuple[MarkedText, ...]


def duplicates_of(session: Session, actor: Actor, listing: Listing) -> tuple[DuplicateView, ...]:
    """Return the near-duplicates of `listing` that `actor` may know of, the nearest first.

    Nothing for those who do not read all: what is shared was found in full texts.
    """
    revision = shown_revision(listing)
    if revision is None or not can_see_duplicates(actor):
        return ()
    mine = project(listing, actor, revision)
    return tuple(
        _view(mine, project(other, actor, shown_revision(other)), row, listing, other)
        for row, other in _pairs(session, actor, listing)
    )


def count_flagged(session: Session, actor: Actor, listing_ids: Iterable[int]) -> dict[int, int]:
    """Return how many near-duplicates without a verdict of "different" each listing has that `actor` may know of."""
    ids = set(listing_ids)
    counts: dict[int, int] = {}
    if not can_see_duplicates(actor):
        return counts
    for here, there in ((Duplicate.first_id, Duplicate.second_id), (Duplicate.second_id, Duplicate.first_id)):
        rows = session.execute(
            sa.select(here, sa.func.count())
            .join(Listing, Listing.id == there)
            .where(here.in_(ids), *_shown(actor))
            .group_by(here)
        )
        for listing_id, count in rows:
            counts[listing_id] = counts.get(listing_id, 0) + count
    return counts


def count_open(session: Session, actor: Actor) -> int:
    """Return how many pairs of near-duplicates wait for a verdict."""
    if not can_see_duplicates(actor):
        return 0
    return session.scalar(_open_pairs(actor).with_only_columns(sa.func.count(), maintain_column_froms=True)) or 0


def open_pairs(session: Session, actor: Actor, page: int = 1) -> PairPage:
    """Return the pairs of near-duplicates that wait for a verdict, whether they are submitted or published.

    Raises:
        Forbidden: the actor does not sit at the review desk.
    """
    if not (can_review(actor) and can_see_duplicates(actor)):
        raise Forbidden(N_("只有科技局和技术经纪人可以审核。"))
    total = count_open(session, actor)
    pages = max(1, -(-total // PAGE))
    page = min(max(1, page), pages)
    query = _open_pairs(actor).order_by(Duplicate.share.desc(), Duplicate.id).limit(PAGE).offset((page - 1) * PAGE)
    rows = session.scalars(query).all()
    listings = _readable(session, actor, [listing_id for row in rows for listing_id in (row.first_id, row.second_id)])
    shown = [row for row in rows if row.first_id in listings and row.second_id in listings]
    views = tuple(_pair(actor, row, listings[row.first_id], listings[row.second_id]) for row in shown)
    return PairPage(views, total, page, pages)


def suggested_advice(session: Session, listing: Listing, other_id: int) -> Sentence:
    """Return what may be said to the poster of `listing`: the original by its title only where he may read it."""
    other = session.get_one(Listing, other_id)
    poster = informed(session, Actor(organization_id=listing.organization_id))
    if other.is_live and can_read_listing(poster, other):
        title = project(other, poster).title
        return Sentence(N_("与平台上已有的《%(title)s》内容重复。如确有不同，请写明不同之处。"), title=title)
    return Sentence(N_("与平台上已有的内容重复。如确有不同，请写明不同之处。"))


def _shown(actor: Actor) -> tuple[sa.ColumnElement[bool], ...]:
    # A verdict of NULL is not different either.
    open_pair = sa.or_(Duplicate.verdict.is_(None), Duplicate.verdict != Verdict.DIFFERENT)
    apart = Listing.organization_id.not_in(actor.avoided) if actor.avoided else sa.true()
    return (Listing.state.in_(SHOWN_STATES), open_pair, apart)


def _open_pairs(actor: Actor) -> sa.Select[Duplicate]:
    query = sa.select(Duplicate).where(Duplicate.verdict.is_(None))
    for side in (Duplicate.first_id, Duplicate.second_id):
        listing = aliased(Listing)
        query = query.join(listing, listing.id == side).where(listing.state.in_(SHOWN_STATES))
        if actor.avoided:
            query = query.where(listing.organization_id.not_in(actor.avoided))
    return query


def _pairs(session: Session, actor: Actor, listing: Listing) -> list[tuple[Duplicate, Listing]]:
    mine = sa.or_(Duplicate.first_id == listing.id, Duplicate.second_id == listing.id)
    rows = list(session.scalars(sa.select(Duplicate).where(mine).order_by(Duplicate.share.desc(), Duplicate.id)))
    readable = _readable(session, actor, [row.other(listing.id) for row in rows])
    found = [(row, readable[row.other(listing.id)]) for row in rows if row.other(listing.id) in readable]
    # Those that somebody has called different come last.
    return sorted(found, key=lambda pair: pair[0].verdict == Verdict.DIFFERENT)[:MOST_SHOWN]


def _readable(session: Session, actor: Actor, ids: Iterable[int]) -> dict[int, Listing]:
    found = session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(set(ids)), Listing.state.in_(SHOWN_STATES))
        .options(
            joinedload(Listing.organization),
            joinedload(Listing.published_revision).selectinload(Revision.indicators),
            joinedload(Listing.working_revision).selectinload(Revision.indicators),
        )
    )
    return {listing.id: listing for listing in found if can_read_listing(actor, listing)}


def _view(mine: ListingView, theirs: ListingView, row: Duplicate, listing: Listing, other: Listing) -> DuplicateView:
    one, two = _compared(mine, theirs)
    return DuplicateView(
        other=theirs,
        share=row.share,
        verdict=row.verdict,
        is_same_organization=listing.organization_id == other.organization_id,
        mine=one,
        theirs=two,
    )


def _pair(actor: Actor, row: Duplicate, first: Listing, second: Listing) -> PairView:
    one, two = (project(listing, actor, shown_revision(listing)) for listing in (first, second))
    first_texts, second_texts = _compared(one, two)
    return PairView(
        id=row.id,
        first=one,
        second=two,
        share=row.share,
        is_same_organization=first.organization_id == second.organization_id,
        may_judge=can_review_listing(actor, first) and can_review_listing(actor, second),
        first_texts=first_texts,
        second_texts=second_texts,
    )


def _compared(mine: ListingView, theirs: ListingView) -> tuple[tuple[MarkedText, ...], tuple[MarkedText, ...]]:
    """Return both texts with what they share marked."""
    one, two = _texts(mine), _texts(theirs)
    passages = shared_passages(_joined(one), _joined(two))
    here = [(passage.start, passage.end) for passage in passages]
    there = [(passage.other_start, passage.other_end) for passage in passages]
    return _marked(one, here), _marked(two, there)


def _texts(view: ListingView) -> list[tuple[str, str, str]]:
    """Return (name, label, text) of everything written that the viewer sees."""
    written = [(field.spec.name, field.spec.label, field.value) for field in view.fields if field.spec.type in _WRITTEN]
    if view.indicators:
        written.append(("indicators", N_("技术指标"), "\n".join(row.text for row in view.indicators)))
    return written


def _joined(texts: list[tuple[str, str, str]]) -> str:
    return "\n".join(text for _, _, text in texts)


def _marked(texts: list[tuple[str, str, str]], ranges: list[tuple[int, int]]) -> tuple[MarkedText, ...]:
    """Cut the ranges of the joined text back into the fields; only fields that share something are returned."""
    shown: list[MarkedText] = []
    begin = 0
    for name, label, text in texts:
        end = begin + len(text)
        inside = [
            (max(start, begin) - begin, min(stop, end) - begin)
            for start, stop in ranges
            if start < end and stop > begin
        ]
        if inside:
            shown.append(MarkedText(name, label, tuple(marked(text, inside))))
        begin = end + 1
    return tuple(shown)
