"""Reading the head of each list in the worker: some pairs a round, stored, and scored with what was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.domain.listings import Listing, ListingKind, on_market
from matchmaker.domain.matches import Match
from matchmaker.domain.rankers import UnreadList
from matchmaker.search.document import Document
from matchmaker.search.pair_reader import PairReader, reading_key
from matchmaker.search.ranker import Ranker
from matchmaker.services.engine import Engine
from matchmaker.services.leases import claim, leased_ids, release_leases
from matchmaker.services.match_lists import existing_rows, note_good_news, write_pair
from matchmaker.services.matching import live_listings
from matchmaker.services.pairs import Pair, PreparedTexts, score_pairs, text_pairs
from matchmaker.services.rankers.stored_readings import PairTexts, note_unread, readings_of, store_readings

LEASE = "read"
HEAD = 30
"""Pairs of a list that are read, from its best."""
PAIRS_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class _Head:
    """A list's head ready to be scored: its listing, the other sides, and what was read of them before."""

    listing: Listing
    others: Sequence[Listing]
    prepared: PreparedTexts
    stored: Mapping[PairTexts, float]
    ranker: Ranker

    def texts(self) -> dict[PairTexts, tuple[Document, Document]]:
        """The texts from which the pairs are scored for somebody."""
        found = {}
        for other in self.others:
            is_need = self.listing.kind == ListingKind.NEED
            ids = (self.listing.id, other.id) if is_need else (other.id, self.listing.id)
            for texts in text_pairs(self.prepared, self.listing, other):
                found[(*ids, reading_key(*texts))] = texts
        return found

    def scored(self, made: Mapping[PairTexts, float]) -> list[Pair]:
        """Score the pairs with what was read, before and now."""
        readings = {key: value for (*_, key), value in (*self.stored.items(), *made.items())}
        return score_pairs(self.ranker, self.prepared, self.listing, self.others, readings)


def read_batch(database: Database, engine: Engine, reader: PairReader, model_id: str, mark: str, holder: str) -> int:
    """Read some pairs at the head of one list and score them anew; return how many lists were taken up (0 or 1)."""
    with database.read() as session:
        free = UnreadList.listing_id.not_in(leased_ids(session, LEASE, holder))
        found = session.scalars(sa.select(UnreadList.listing_id).where(free).limit(1)).all()
    ids = claim(database, LEASE, found, holder)
    for listing_id in ids:
        with database.read() as session:
            head = _head(session, engine, listing_id, model_id, mark)
        wanted = head.texts() if head else {}
        made = _read(reader, wanted, head.stored) if head else {}
        pairs = head.scored(made) if head else []
        with database.transaction() as session:
            store_readings(session, made, wanted, mark)
            if head:
                _rewrite(session, listing_id, pairs, head.ranker, model_id)
            if not made:
                session.execute(sa.delete(UnreadList).where(UnreadList.listing_id == listing_id))
            release_leases(session, [f"{LEASE}:{listing_id}"], holder)
    return len(ids)


def _head(session: Session, engine: Engine, listing_id: int, model_id: str, mark: str) -> _Head | None:
    listing = live_listings(session, [listing_id]).get(listing_id)
    if listing is None:
        return None
    others = list(live_listings(session, _best(session, listing)).values())
    prepared = engine.prepare(session, [listing, *others], model_id)
    return _Head(listing, others, prepared, readings_of(session, listing_id, mark), engine.ranker(session, model_id))


def _best(session: Session, listing: Listing) -> set[int]:
    """The other sides of a list's first pairs: the best in full, and the best as its owner sees them."""
    if listing.kind == ListingKind.NEED:
        mine, other, listed, seen = Match.need_id, Match.achievement_id, Match.in_need_list, Match.need_side_score
    else:
        mine, other = Match.achievement_id, Match.need_id
        listed, seen = Match.in_achievement_list, Match.achievement_side_score
    found: set[int] = set()
    for score in (Match.score, seen):
        query = sa.select(other).where(mine == listing.id, listed, score.is_not(None))
        found.update(session.scalars(query.order_by(score.desc(), Match.id).limit(HEAD)))
    return found


def _read(
    reader: PairReader, wanted: Mapping[PairTexts, tuple[Document, Document]], stored: Mapping[PairTexts, float]
) -> dict[PairTexts, float]:
    """Read what is not stored yet, at most PAIRS_AT_ONCE; what another pair has word for word is not read again."""
    by_key = {key: value for (*_, key), value in stored.items()}
    missing = [found for found in wanted if found not in stored][:PAIRS_AT_ONCE]
    unread = list({found[2]: wanted[found] for found in missing if found[2] not in by_key}.items())
    numbers = reader.read([texts for _, texts in unread]).tolist() if unread else []
    by_key |= {key: number for (key, _), number in zip(unread, numbers, strict=True)}
    return {found: by_key[found[2]] for found in missing}


def _rewrite(session: Session, listing_id: int, pairs: Sequence[Pair], ranker: Ranker, model_id: str) -> None:
    """Write the scores of pairs that still are what was scored; the lists of others that moved are looked at again."""
    standing = _standing(session, pairs)
    rows = existing_rows(session, [(pair.need.id, pair.achievement.id) for pair in standing])
    written = [(pair, row) for pair in standing if (row := rows.get((pair.need.id, pair.achievement.id)))]
    moved: set[int] = set()
    for pair, row in written:
        before = row.score
        write_pair(session, row, pair, ranker, model_id)
        if row.score != before:
            moved |= {pair.need.id, pair.achievement.id}
    session.flush()
    note_good_news(session, written)
    note_unread(session, moved - {listing_id})


def _standing(session: Session, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs neither side of which was edited or withdrawn since it was scored."""
    ids = {listing.id for pair in pairs for listing in (pair.need, pair.achievement)}
    rows = session.execute(sa.select(Listing.id, Listing.pair_revision).where(Listing.id.in_(ids), on_market()))
    revisions = {row.id: row.pair_revision for row in rows}
    return [
        pair
        for pair in pairs
        if all(revisions.get(side.id) == side.pair_revision for side in (pair.need, pair.achievement))
    ]
