"""While somebody writes: what is published already and much like it, from what he may read only."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.listings import Listing, ListingState, Revision
from matchmaker.domain.permissions import Actor, can_edit_listing, can_read_listing
from matchmaker.search.text import normalise
from matchmaker.services.engine import Engine
from matchmaker.services.listing_views import ListingView
from matchmaker.services.projection import project

MOST = 3
LEAST_PIECES = 3
LEAST_LIKENESS = 0.36
"""Titles, or titles and abstracts together, that share so much are likely of one thing: of the demonstration's 2,278
pairs of needs two do, brine with brine and fruit with fruit."""

# What many titles hold and none means; words of alphabets shorter than four letters say little.
_COMMON = re.compile(r"关键技术|研究|应用|研发|开发|项目|产业化|技术需求|需求|技术|及其|[及与和的等]")
_PIECES = re.compile(r"[\u3400-\u9fff]+|[^\W\d_\u3400-\u9fff]{4,}|\d{2,}")


@dataclass(frozen=True, slots=True)
class Similar:
    """A published listing that is much like what is being written; `is_own` where it is the writer's own."""

    listing: ListingView
    likeness: float
    is_own: bool


def similar_listings(session: Session, actor: Actor, engine: Engine, listing: Listing) -> tuple[Similar, ...]:
    """Return up to MOST published listings of the same kind that are like the working revision of `listing`.

    Recalled by both legs of the index in the scope that `actor` may read, and compared by title and abstract, which
    whoever may read a listing at all reads whole: nothing hidden can be guessed by typing. Only what is offered is
    projected, for nobody has read the rest. Reads only.
    """
    revision = listing.working_revision
    if revision is None or len(_pieces(revision.title)) < LEAST_PIECES:
        return ()
    text = "\n".join(filter(None, (revision.title, revision.abstract)))
    recalled = engine.recall(session, text, inside=actor.reads_all, kind=listing.kind)
    compared = ((_likeness(revision, other.current), other) for other in _readable(session, actor, listing, recalled))
    near = sorted((pair for pair in compared if pair[0] >= LEAST_LIKENESS), key=lambda pair: (-pair[0], pair[1].id))
    return tuple(Similar(project(other, actor), value, can_edit_listing(actor, other)) for value, other in near[:MOST])


def likeness(one: str, other: str) -> float:
    """Return Dice's coefficient of the pairs of Chinese characters and the words of two texts, from 0 to 1."""
    first, second = _pieces(one), _pieces(other)
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _likeness(revision: Revision, other: Revision) -> float:
    titles = likeness(revision.title, other.title)
    whole = likeness(f"{revision.title}\n{revision.abstract}", f"{other.title}\n{other.abstract}")
    return max(titles, whole if revision.abstract else 0.0)


def _readable(session: Session, actor: Actor, listing: Listing, ids: Iterable[int]) -> list[Listing]:
    rows = session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(list(ids)), Listing.id != listing.id, Listing.state == ListingState.PUBLISHED)
        .options(
            joinedload(Listing.organization),
            joinedload(Listing.published_revision).selectinload(Revision.indicators),
        )
    )
    return [row for row in rows.unique() if can_read_listing(actor, row)]


def _pieces(text: str) -> set[str]:
    found: set[str] = set()
    for run in _PIECES.findall(_COMMON.sub(" ", normalise(text))):
        is_chinese = "\u3400" <= run[0] <= "\u9fff"
        found.update(run[place : place + 2] for place in range(len(run) - 1)) if is_chinese else found.add(run)
    return found
