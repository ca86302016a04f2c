"""While somebody writes: what is published already and much like it, from what he may read only."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.listings import Listing, ListingState, Revision
from matchmaker.domain.permissions import Actor, can_edit_listing, can_read_listing
from matchmaker.search.passages import letters
from matchmaker.services.engine import Engine
from matchmaker.services.projection import ListingView, project

MOST = 3
LEAST_LETTERS = 4
LEAST_LIKENESS = 0.42
"""Of two needs of one field about one third of the title's pairs of letters may be the trade's own words."""


@dataclass(frozen=True, slots=True)
class Similar:
    """A published listing that is much like what is being written; `is_own` where it is the writer's own."""

    listing: ListingView
    likeness: float
    is_own: bool


def similar_listings(session: Session, actor: Actor, engine: Engine, listing: Listing) -> tuple[Similar, ...]:
    """Return up to MOST published listings of the same kind that are like the working revision of `listing`.

    Recalled by both legs of the index in the scope that `actor` may read, and compared by title and abstract as he
    reads them, so that nothing hidden can be guessed by typing. Reads only.
    """
    revision = listing.working_revision
    if revision is None or len(letters(revision.title).text) < LEAST_LETTERS:
        return ()
    text = "\n".join(filter(None, (revision.title, revision.abstract)))
    recalled = engine.recall(session, text, inside=actor.reads_all, kind=listing.kind)
    found = [_compare(revision, other, actor) for other in _readable(session, actor, listing, recalled)]
    near = [one for one in found if one.likeness >= LEAST_LIKENESS]
    return tuple(sorted(near, key=lambda one: (-one.likeness, one.listing.id))[:MOST])


def likeness(one: str, other: str) -> float:
    """Return how much of the shorter text's pairs of letters the longer one has, from 0 to 1."""
    first, second = _pairs(one), _pairs(other)
    fewest = min(len(first), len(second))
    return len(first & second) / fewest if fewest else 0.0


def _compare(revision: Revision, other: Listing, actor: Actor) -> Similar:
    view = project(other, actor)
    titles = likeness(revision.title, view.title)
    # A short title is soon contained in another: what is said of it counts as well.
    whole = likeness(f"{revision.title}{revision.abstract}", f"{view.title}{view.abstract}")
    return Similar(view, (titles + whole) / 2 if revision.abstract else titles, can_edit_listing(actor, other))


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


def _pairs(text: str) -> set[str]:
    shown = letters(text).text
    return {shown[place : place + 2] for place in range(len(shown) - 1)}
