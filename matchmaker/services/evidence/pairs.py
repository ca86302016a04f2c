"""Pairs as they are compared: the sentences of both published revisions, read at once and then free of the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from matchmaker.domain.embeddings import Embedding
from matchmaker.domain.listings import Listing, ListingKind, on_market
from matchmaker.domain.matches import Match
from matchmaker.search.prepared import Vector
from matchmaker.services.evidence.sentences import Sentence, sentences_of
from matchmaker.services.indexing import ROLES, text_hash


@dataclass(frozen=True, slots=True)
class Side:
    """One listing's published revision: its sentences, and the vectors of those that were encoded before."""

    revision_id: int
    sentences: tuple[Sentence, ...]
    known: dict[str, Vector]


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides of a match."""

    match_id: int
    need: Side
    achievement: Side


def load_pairs(session: Session, match_ids: Sequence[int], model_id: str) -> list[Pair]:
    """Return what is compared, in the order of `match_ids`; pairs of what left the market are left out."""
    if not match_ids:
        return []
    sides = (joinedload(side).joinedload(Listing.published_revision) for side in (Match.need, Match.achievement))
    found = session.scalars(sa.select(Match).where(Match.id.in_(match_ids)).options(*sides))
    rows = {row.id: row for row in found}
    listings = {listing.id: listing for row in rows.values() for listing in (row.need, row.achievement)}
    live = set(session.scalars(sa.select(Listing.id).where(Listing.id.in_(listings), on_market())))
    vectors = _stored_vectors(session, live, model_id)
    ready = {listing_id: _side(listings[listing_id], vectors.get(listing_id, {})) for listing_id in live}
    return [
        Pair(row.id, ready[row.need_id], ready[row.achievement_id])
        for row in map(rows.get, match_ids)
        if row is not None and row.need_id in ready and row.achievement_id in ready
    ]


def _side(listing: Listing, vectors: dict[str, Vector]) -> Side:
    revision = listing.current
    sentences = sentences_of(revision)
    hashes = {sentence.text: text_hash(ROLES[ListingKind(listing.kind)], sentence.text) for sentence in sentences}
    known = {text: vectors[found] for text, found in hashes.items() if found in vectors}
    return Side(revision.id, sentences, known)


def _stored_vectors(session: Session, listing_ids: Iterable[int], model_id: str) -> dict[int, dict[str, Vector]]:
    rows = session.execute(
        sa.select(Embedding.listing_id, Embedding.text_hash, Embedding.vector).where(
            Embedding.model_id == model_id, Embedding.listing_id.in_(list(listing_ids))
        )
    )
    found: dict[int, dict[str, Vector]] = {}
    for listing_id, text, vector in rows:
        found.setdefault(listing_id, {})[text] = np.frombuffer(vector, dtype="<f4")
    return found


def still_stands(session: Session, pair: Pair) -> bool:
    """Whether both sides of a pair still say what was compared."""
    need, achievement = aliased(Listing), aliased(Listing)
    query = (
        sa.select(Match.id)
        .join(need, need.id == Match.need_id)
        .join(achievement, achievement.id == Match.achievement_id)
        .where(
            Match.id == pair.match_id,
            need.published_revision_id == pair.need.revision_id,
            achievement.published_revision_id == pair.achievement.revision_id,
        )
    )
    return session.scalar(query) is not None
