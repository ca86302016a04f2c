"""What a pair reader said, as rows; and which lists are to be looked at for pairs that it has yet to read.

A reading is made from two texts and stored under a hash of them. Each owner's score takes the reading of the texts that
he may read; where those are the same for everybody, as titles are, the pair is read once.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import upsert
from matchmaker.domain.rankers import PairReading, UnreadList

PairTexts = tuple[int, int, str]
"""A need, an achievement, and the key of the two texts (see `reading_key`)."""


def readings_of(session: Session, listing_id: int, mark: str) -> dict[PairTexts, float]:
    """Return what one reader said of a listing's pairs."""
    columns = PairReading.need_id, PairReading.achievement_id, PairReading.text_key, PairReading.value
    sides = PairReading.need_id, PairReading.achievement_id
    queries = (sa.select(*columns).where(side == listing_id, PairReading.mark == mark) for side in sides)
    return {
        (need, achievement, key): value for need, achievement, key, value in session.execute(sa.union_all(*queries))
    }


def store_readings(
    session: Session, made: Mapping[PairTexts, float], present: Collection[PairTexts], mark: str
) -> None:
    """Write what a reader said; of the same pairs what is not of `present`, the texts that they have now, goes."""
    if not made:
        return
    for need_id, achievement_id in {(need, achievement) for need, achievement, _ in made}:
        keys = [key for need, achievement, key in present if (need, achievement) == (need_id, achievement_id)]
        of_pair = PairReading.need_id == need_id, PairReading.achievement_id == achievement_id
        former = PairReading.mark == mark, PairReading.text_key.not_in(keys)
        session.execute(sa.delete(PairReading).where(*of_pair, *former))
    rows = [
        {"need_id": need, "achievement_id": achievement, "mark": mark, "text_key": key, "value": value}
        for (need, achievement, key), value in made.items()
    ]
    session.execute(upsert(session, PairReading).values(rows).on_conflict_do_nothing())


def forget_readings(session: Session, pairs: Sequence[tuple[int, int]]) -> None:
    """Drop what any reader said of pairs, given as (need id, achievement id)."""
    if pairs:
        of_pairs = sa.tuple_(PairReading.need_id, PairReading.achievement_id).in_(pairs)
        session.execute(sa.delete(PairReading).where(of_pairs))


def note_unread(session: Session, listing_ids: Iterable[int]) -> None:
    """Have the heads of these lists looked at."""
    rows = [{"listing_id": listing_id} for listing_id in sorted(listing_ids)]
    if rows:
        session.execute(upsert(session, UnreadList).values(rows).on_conflict_do_nothing())


def count_unread(session: Session) -> int:
    """Return how many lists have yet to be looked at for pairs to read."""
    return session.scalar(sa.select(sa.func.count()).select_from(UnreadList)) or 0
